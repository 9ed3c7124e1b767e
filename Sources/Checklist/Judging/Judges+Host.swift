import TimeSeries

/// Checks of volumes, namespaces, scores and documents.
extension Judges {
    static let hosts: [String: Judge] = [
        "host.disk-encryption": { evidence in
            evidence.eachReport(.lsblk) { content -> BlockDevices? in
                if case .devices(let devices) = content { devices } else { nil }
            } _: {
                volumes($0)
            }
        },
        "k8s.network-policies": { evidence in
            evidence.eachReport(.networkPolicies) { content -> NetworkPolicies? in
                if case .policies(let policies) = content { policies } else { nil }
            } _: {
                namespaces($0)
            }
        },
        "compliance.report": { evidence in
            evidence.eachNewest(.score) { content -> Double? in
                if case .score(let number) = content { number } else { nil }
            } at: {
                $0.document.writtenAt
            } _: { report, _ in
                score(report, now: evidence.now)
            }
        },
        "doc.present": { $0.documents },
    ]

    private static func volumes(_ report: Report<BlockDevices>) -> Outcome {
        let seen = report.document.writtenAt
        let volumes = report.content.volumes
        guard let folder = report.binding.subject else {
            return .unknown("which folder is on it is not known; write it as subject", at: seen)
        }
        let isMountedThere = volumes.contains { volume in
            volume.mountPoints.contains { point in
                folder == point || folder.hasPrefix(point.hasSuffix("/") ? point : point + "/")
            }
        }
        guard isMountedThere else {
            return .unknown("no device of the report is mounted above \(folder)", at: seen)
        }
        let names = volumes.map(\.name).joined(separator: ", ")
        let open = volumes.filter { !$0.isEncrypted }.map(\.name)
        let text =
            open.isEmpty
            ? "\(folder) → \(names), encrypted"
            : "\(folder) → \(open.joined(separator: ", ")), not encrypted"
        return report.outcome(
            open.isEmpty ? .pass : .fail, text, on: [folder], of: volumes.count)
    }

    private static func namespaces(_ report: Report<NetworkPolicies>) -> Outcome {
        let wanted = report.binding.required
        func policies(_ namespace: String) -> [NetworkPolicies.Policy] {
            (report.content.namespaces[namespace] ?? []).filter(\.selectsAllPods)
        }
        let open = wanted.filter { namespace in
            let all = policies(namespace)
            return !all.contains(where: \.restrictsIngress) || all.contains(where: \.letsAllIn)
        }
        let leaking = wanted.filter { namespace in
            let all = policies(namespace)
            return !all.contains(where: \.restrictsEgress) || all.contains(where: \.letsAllOut)
        }
        let (verdict, text): (Verdict, String) =
            if !open.isEmpty {
                (.fail, "open: \(open.joined(separator: ", "))")
            } else if !leaking.isEmpty {
                (.warn, "egress is open: \(leaking.joined(separator: ", "))")
            } else {
                (.pass, "\(wanted.count)/\(wanted.count) namespaces deny by default")
            }
        var outcome = report.outcome(verdict, text, on: wanted, of: wanted.count)
        if case .file = report.binding.source { outcome.grade = .report }
        return outcome
    }

    /// What a command prints or a URL answers now has no age of its own.
    private static func score(_ report: Report<Double>, now: Timestamp) -> Outcome {
        let seen = report.document.writtenAt
        guard let wanted = report.binding.score else {
            return .unknown("no score is asked for", at: seen)
        }
        guard case .file = report.binding.source else {
            return .unknown("its age is not known: keep the report in a file", at: seen)
        }
        let holds = report.content >= wanted.atLeast
        let text =
            "\(report.binding.name) \(numberText(report.content)) "
            + "\(holds ? "≥" : "<") \(numberText(wanted.atLeast)), "
            + ageText(now.duration(since: seen))
        var outcome = report.outcome(holds ? .pass : .fail, text, on: [report.binding.name])
        outcome.reportAge = report.binding.maximumAge ?? .days(30)
        return outcome
    }

    /// The least size of a document that says something, in bytes.
    private static let leastSize = 1000

    fileprivate static func document(_ report: Report<PeopleDocument>, now: Timestamp) -> Outcome {
        let limit = report.binding.maximumAge ?? .days(365)
        let age = now.duration(since: report.document.writtenAt)
        let wanted = report.binding.required
        let lacking = wanted.filter { !report.content.speaks(of: $0) }
        func outcome(_ verdict: Verdict, _ text: String) -> Outcome {
            report.outcome(
                verdict, "\(report.document.name) \(text)", on: [report.document.name],
                readNow: true)
        }
        guard age >= .seconds(-60) else {
            return .unknown("it was written in the future: a clock is wrong", at: now)
        }
        if report.content.size <= leastSize {
            return outcome(.fail, "holds \(report.content.size) bytes")
        }
        if age > limit { return outcome(.fail, "is \(ageText(age)) old") }
        if let first = lacking.first { return outcome(.fail, "has no heading \"\(first)\"") }
        return outcome(
            .supports, "\(ageText(age)), \(wanted.count)/\(wanted.count) headings")
    }
}

extension Evidence {
    /// One outcome for each document; one that is not there fails.
    fileprivate var documents: [Judged] {
        let judged = eachReport(.document) { content -> PeopleDocument? in
            if case .document(let document) = content { document } else { nil }
        } _: { report -> Outcome in
            guard case .file = report.binding.source else {
                return .unknown("its age is not known: name a file", at: now)
            }
            return Judges.document(report, now: now)
        }
        let missing = surveyed.reports.filter { $0.binding.kind == .document && $0.isMissing }
        guard !missing.isEmpty else { return judged }
        return judged.filter { !$0.target.isEmpty }
            + missing.map { facts in
                let outcome = Outcome(.fail, "it is missing", subjects: 1, at: facts.readAt)
                return Judged(target: facts.binding.name, outcome: outcome.looked(at: facts))
            }
    }
}
