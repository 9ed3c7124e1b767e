import TimeSeries

/// A check's verdict on one target, after the rules against a false pass. They only take away: no
/// rule makes anything greener.
public struct CheckResult: Sendable, Hashable {
    public var check: String
    /// What was judged: "postgres/jobs"; "" when the check has no target of its own.
    public var target: String
    public var verdict: Verdict
    public var evidence: String
    public var grade: Grade
    /// When what was seen was so; nil when nothing was.
    public var observedAt: Timestamp?
    /// When it was looked at; differs from `observedAt` for what was read of a report.
    public var lookedAt: Timestamp?
    /// How long it is good for without another look; nil for what is derived.
    public var freshFor: Duration?
    public var sample: Outcome.Sample?
    public var vantage: String?
    public var missingGrant: String?
    /// Whether an earlier look, which is on record, was as good.
    public var isConfirmed = false

    /// Judges one look.
    public init(_ check: Check, _ outcome: Outcome, on target: String, at now: Timestamp) {
        self.check = check.id
        self.target = target
        verdict = outcome.verdict
        evidence = outcome.evidence
        grade = check.grade(of: outcome)
        observedAt = outcome.subjects > 0 ? outcome.observedAt : nil
        lookedAt = outcome.lookedAt ?? observedAt
        freshFor = check.freshness(of: outcome)
        sample = outcome.sample
        vantage = outcome.vantage?.name
        missingGrant = outcome.missingGrant
        isConfirmed = outcome.isConfirmed
        if let doubt = check.doubt(about: outcome, at: now) {
            verdict = .unknown
            evidence = doubt
        } else if check.isRefuteOnly, verdict.isFavourable {
            verdict = .noFinding
            evidence += " (\(outcome.subjects) searched)"
        } else if check.onlySupports, verdict.isFavourable {
            verdict = .supports
        }
    }

    /// A check without evidence.
    public static func unknown(
        _ check: Check, _ why: String, on target: String = "", at now: Timestamp
    ) -> CheckResult {
        CheckResult(check, .unknown(why, at: now), on: target, at: now)
    }

    /// The result as it is later: evidence that nobody renewed is none.
    public func aged(at now: Timestamp) -> CheckResult {
        guard let observedAt, let freshFor, verdict != .unknown,
            let stale = staleness(of: verdict, seen: observedAt, limit: freshFor, at: now)
        else { return self }
        var result = self
        result.verdict = .unknown
        result.evidence = stale
        return result
    }
}

extension Check {
    /// What the evidence of one look is worth: its own grade where that is weaker.
    fileprivate func grade(of outcome: Outcome) -> Grade { min(outcome.grade ?? grade, grade) }

    /// A report's own limit, else three times the cadence or the subject's interval; nil for what is
    /// derived.
    fileprivate func freshness(of outcome: Outcome) -> Duration? {
        outcome.reportAge ?? cadence.map { max($0, outcome.interval ?? .zero) * 3 }
    }

    /// Why an outcome decides nothing; nil when it does.
    fileprivate func doubt(about outcome: Outcome, at now: Timestamp) -> String? {
        switch outcome.verdict {
        case .unknown: return outcome.evidence
        case .notApplicable: return "only a signature can say that this does not apply"
        case .pass, .warn, .fail, .noFinding, .supports: break
        }
        if let limit = freshness(of: outcome),
            let stale = staleness(
                of: outcome.verdict, seen: outcome.observedAt, limit: limit, at: now)
        {
            return stale
        }
        if let sample = outcome.sample, !sample.decides {
            let count = numberText(max(0, sample.count - sample.own))
            return "\(count) of the \(numberText(sample.needed)) samples that decide"
        }
        return outcome.verdict.isFavourable ? lack(in: outcome) : nil
    }

    /// What a favourable outcome would need and has not.
    private func lack(in outcome: Outcome) -> String? {
        if outcome.missingGrant != nil { return "no permission" }
        if outcome.subjects <= 0 { return "there is nothing to judge" }
        if grade(of: outcome) == .report, outcome.reportsOn?.isEmpty ?? true {
            return "the report does not say what it is about"
        }
        if needsControl {
            switch outcome.control {
            case .held: break
            case .lost(let why): return "the control failed too: \(why)"
            case nil: return "no control shows that the probe could have failed"
            }
        }
        guard vantage != .any else { return nil }
        guard let place = outcome.vantage else { return "it is not known from where this was seen" }
        let isUseless = vantage == .outside && place.isInside
        return isUseless ? "\(place.name) is inside: it proves nothing about outside" : nil
    }
}

/// Why evidence from `seen` counts no longer; nil while it does. What lies more than a minute in the
/// future is not believed either: one of the clocks is wrong.
private func staleness(
    of verdict: Verdict, seen: Timestamp, limit: Duration, at now: Timestamp
) -> String? {
    let age = now.duration(since: seen)
    if age < .seconds(-60) { return "its time is in the future: a clock is wrong" }
    return age > limit ? "last \(verdict.word) \(ageText(age)) ago" : nil
}
