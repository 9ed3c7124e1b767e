import TimeSeries

/// Where the search for somebody who takes an episode stands.
struct Ladder: Sendable, Codable {
    /// Nil for those that are told directly.
    var escalation: Escalation<Destination>?
    let severity: Severity
    /// The receivers of the level that was told last.
    var told: [String] = []
    /// Contacts whose turn comes later, while nobody has it.
    var later: [Later] = []

    struct Later: Sendable, Codable {
        var receiver: String
        var at: Timestamp
    }

    var deadline: Timestamp? {
        let times = later.map(\.at) + (escalation?.deadline.map { [$0] } ?? [])
        return times.min()
    }

    /// Somebody has it: nobody else is told.
    mutating func stop() {
        escalation?.stop()
        later = []
    }

    mutating func clockWasSet(by step: Duration) {
        escalation?.clockWasSet(by: step)
        for index in later.indices { later[index].at += step }
    }

    /// Takes the contacts whose turn has come.
    mutating func takeLater(at now: Timestamp) -> [String] {
        let due = later.filter { $0.at <= now }
        later.removeAll { $0.at <= now }
        return due.map(\.receiver)
    }

    /// Notes how a level is reached; gives the receivers to be told now.
    mutating func enter(_ contacts: [Contact], at now: Timestamp) -> [String] {
        told = contacts.map(\.receiver)
        later = contacts.filter { $0.after > .zero }.map {
            Later(receiver: $0.receiver, at: now + $0.after)
        }
        return contacts.filter { $0.after <= .zero }.map(\.receiver)
    }
}
