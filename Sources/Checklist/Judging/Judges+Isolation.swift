import Targets
import TimeSeries

extension Judges {
    /// How containers are kept apart from their host.
    static let isolation: [String: Judge] = [
        "container.user-nonroot": { $0.eachIsolated("not root", user) },
        "container.readonly-rootfs": { evidence in
            evidence.eachIsolated("read-only") { $0.isReadOnly.map { $0 ? .pass : .fail } }
        },
        "container.privileged": { $0.eachIsolated("without privileges", privileges) },
        "container.no-new-privileges": { $0.eachIsolated("confined", confinement) },
        "container.namespaces": { evidence in
            evidence.eachIsolated("in namespaces of their own") {
                $0.hostNamespaces.map { $0.isEmpty ? .pass : .fail }
            }
        },
        "container.socket-mount": { evidence in
            evidence.eachIsolated("without the engine's socket") {
                $0.hasEngineSocket.map { $0 ? .fail : .pass }
            }
        },
        "container.ports.bound": { $0.eachIsolated("bound narrowly", ports) },
    ]

    private static func user(_ facts: ContainerIsolation) -> Verdict? {
        facts.user.map { user in
            let name = user.prefix { $0 != ":" }
            return name.isEmpty || name == "root" || Int(name) == 0 ? .fail : .pass
        }
    }

    private static func privileges(_ facts: ContainerIsolation) -> Verdict? {
        guard let isPrivileged = facts.isPrivileged, let added = facts.addedCapabilities,
            let devices = facts.devices
        else { return facts.isPrivileged == true ? .fail : nil }
        return isPrivileged || !added.isEmpty || devices > 0 ? .fail : .pass
    }

    private static func confinement(_ facts: ContainerIsolation) -> Verdict? {
        guard let options = facts.securityOptions else { return nil }
        let isOpen =
            options.contains { $0.contains("unconfined") } || facts.appArmor == "unconfined"
        if isOpen { return .fail }
        let keeps = options.contains {
            $0 == "no-new-privileges" || $0 == "no-new-privileges:true"
                || $0 == "no-new-privileges=true"
        }
        return keeps ? .pass : .warn
    }

    /// Ports of the web may be everybody's; all others stay on the machine, and PostgreSQL's on a
    /// private address is a reservation.
    private static func ports(_ facts: ContainerIsolation) -> Verdict? {
        guard let published = facts.published else { return nil }
        let verdicts = published.map { port -> Verdict in
            if ["127.0.0.1", "::1"].contains(port.address) { return .pass }
            if [80, 443].contains(port.port) { return .pass }
            let isEverywhere = ["", "0.0.0.0", "::"].contains(port.address)
            return !isEverywhere && port.containerPort == 5432 ? .warn : .fail
        }
        if verdicts.contains(.fail) { return .fail }
        return verdicts.contains(.warn) ? .warn : .pass
    }
}

extension Evidence {
    /// One outcome for each engine: the worst over its running containers, with their names.
    fileprivate func eachIsolated(
        _ what: String, _ judge: @escaping (ContainerIsolation) -> Verdict?
    ) -> [Judged] {
        eachEngine { containers, seen in
            let judged = containers.map { (name: $0.name, verdict: $0.isolation.flatMap(judge)) }
            let names = { (verdict: Verdict?) in
                judged.filter { $0.verdict == verdict }.map(\.name).sorted()
            }
            let list = { (names: [String]) in
                names.prefix(5).joined(separator: ", ")
                    + (names.count > 5 ? " and \(names.count - 5) more" : "")
            }
            let good = judged.count { $0.verdict == .pass }
            let count = "\(good)/\(judged.count) \(what)"
            let (failed, silent, doubtful) = (names(.fail), names(nil), names(.warn))
            let outcome = { (verdict: Verdict, lacking: [String]) in
                Outcome(
                    verdict, lacking.isEmpty ? count : "\(count); not: \(list(lacking))",
                    subjects: judged.count, at: seen)
            }
            if !failed.isEmpty { return outcome(.fail, failed) }
            if !silent.isEmpty {
                return .unknown("the engine does not say it of \(list(silent))", at: seen)
            }
            return doubtful.isEmpty ? outcome(.pass, []) : outcome(.warn, doubtful)
        }
    }
}
