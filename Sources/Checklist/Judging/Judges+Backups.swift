import TimeSeries

/// Checks of backups, by what a backup tool and the records of drills say.
extension Judges {
    static let backups: [String: Judge] = [
        "pg.backup.recent": { evidence in
            evidence.eachBackupList { recent($0, $1, evidence) }
        },
        "pg.backup.encrypted": { evidence in
            evidence.eachBackupList { encrypted($0, $1) }
        },
        "pg.backup.pitr-window": { evidence in
            evidence.eachBackupList { window($0, $1, evidence) }
        },
        "pg.backup.verify": { evidence in
            evidence.eachRecord(.backupVerify) { verified($0, $1) }
        },
        "pg.backup.restore-drill": { evidence in
            evidence.eachRecord(.restoreDrill) { restored($0, $1, now: evidence.now) }
        },
        "drill.recent": { evidence in
            evidence.eachRecord(.drill) { rehearsed($0, $1, now: evidence.now) }
        },
    ]

    private typealias ListReport = Report<[BackupList]>

    private static func recent(
        _ list: BackupList, _ report: ListReport, _ evidence: Evidence
    ) -> Outcome {
        let seen = report.document.writtenAt
        let name = list.name.isEmpty ? "" : "\(list.name): "
        if let fault = list.fault {
            return Outcome(.fail, "\(name)\(fault)", subjects: 1, at: seen)
        }
        if let stranger = evidence.stranger(in: list, report) { return stranger }
        guard let newest = list.backups.max(by: { $0.stop < $1.stop }) else {
            return Outcome(.fail, "\(name)there is no backup", subjects: 1, at: seen)
        }
        if newest.isDamaged == true {
            return Outcome(.fail, "\(name)\(newest.label) has errors", subjects: 1, at: seen)
        }
        guard newest.isDamaged == false else {
            return .unknown(
                "\(name)the tool does not say whether \(newest.label) is whole", at: seen)
        }
        let age = evidence.now.duration(since: newest.stop)
        guard age >= .seconds(-60) else {
            return .unknown("\(name)\(newest.label) ends in the future: a clock is wrong", at: seen)
        }
        let verdict: Verdict = age <= .hours(26) ? .pass : age <= .hours(50) ? .warn : .fail
        return report.outcome(
            verdict, "\(name)\(newest.label) \(ageText(age)) ago", on: list.systems)
    }

    private static func encrypted(_ list: BackupList, _ report: ListReport) -> Outcome {
        guard case .ciphers(let ciphers) = list.encryption, !ciphers.isEmpty else {
            return .unknown(
                "the tool does not say of each repository whether it is encrypted",
                at: report.document.writtenAt)
        }
        let plain = ciphers.count { $0 == nil }
        let text =
            plain > 0
            ? "\(plain) of \(ciphers.count) repositories without a cipher"
            : Set(ciphers.compactMap(\.self)).sorted().joined(separator: ", ")
        let about = list.systems.isEmpty ? [list.name] : list.systems
        return report.outcome(plain > 0 ? .fail : .pass, text, on: about, of: ciphers.count)
    }

    /// The least that can be gone back.
    private static let window = Duration.hours(24)

    private static func window(
        _ list: BackupList, _ report: ListReport, _ evidence: Evidence
    ) -> Outcome {
        let seen = report.document.writtenAt
        if let stranger = evidence.stranger(in: list, report) { return stranger }
        let good = list.backups.filter { $0.isDamaged == false }
        guard let oldest = good.map(\.stop).min() else {
            if list.backups.contains(where: { $0.isDamaged == nil }) {
                return .unknown("the tool does not say which backups are whole", at: seen)
            }
            return Outcome(.fail, "there is no good backup to start from", subjects: 1, at: seen)
        }
        switch evidence.archiving {
        case .pass: break
        case .fail: return Outcome(.fail, "archiving fails now", subjects: 1, at: seen)
        default: return .unknown("whether WAL is archived now is not known", at: seen)
        }
        switch evidence.continuity {
        case .whole: break
        case .gap(let why): return Outcome(.fail, why, subjects: 1, at: seen)
        case .unknown(let why): return .unknown(why, at: seen)
        }
        let length = evidence.now.duration(since: oldest)
        return report.outcome(
            length >= window ? .pass : .warn, "window \(ageText(length)), no gap",
            on: list.systems)
    }

