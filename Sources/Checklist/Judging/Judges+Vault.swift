import TimeSeries

/// Checks of the secret store, by what its API says.
extension Judges {
    static let vault: [String: Judge] = [
        "vault.health": { $0.vaultHealth },
        "vault.secrets.coverage": { [Judged(target: "", outcome: coverage(in: $0))] },
        "vault.rotation.age": { [Judged(target: "", outcome: rotation(in: $0))] },
        "vault.audit.enabled": { evidence in
            evidence.eachReport(.vaultAudit) { content -> VaultAudit? in
                if case .vaultAudit(let audit) = content { audit } else { nil }
            } _: {
                audit($0)
            }
        },
    ]

    fileprivate static func health(_ report: Report<VaultHealth>) -> Outcome {
        let store = report.content
        let name = store.version.isEmpty ? "" : " \(store.version)"
        func outcome(_ verdict: Verdict, _ text: String) -> Outcome {
            let about = store.cluster.isEmpty ? report.binding.name : store.cluster
            var outcome = report.outcome(verdict, text + name, on: [about])
            if case .url = report.binding.source {} else { outcome.grade = .report }
            return outcome
        }
        if !store.isInitialised { return outcome(.fail, "not initialised") }
        if store.isSealed { return outcome(.fail, "sealed") }
        if store.isRemoved { return outcome(.fail, "removed from its cluster") }
        if store.isDisasterCopy { return outcome(.warn, "a copy for disasters") }
        if store.isCutOff { return outcome(.warn, "a standby that is cut off") }
        return outcome(.pass, store.isStandby ? "standby, unsealed" : "active, unsealed")
    }

    /// Names only. What is declared must be there, and nothing may stand literally elsewhere.
    private static func coverage(in evidence: Evidence) -> Outcome {
        let store = SecretStore(evidence)
        guard let readAt = store.readAt else {
            return .unknown(store.why, at: evidence.now)
        }
        func outcome(_ verdict: Verdict, _ text: String) -> Outcome {
            store.outcome(verdict, text, subjects: store.inventory.count, at: readAt)
        }
        let lacking = store.lacking
        let count = "\(store.inventory.count - lacking.count)/\(store.inventory.count) in store"
        if let first = lacking.first { return outcome(.fail, "\(count); not: \(first)") }
        let elsewhere = ["container.env.secrets", "image.secrets"].flatMap { id in
            Catalogue[id]?.results(on: evidence) ?? []
        }
        if let literal = elsewhere.first(where: { $0.verdict == .fail }) {
            return outcome(.fail, "\(count); \(literal.evidence)")
        }
        if let fault = store.faults.first { return .unknown(fault, at: readAt) }
        if let untold = store.untold.first {
            return .unknown("\(untold) is in no report", at: readAt)
        }
        if let blind = elsewhere.first(where: { !$0.verdict.isFavourable }) {
            return .unknown("literals elsewhere are not known: \(blind.evidence)", at: readAt)
        }
        return outcome(.pass, "\(count); none elsewhere")
    }

    private static func rotation(in evidence: Evidence) -> Outcome {
        let store = SecretStore(evidence)
        guard let readAt = store.readAt else {
            return .unknown(store.why, at: evidence.now)
        }
        let ages = store.current.mapValues { evidence.now.duration(since: $0) }
        guard let oldest = ages.max(by: { $0.value < $1.value }) else {
            return .unknown(store.faults.first ?? "no path is known", at: readAt)
        }
        let text = "\(ages.count) paths, oldest \(ageText(oldest.value)): \(oldest.key)"
        if oldest.value > .days(100) {
            return store.outcome(.fail, text, subjects: ages.count, at: readAt)
        }
        if let fault = store.faults.first { return .unknown(fault, at: readAt) }
        if let untold = store.untold.first ?? store.lacking.first {
            return .unknown("\(untold): its age is not known", at: readAt)
        }
        if ages.values.contains(where: { $0 < .seconds(-60) }) {
            return .unknown("a secret is of the future: a clock is wrong", at: readAt)
        }
        return store.outcome(
            oldest.value <= .days(90) ? .pass : .warn, text, subjects: ages.count, at: readAt)
    }

