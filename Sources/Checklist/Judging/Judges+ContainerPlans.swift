import Targets
import TimeSeries

extension Judges {
    /// Containers as their engine shows them, against what plans say of them.
    static let containerPlans: [String: Judge] = [
        "container.env.secrets": { evidence in
            evidence.eachEngine { containers, seen in secrets(containers, at: seen) }
        },
        "container.network.segmented": { evidence in
            evidence.eachEngine { containers, seen in
                segments(containers, evidence.containerPlan, at: seen)
            }
        },
        "tls.terminator": { evidence in
            evidence.eachEngine { containers, seen in
                terminator(containers, evidence.containerPlan, at: seen)
            }
        },
        "container.limits.planned": { evidence in
            evidence.eachEngine { containers, seen in
                sizes(containers, evidence.containerPlan, at: seen)
            }
        },
    ]

    private static func secrets(_ containers: [Container], at seen: Timestamp) -> Outcome {
        let found = containers.flatMap { container in
            (container.isolation?.secrets ?? []).map { "\($0.name) (\(container.name))" }
        }
        let silent = containers.filter { $0.isolation?.secrets == nil }.map(\.name)
        guard found.isEmpty else {
            let shown = found.sorted().prefix(4).joined(separator: ", ")
            let more = found.count > 4 ? " and \(found.count - 4) more" : ""
            return Outcome(
                .fail, "\(found.count) literals: \(shown)\(more)", subjects: containers.count,
                at: seen)
        }
        if let first = silent.first {
            return .unknown("the engine does not tell the environment of \(first)", at: seen)
        }
        return Outcome(
            .pass, "no literal in \(containers.count) environments", subjects: containers.count,
            at: seen)
    }

    private static func segments(
        _ containers: [Container], _ plan: ContainerExpectations, at seen: Timestamp
    ) -> Outcome {
        guard !plan.edge.isEmpty, !plan.data.isEmpty else {
            return .unknown("edge and data of [containers] are not named", at: seen)
        }
        let edge = containers.filter { plan.edge.contains($0.name) }
        let data = containers.filter { plan.data.contains($0.name) }
        guard !edge.isEmpty, !data.isEmpty else {
            return .unknown("no container of the edge, or none of the data, runs here", at: seen)
        }
        let tiers = edge + data
        let outward = Set(edge.flatMap { $0.isolation?.networks ?? [] })
        for container in data {
            let networks = container.isolation?.networks ?? []
            if networks.contains("bridge") || networks.contains("host") {
                return Outcome(
                    .fail, "\(container.name) is on the network \(networks[0])",
                    subjects: tiers.count, at: seen)
            }
            guard let shared = networks.first(where: outward.contains) else { continue }
            return Outcome(
                .fail, "\(container.name) shares \(shared) with the edge", subjects: tiers.count,
                at: seen)
        }
        if let silent = tiers.first(where: { $0.isolation?.networks?.isEmpty ?? true }) {
            return .unknown("the engine does not tell the networks of \(silent.name)", at: seen)
        }
        return Outcome(
            .pass, "\(data.count) of the data apart from \(edge.count) at the edge",
            subjects: tiers.count, at: seen)
    }

    /// Only what stands at the edge is open to the network, and with the ports of the web alone.
    private static func terminator(
        _ containers: [Container], _ plan: ContainerExpectations, at seen: Timestamp
    ) -> Outcome {
        let edge = containers.filter { plan.edge.contains($0.name) }
        guard !edge.isEmpty else {
            return .unknown("no container named as edge of [containers] runs here", at: seen)
        }
        func open(_ container: Container) -> [Int] {
            (container.isolation?.published ?? []).filter {
                !["127.0.0.1", "::1"].contains($0.address)
            }.map(\.port)
        }
        if let leak = containers.first(where: { !plan.edge.contains($0.name) && !open($0).isEmpty })
        {
            return Outcome(
                .fail, "\(leak.name) publishes \(open(leak)[0])", subjects: containers.count,
                at: seen)
        }
        if let silent = containers.first(where: { $0.isolation?.published == nil }) {
            return .unknown("the engine does not tell the ports of \(silent.name)", at: seen)
        }
        let ports = Set(edge.flatMap(open)).sorted()
        guard ports.contains(443) else {
            return .unknown("nobody at the edge publishes 443 here", at: seen)
        }
        let list = ports.map { "\($0)" }.joined(separator: ", ")
        let isPlain = ports.allSatisfy([80, 443].contains)
        return Outcome(
            isPlain ? .pass : .warn, "the edge publishes \(list); others none",
            subjects: containers.count, at: seen)
    }

    private static func sizes(
        _ containers: [Container], _ plan: ContainerExpectations, at seen: Timestamp
    ) -> Outcome {
        let planned = plan.sizes.compactMap { size in
            containers.first { $0.name == size.name }.map { (size: size, container: $0) }
        }
        guard !planned.isEmpty, planned.count == plan.sizes.count else {
            let missing = plan.sizes.map(\.name).filter { name in
                !containers.contains { $0.name == name }
            }
            let why =
                missing.first.map { "\($0) does not run here" }
                ?? "no [[containers.size]] is planned"
            return .unknown(why, at: seen)
        }
        if let silent = planned.first(where: { $0.container.isolation == nil }) {
            return .unknown("the engine has not told of \(silent.size.name)", at: seen)
        }
        let found = planned.map { size, container in
            (name: size.name, deviation: deviation(of: container, from: size))
        }
        let list = { (deviation: Deviation) in
            found.filter { $0.deviation == deviation }.map(\.name).joined(separator: ", ")
        }
        if found.contains(where: { $0.deviation == .smaller }) {
            return Outcome(
                .fail, "less than planned, or unlimited: \(list(.smaller))",
                subjects: planned.count, at: seen)
        }
        if found.contains(where: { $0.deviation == .larger }) {
            return Outcome(
                .warn, "more than planned: \(list(.larger))", subjects: planned.count, at: seen)
        }
        return Outcome(
            .pass, "\(planned.count)/\(planned.count) as planned", subjects: planned.count,
            at: seen)
    }

    private enum Deviation { case none, larger, smaller }

    private static func deviation(
        of container: Container, from size: ContainerExpectations.Size
    ) -> Deviation {
        let pairs = [(size.cpu, container.cpuLimit), (size.memory, container.memoryLimitBytes)]
        var worst = Deviation.none
        for (planned, actual) in pairs {
            guard let planned else { continue }
            guard let actual, actual >= planned * 0.999 else { return .smaller }
            if actual > planned * 1.001 { worst = .larger }
        }
        return worst
    }
}