    private static func verified(_ record: WorkRecord, _ report: Report<[WorkRecord]>) -> Outcome {
        let text = record.hasSucceeded ? "verify ok" : "verify found \(record.errors) errors"
        var outcome = Outcome(
            record.hasSucceeded ? .pass : .fail, text, subjects: 1, at: record.finished)
        outcome.reportsOn = record.subject.isEmpty ? report.binding.subject : record.subject
        outcome.reportAge = report.binding.maximumAge ?? .days(7)
        return outcome
    }

    private static func restored(
        _ record: WorkRecord, _ report: Report<[WorkRecord]>, now: Timestamp
    ) -> Outcome {
        let limit = report.binding.maximumAge ?? .days(31)
        let grace = report.binding.maximumAge.map { $0 * 3 / 2 } ?? .days(45)
        var (verdict, text) = age(of: record, limit: limit, grace: grace, now: now)
        switch record.rows {
        case nil where verdict == .pass: (verdict, text) = (.warn, "\(text); no rows were counted")
        case let rows? where rows <= 0 && verdict != .unknown:
            (verdict, text) = (.fail, "\(text); what was restored is empty")
        case let rows?: text += "; \(rows) rows"
        case nil: break
        }
        return report.outcome(verdict, text, on: [record.subject], readNow: true)
    }

    private static func rehearsed(
        _ record: WorkRecord, _ report: Report<[WorkRecord]>, now: Timestamp
    ) -> Outcome {
        let limit = report.binding.maximumAge ?? .days(31)
        var (verdict, text) = age(of: record, limit: limit, grace: limit, now: now)
        if verdict == .pass, record.signer.isEmpty {
            (verdict, text) = (.unknown, "\(text); nobody has signed it")
        }
        return report.outcome(
            verdict == .pass ? .supports : verdict, text, on: [record.subject], readNow: true)
    }

    /// What failed or is overdue contradicts the item: it is not merely old evidence.
    private static func age(
        of record: WorkRecord, limit: Duration, grace: Duration, now: Timestamp
    ) -> (Verdict, String) {
        let age = now.duration(since: record.finished)
        guard age >= .seconds(-60) else {
            return (.unknown, "it ends in the future: a clock is wrong")
        }
        guard record.hasSucceeded else { return (.fail, "failed \(ageText(age)) ago") }
        let verdict: Verdict = age <= limit ? .pass : age <= grace ? .warn : .fail
        return (verdict, "ok \(ageText(age)) ago")
    }
}

extension Report {
    /// An outcome that ages with the document, or with its reading.
    func outcome(
        _ verdict: Verdict, _ text: String, on subjects: some Sequence<String>, of count: Int = 1,
        readNow: Bool = false
    ) -> Outcome {
        var outcome = Outcome(
            verdict, text, subjects: count, at: readNow ? facts.readAt : document.writtenAt)
        let named = subjects.filter { !$0.isEmpty }.sorted()
        outcome.reportsOn = named.isEmpty ? binding.subject : named.joined(separator: " ")
        if !readNow { outcome.reportAge = binding.maximumAge }
        return outcome
    }
}

