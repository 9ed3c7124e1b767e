/// What a check says about its subject. Only `pass` is green.
public enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
    /// The rule was met by evidence that is fresh.
    case pass
    /// Met with a stated reservation.
    case warn
    /// Evidence contradicts the item.
    case fail
    /// No evidence: unreachable, no permission, unparsable, no subject, too few samples, stale.
    case unknown
    /// A check that can only refute looked and found nothing.
    case noFinding = "no-finding"
    /// A necessary condition holds; a person must sign the rest.
    case supports
    /// Switched off with a signed reason and an expiry.
    case notApplicable = "not-applicable"

    /// The word beside the glyph.
    public var word: String {
        switch self {
        case .pass: "verified"
        case .warn: "reservation"
        case .fail: "failed"
        case .unknown: "unknown"
        case .noFinding: "no finding"
        case .supports: "supported"
        case .notApplicable: "n/a"
        }
    }

    /// Whether it speaks for the item; such verdicts need all that a false pass would lack.
    var isFavourable: Bool {
        switch self {
        case .pass, .warn, .noFinding, .supports: true
        case .fail, .unknown, .notApplicable: false
        }
    }
}

/// How strong evidence is, the strongest last.
public enum Grade: Int, Sendable, Hashable, Codable, Comparable, CaseIterable {
    /// Somebody said so.
    case person
    /// dogwatch's own samples.
    case history
    /// Another tool said so.
    case report
    /// Effective configuration was read.
    case setting
    /// The system was seen doing it.
    case behaviour

    public static func < (left: Grade, right: Grade) -> Bool { left.rawValue < right.rawValue }

    public var word: String { "\(self)" }
}

/// How much an item weighs in a score.
public enum Severity: String, Sendable, Hashable, Codable, Comparable, CaseIterable {
    case low, medium, high, critical

    public var weight: Double {
        switch self {
        case .low: 1
        case .medium: 3
        case .high: 5
        case .critical: 8
        }
    }

    public static func < (left: Severity, right: Severity) -> Bool { left.weight < right.weight }
}
