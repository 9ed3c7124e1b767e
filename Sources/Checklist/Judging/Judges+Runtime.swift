import TimeSeries

/// Checks of the runtime monitor, by what it writes.
extension Judges {
    static let runtime: [String: Judge] = [
        "runtime.falco.alive": { evidence in
            evidence.eachFalco { alive($0, of: $1, now: evidence.now) }
        },
        "runtime.falco.alerts": { evidence in
            evidence.eachFalco { alerts($0, of: $1, now: evidence.now) }
        },
    ]

    /// Metrics are written each quarter of an hour by default.
    private static let snapshotLife = Duration.minutes(20)
    private static let day = Duration.hours(24)

    private static func alive(
        _ log: FalcoLog, of facts: ReportFacts, now: Timestamp
    ) -> Outcome {
        guard let snapshot = log.snapshot else {
            return .unknown("there is no metrics record: metrics are off", at: facts.readAt)
        }
        guard let dropped = snapshot.dropped, let flows = snapshot.hasNewEvents else {
            return .unknown("the metrics record tells no events or drops", at: snapshot.at)
        }
        let rate = snapshot.eventsPerSecond.map { ", \(numberText($0.rounded())) events/s" } ?? ""
        let text = "\(snapshot.version)\(rate), drops \(numberText(dropped)) %"
        func outcome(_ verdict: Verdict, _ text: String) -> Outcome {
            var outcome = Outcome(verdict, text, subjects: 1, at: snapshot.at)
            outcome.reportAge = facts.binding.maximumAge ?? snapshotLife
            outcome.grade = .report
            outcome.reportsOn = facts.binding.subject ?? "this host"
            return outcome
        }
        if !flows { return outcome(.fail, "\(text); no events came in") }
        if dropped > 5 { return outcome(.fail, text) }
        if !snapshot.knowsRules { return outcome(.unknown, "\(text); its rules are not known") }
        guard let lost = snapshot.lostOutputs else {
            return outcome(.warn, "\(text); lost alerts are not told")
        }
        if lost > 0 { return outcome(.warn, "\(text); \(numberText(lost)) alerts lost") }
        return outcome(dropped >= 1 ? .warn : .pass, text)
    }

    /// Alerts that are not written are no alerts that were not: the monitor must be alive, and the log
    /// reach back a day.
    private static func alerts(
        _ log: FalcoLog, of facts: ReportFacts, now: Timestamp
    ) -> Outcome {
        let recent = log.alerts.filter { now.duration(since: $0.at) <= day }
        let critical = recent.filter(\.priority.isCritical)
        func outcome(_ verdict: Verdict, _ text: String) -> Outcome {
            var outcome = Outcome(verdict, text, subjects: 1, at: facts.readAt)
            outcome.reportsOn = facts.binding.subject ?? "this host"
            return outcome
        }
        if let newest = critical.max(by: { $0.at < $1.at }) {
            let place = newest.container.isEmpty ? "" : " in \(newest.container)"
            return outcome(
                .fail,
                "\(critical.count) critical in 24 h: \(newest.rule)\(place), "
                    + "\(ageText(now.duration(since: newest.at))) ago")
        }
        let life = alive(log, of: facts, now: now)
        let isAlive =
            [.pass, .warn].contains(life.verdict)
            && now.duration(since: life.observedAt) <= life.reportAge ?? snapshotLife
        guard isAlive else {
            return .unknown("the monitor is not known to be alive", at: facts.readAt)
        }
        guard log.unreadable == 0 else {
            return .unknown("\(log.unreadable) lines are no records", at: facts.readAt)
        }
        guard let first = log.first, now.duration(since: first) >= day else {
            let reach = log.first.map { ageText(now.duration(since: $0)) } ?? "nothing"
            return .unknown(
                "0 critical, but the log reaches back \(reach) of 24 h", at: facts.readAt)
        }
        guard recent.isEmpty else {
            return outcome(.warn, "0 critical, \(recent.count) errors and warnings in 24 h")
        }
        return outcome(.pass, "0 critical in 24 h")
    }
}

extension Evidence {
    /// One outcome for each binding: the files of a folder are parts of one log.
    fileprivate func eachFalco(_ body: (FalcoLog, ReportFacts) -> Outcome) -> [Judged] {
        let bound = surveyed.reports.filter { $0.binding.kind == .falco }
        guard !bound.isEmpty else {
            let why = "no report of kind \"falco\" is bound"
            return [Judged(target: "", outcome: .unknown(why, at: now))]
        }
        return bound.map { facts in
            var own = self
            own.surveyed.reports = [facts]
            let reports = own.reports([.falco]) { content -> FalcoLog? in
                if case .falco(let log) = content { log } else { nil }
            }
            let log = FalcoLog(joining: reports.all.map(\.content))
            var outcome =
                log.map { body($0, facts) } ?? .unknown("there is nothing in it", at: now)
            if let fault = reports.faults.first, outcome.verdict != .fail {
                outcome = .unknown(fault, at: now)
            }
            return Judged(target: facts.binding.name, outcome: outcome.looked(at: facts))
        }
    }
}

extension FalcoLog {
    /// The parts of one log; nil without any.
    fileprivate init?(joining parts: [FalcoLog]) {
        guard var whole = parts.first else { return nil }
        for part in parts.dropFirst() {
            whole.alerts += part.alerts
            whole.unreadable += part.unreadable
            whole.first = [whole.first, part.first].compactMap(\.self).min()
            whole.snapshot = [whole.snapshot, part.snapshot].compactMap(\.self)
                .max { $0.at < $1.at }
        }
        self = whole
    }
}
