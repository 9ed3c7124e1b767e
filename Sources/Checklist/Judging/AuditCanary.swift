import Targets
import TimeSeries

/// What became of a statement that dogwatch sent to one PostgreSQL server in order to find it in the
/// log store.
public struct AuditCanary: Sendable, Hashable {
    public enum Fate: Sendable, Hashable {
        /// It was found as a record of the audit, this long after it was sent.
        case found(after: Duration)
        /// It was not, within the time that it has, for the so-many-th time in a row.
        case missed(times: Int)
        /// It could not be sent, or the store could not be searched.
        case failed(String)
    }

    public var id: TargetID
    public var fate: Fate
    public var seenAt: Timestamp
    /// How many were sent in the last day, and how many of them were found.
    public var sent: Int
    public var found: Int

    public init(id: TargetID, fate: Fate, seenAt: Timestamp, sent: Int = 0, found: Int = 0) {
        self.id = id
        self.fate = fate
        self.seenAt = seenAt
        self.sent = sent
        self.found = found
    }

    /// How long a record may take. What takes longer than `limit` is looked for no more.
    static let promptness = Duration.seconds(60)
    public static let limit = Duration.seconds(120)

    /// Whether what a search printed has a record of the audit with this text, rather than a line that
    /// merely repeats the statement. pgAudit's records begin with "AUDIT: ".
    public static func isFound(_ nonce: String, in output: some Sequence<UInt8>) -> Bool {
        String(decoding: Array(output), as: UTF8.self).split(separator: "\n").contains { line in
            line.contains(nonce) && line.contains("AUDIT: ")
        }
    }
}

extension Judges {
    static let canaries: [String: Judge] = ["pg.audit.canary": canary]

    private static let canary: Judge = { evidence in
        guard !evidence.surveyed.canaries.isEmpty else {
            let why = "no log search is configured: audit_search under [postgres] of the bindings"
            return [Judged(target: "", outcome: .unknown(why, at: evidence.now))]
        }
        return evidence.surveyed.canaries.map { canary in
            Judged(target: "\(canary.id)", outcome: canary.outcome)
        }
    }
}

extension AuditCanary {
    fileprivate var outcome: Outcome {
        switch fate {
        case .failed(let why): return .unknown(why, at: seenAt)
        case .missed(1):
            return .unknown("not found within 2 min; it is tried again", at: seenAt)
        case .missed(let times):
            return Outcome(
                .fail, "not found in \(times) runs: see pgaudit.log (READ) and the way of the log",
                subjects: 1, at: seenAt)
        case .found(let delay):
            let seconds = Double(delay.components.seconds)
            let tenths = (Double(delay.components.attoseconds) / 1e17).rounded(.up) / 10
            return Outcome(
                delay <= Self.promptness ? .pass : .warn,
                "seen after \(numberText(seconds + tenths)) s", subjects: 1, at: seenAt)
        }
    }
}

extension Catalogue {
    /// The checks for which a statement is sent and looked for.
    public static let canaryChecks: Set<String> = Set(Judges.canaries.keys)
}
