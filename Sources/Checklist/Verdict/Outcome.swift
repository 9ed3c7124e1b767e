import Targets
import TimeSeries

/// What one look of a check gave, before the rules against a false pass have their say.
public struct Outcome: Sendable, Hashable {
    public var verdict: Verdict
    /// What was seen, in one line without secrets: "5/5 read-only".
    public private(set) var evidence: String
    /// How many things were looked at: containers, rows, endpoints, series, results.
    public var subjects: Int
    /// When what was seen was so.
    public var observedAt: Timestamp
    /// When it was looked at, where that was later: a report is read again and stays as old as it is.
    public var lookedAt: Timestamp?
    /// For rates and shares: how much they stand on.
    public var sample: Sample?
    /// Of a negative check: whether the same run could have found the opposite.
    public var control: Control?
    /// From where a network verdict was taken.
    public var vantage: Vantage?
    /// The permission that is missing: "GRANT pg_monitor TO dogwatch".
    public var missingGrant: String?
    /// Of a report: what it is a report on (image id, revision, system identifier).
    public var reportsOn: String?
    /// Of a report: how old it may be, instead of the check's cadence.
    public var reportAge: Duration?
    /// From one collection of the subject to the next, where that is longer than the cadence.
    public var interval: Duration?
    /// An earlier look, which is on record, was as good: this one is the second.
    public var isConfirmed = false
    /// Weaker evidence than the check usually has; stronger is not believed.
    public var grade: Grade?

    public init(_ verdict: Verdict, _ evidence: String, subjects: Int, at observedAt: Timestamp) {
        self.verdict = verdict
        self.evidence = Redaction.redacted(evidence)
        self.subjects = subjects
        self.observedAt = observedAt
    }

    /// Nothing can be said, and why.
    public static func unknown(_ why: String, at now: Timestamp) -> Outcome {
        Outcome(.unknown, why, subjects: 0, at: now)
    }

    /// A read that was refused, with what would allow it.
    public static func denied(grant: String, at now: Timestamp) -> Outcome {
        var outcome = Outcome(.unknown, "no permission", subjects: 0, at: now)
        outcome.missingGrant = grant
        return outcome
    }

    /// What a rate or share stands on.
    public struct Sample: Sendable, Hashable {
        public var count: Double
        /// Of them, what dogwatch itself did: no evidence for the application.
        public var own: Double
        /// The least that decides anything.
        public var needed: Double

        public init(count: Double, own: Double = 0, needed: Double) {
            self.count = count
            self.own = own
            self.needed = needed
        }

        public var decides: Bool { count - own >= needed }
    }

    /// The positive control of a negative check.
    public enum Control: Sendable, Hashable {
        /// What must work did: the allowed origin was granted, TLS 1.3 answered.
        case held
        case lost(String)
    }

    /// Where the prober stands.
    public struct Vantage: Sendable, Hashable {
        public var name: String
        /// Inside of the allowed network: proves nothing about outside.
        public var isInside: Bool

        public init(name: String, isInside: Bool) {
            self.name = name
            self.isInside = isInside
        }
    }
}
