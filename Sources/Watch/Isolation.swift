import TimeSeries

/// Tells our own outage from theirs: while none of the canaries (addresses that are nearly always
/// up) answers, the fault is on this side. Without canaries it never says so.
struct Isolation: Equatable {
    /// Rounds in a row in which no canary answered.
    private var silentRounds = 0
    /// When the first of them was.
    private var silentSince: Timestamp?

    /// One lost round can be one lost packet.
    static let roundsNeeded = 2

    /// Notes one round: whether each canary answered.
    mutating func record(_ answers: [Bool], at now: Timestamp) {
        guard !answers.isEmpty, !answers.contains(true) else {
            self = Isolation()
            return
        }
        silentRounds += 1
        silentSince = silentSince ?? now
    }

    /// Since when our own network is down; nil while it is not known to be.
    var since: Timestamp? { silentRounds >= Isolation.roundsNeeded ? silentSince : nil }
}
