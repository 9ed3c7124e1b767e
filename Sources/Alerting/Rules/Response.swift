import TimeSeries

/// What people do about an alert while it fires. It never changes the alert's own state.
public enum Response: Hashable, Sendable, Codable {
    case open
    /// Nil is without an end.
    case acknowledged(by: String, until: Timestamp?)
    case snoozed(by: String, until: Timestamp)

    public static let longestSnooze = Duration.seconds(86_400)

    /// True while somebody has it: nobody else is to be found.
    public var isTaken: Bool { self != .open }

    /// Opens what has run out. Gives true where it did: then the escalation begins anew.
    public mutating func settle(at now: Timestamp) -> Bool {
        let end: Timestamp? =
            switch self {
            case .open: nil
            case .acknowledged(_, let until): until
            case .snoozed(_, let until): until
            }
        guard let end, end <= now else { return false }
        self = .open
        return true
    }

    /// Opens what somebody has when the alert gets louder; true where it did.
    public mutating func raise(from before: Severity, to after: Severity) -> Bool {
        guard after > before, isTaken else { return false }
        self = .open
        return true
    }

    /// Nil for a snooze that has no length or is longer than a day.
    public static func snooze(
        by person: String, for length: Duration, at now: Timestamp
    ) -> Response? {
        guard length > .zero, length <= longestSnooze else { return nil }
        return .snoozed(by: person, until: now + length)
    }
}