    /// That a device is there does not show that an access arrives in it.
    private static func audit(_ report: Report<VaultAudit>) -> Outcome {
        let devices = report.content.devices
        let text =
            devices.isEmpty
            ? "no audit device" : "\(devices.joined(separator: ", ")); flow unconfirmed"
        var outcome = report.outcome(
            devices.isEmpty ? .fail : .warn, text, on: [report.binding.name],
            of: max(1, devices.count))
        outcome.grade = .report
        return outcome
    }
}

/// What all reports of metadata together say about the secrets that are declared.
struct SecretStore {
    var inventory: Set<String> = []
    /// Path → since when its current version is in the store.
    var current: [String: Timestamp] = [:]
    /// Declared, and not in the store or deleted there.
    var lacking: [String] = []
    /// Declared, and in no report.
    var untold: [String] = []
    var faults: [String] = []
    /// When the oldest of the reports was written; nil when nothing can be judged.
    var readAt: Timestamp?
    var lookedAt: Timestamp?
    var isFromFile = false
    /// Why nothing can be judged.
    var why = ""

    init(_ evidence: Evidence) {
        let bound = evidence.surveyed.reports.filter { $0.binding.kind == .vaultMetadata }
        for facts in bound {
            inventory.formUnion(facts.binding.required)
            if let subject = facts.binding.subject { inventory.insert(subject) }
        }
        let reports = evidence.reports([.vaultMetadata]) { content -> VaultMetadata? in
            if case .vaultMetadata(let metadata) = content { metadata } else { nil }
        }
        faults = reports.faults
        var absent: Set<String> = []
        var told: Set<String> = []
        for report in reports.all {
            let name = report.binding.subject ?? ""
            for path in report.content.absent { absent.insert(path.isEmpty ? name : path) }
            for (path, secret) in report.content.secrets {
                let path = path.isEmpty ? name : path
                told.insert(path)
                if let since = secret.currentSince { current[path] = since }
            }
            if case .file = report.binding.source { isFromFile = true }
        }
        lacking = inventory.filter {
            absent.contains($0) || told.contains($0) && current[$0] == nil
        }
        .sorted()
        untold = inventory.subtracting(told).subtracting(absent).sorted()
        lookedAt = bound.map(\.readAt).max()
        if bound.isEmpty {
            why = "no report of kind \"vault-metadata\" is bound"
        } else if inventory.isEmpty {
            why = "no secret is declared"
        } else if reports.all.isEmpty {
            why = faults.first ?? "there is nothing in it"
        } else {
            readAt = reports.all.map(\.document.writtenAt).min()
        }
    }

    func outcome(_ verdict: Verdict, _ text: String, subjects: Int, at seen: Timestamp) -> Outcome {
        var outcome = Outcome(verdict, text, subjects: subjects, at: seen)
        outcome.lookedAt = lookedAt
        outcome.reportsOn = "\(inventory.count) paths"
        if isFromFile { outcome.grade = .report }
        return outcome
    }
}

extension Evidence {
    /// One outcome for each store. One that does not answer is down; a file that cannot be read says
    /// nothing about it.
    fileprivate var vaultHealth: [Judged] {
        let judged = eachReport(.vaultHealth) { content -> VaultHealth? in
            if case .vaultHealth(let health) = content { health } else { nil }
        } _: {
            Judges.health($0)
        }
        let silent = surveyed.reports.filter { facts in
            guard case .url = facts.binding.source else { return false }
            return facts.binding.kind == .vaultHealth && facts.failure != nil
        }
        guard !silent.isEmpty else { return judged }
        let known = judged.filter { $0.outcome.verdict != .unknown || !$0.target.isEmpty }
        return known
            + silent.map { facts in
                let text = "unreachable: \(facts.failure ?? "")"
                let outcome = Outcome(.fail, text, subjects: 1, at: facts.readAt)
                return Judged(target: facts.binding.name, outcome: outcome.looked(at: facts))
            }
    }
}
