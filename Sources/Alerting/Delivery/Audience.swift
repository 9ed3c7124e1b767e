/// Who is told of an episode: those that are told at once, and ladders that find somebody.
public struct Audience: Hashable, Sendable, Codable {
    public var ladders: [EscalationPolicy<Destination>]
    public var direct: [Destination]

    public init(ladders: [EscalationPolicy<Destination>] = [], direct: [Destination] = []) {
        self.ladders = ladders
        self.direct = direct
    }

    /// Of what a route names.
    public init(_ destinations: [Destination], _ roster: Roster) {
        self.init()
        for destination in destinations {
            if destination.kind == .escalation, let policy = roster.escalations[destination.name] {
                ladders.append(policy)
            } else {
                direct.append(destination)
            }
        }
    }
}
