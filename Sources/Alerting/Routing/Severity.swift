/// How loud an alert is: it wakes someone, waits for working hours, or is only written down.
public enum Severity: String, Hashable, Sendable, CaseIterable, Codable, Comparable {
    case page, ticket, info

    /// The severity that a rule file's label `severity` means: critical is a page, warning a ticket,
    /// info and none are for the log. `others` are the words of `[severity]`, which win.
    /// Nil for a word that nobody explains.
    public init?(word: String, others: [String: Severity] = [:]) {
        if let known = others[word] ?? Severity(rawValue: word) {
            self = known
            return
        }
        switch word {
        case "critical": self = .page
        case "warning": self = .ticket
        case "none": self = .info
        default: return nil
        }
    }

    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .info: 0
        case .ticket: 1
        case .page: 2
        }
    }
}