extension Evidence {
    /// One outcome for each cluster that a backup tool lists.
    func eachBackupList(
        _ kinds: Set<ReportKind> = [.pgBackRest, .walG],
        _ body: (BackupList, Report<[BackupList]>) -> Outcome
    ) -> [Judged] {
        let reports = reports(kinds) { content -> [BackupList]? in
            if case .backups(let lists) = content { lists } else { nil }
        }
        guard reports.isBound else {
            let why = "no report of kind \"pgbackrest\" or \"wal-g\" is bound"
            return [Judged(target: "", outcome: .unknown(why, at: now))]
        }
        let judged = reports.all.flatMap { report -> [Judged] in
            guard !report.content.isEmpty else {
                let nothing = Outcome.unknown("it lists nothing", at: report.document.writtenAt)
                return [Judged(target: report.target, outcome: nothing)]
            }
            return report.content.map { list in
                let name = list.name.isEmpty ? report.target : list.name
                return Judged(target: name, outcome: body(list, report).looked(at: report.facts))
            }
        }
        return judged + reports.faults.map { Judged(target: "", outcome: .unknown($0, at: now)) }
    }

    /// One outcome for each binding of records: the newest of all of its documents decides.
    fileprivate func eachRecord(
        _ kind: ReportKind, _ body: (WorkRecord, Report<[WorkRecord]>) -> Outcome
    ) -> [Judged] {
        eachNewest(kind) { content -> [WorkRecord]? in
            if case .records(let records) = content { records } else { nil }
        } at: {
            $0.content.last?.finished
        } _: { report, _ in
            guard let newest = report.content.last else {
                return .unknown("there is no record", at: report.document.writtenAt)
            }
            return body(newest, report)
        }
    }

    /// What says that a list is about another cluster than those that are watched or meant, or that
    /// nobody knows which one is meant. A stanza that is named is meant.
    func stranger(in list: BackupList, _ report: Report<[BackupList]>) -> Outcome? {
        let seen = report.document.writtenAt
        let own = Set(
            report.binding.subject.map { [$0] } ?? surveyed.postgres.compactMap(\.systemIdentifier))
        guard !own.isEmpty else {
            return .unknown(
                "the server's system identifier is not known; write it as subject", at: seen)
        }
        guard let other = list.systems.subtracting(own).min() else {
            if !list.systems.isEmpty { return nil }
            return .unknown("it does not say of which cluster it is", at: seen)
        }
        let why = "it is of another cluster: \(other)"
        return report.binding.namesStanza
            ? Outcome(.fail, why, subjects: 1, at: seen) : .unknown(why, at: seen)
    }

    /// Whether archiving works now, on every server.
    fileprivate var archiving: Verdict {
        let verdicts = Catalogue["pg.wal-archiving"]?.results(on: self).map(\.verdict) ?? []
        if verdicts.contains(.fail) { return .fail }
        return !verdicts.isEmpty && verdicts.allSatisfy { $0 == .pass || $0 == .warn }
            ? .pass : .unknown
    }

    fileprivate enum Continuity {
        case whole
        case gap(String)
        case unknown(String)
    }

    /// Whether somebody looked for gaps in the WAL that is kept, and what came of it.
    fileprivate var continuity: Continuity {
        let shown = reports([.walShow]) { content -> WALTimeline? in
            if case .timelines(let all) = content { all.last } else { nil }
        }
        if let broken = shown.all.first(where: { !$0.content.isWhole || $0.content.missing > 0 }) {
            return .gap("\(broken.content.missing) segments are missing")
        }
        let verified = Catalogue["pg.backup.verify"]?.results(on: self).map(\.verdict) ?? []
        if verified.contains(.fail) { return .gap("the last verify found errors") }
        let isShownNow = shown.all.contains {
            let limit = $0.binding.maximumAge ?? .hours(3)
            return now.duration(since: $0.document.writtenAt) <= limit
        }
        if isShownNow || verified.contains(.pass) { return .whole }
        return .unknown(shown.faults.first ?? "nobody has looked for gaps lately")
    }
}

extension ReportBinding {
    /// Whether it says of which cluster the report must be.
    fileprivate var namesStanza: Bool {
        if subject != nil { return true }
        guard case .command(let words) = source else { return false }
        return words.contains { $0.hasPrefix("--stanza") }
    }
}
