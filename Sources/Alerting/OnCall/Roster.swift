import TimeSeries

/// A receiver through which somebody is reached, so long after the page was due.
public struct Contact: Hashable, Sendable, Codable {
    public var receiver: String
    public var after: Duration

    public init(_ receiver: String, after: Duration = .zero) {
        self.receiver = receiver
        self.after = after
    }
}

/// The people that can be told: how each is reached, and who is on call when.
public struct Roster: Hashable, Sendable {
    /// By the name of the user; in order.
    public var users: [String: [Contact]]
    public var schedules: [String: OnCallSchedule]
    public var escalations: [String: EscalationPolicy<Destination>]
    /// Told where a schedule has nobody on call.
    public var fallbackUser: String?

    public init(
        users: [String: [Contact]] = [:], schedules: [String: OnCallSchedule] = [:],
        escalations: [String: EscalationPolicy<Destination>] = [:], fallbackUser: String? = nil
    ) {
        self.users = users
        self.schedules = schedules
        self.escalations = escalations
        self.fallbackUser = fallbackUser
    }

    /// Who is on call by a schedule; nil is a hole.
    public func person(on schedule: String, at now: Timestamp) -> String? {
        schedules[schedule]?.person(at: now)
    }

    /// How somebody is reached now. Empty where there is nobody: a hole without a fallback user.
    ///
    /// An escalation is reached as its first level is.
    public func contacts(of destination: Destination, at now: Timestamp) -> [Contact] {
        switch destination.kind {
        case .receiver: [Contact(destination.name)]
        case .user: users[destination.name] ?? []
        case .schedule:
            (person(on: destination.name, at: now) ?? fallbackUser).flatMap { users[$0] } ?? []
        case .escalation:
            (escalations[destination.name]?.levels.first?.targets ?? [])
                .filter { $0.kind != .escalation }.flatMap { contacts(of: $0, at: now) }
        }
    }
}
