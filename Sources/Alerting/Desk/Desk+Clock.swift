import TimeSeries

/// A clock that is set, by a person or by a time server, while the watch goes on.
extension Desk {
    /// The wall clock moved by `step` against time as it passes. What is measured in time that passes
    /// goes on as if it had not: how long something breaches, when the next is told, what is tried again.
    /// What people chose as a time of day stays: silences, maintenance, shifts, how long somebody has an
    /// alert.
    public mutating func clockWasSet(by step: Duration) {
        guard step != .zero else { return }
        for fingerprint in alerts.keys { alerts[fingerprint]?.clockWasSet(by: step) }
        for id in groups.keys { groups[id]?.clockWasSet(by: step) }
        for fingerprint in holds.keys { holds[fingerprint]?.clockWasSet(by: step) }
        for id in silences.keys { silences[id]?.clockWasSet(by: step) }
        for name in channels.keys { channels[name]?.clockWasSet(by: step) }
        for index in lost.indices { lost[index].at += step }
        for index in happenings.indices { happenings[index].at += step }
        pager.clockWasSet(by: step)
        recentlyFired = nil
        suppressionsAreStale = true
        suppressedAt = nil
        changes.alerts.formUnion(alerts.keys)
        changes.groups.formUnion(groups.keys)
        changes.silences.formUnion(silences.keys)
        changes.channels.formUnion(channels.keys)
        changes.hasLost = changes.hasLost || !lost.isEmpty
    }

    /// How far what is known lies ahead of the clock, which was set back while nothing ran; zero where
    /// it does not.
    func lead(over now: Timestamp) -> Duration {
        let times =
            alerts.values.compactMap(\.newest)
            + pager.outbox.lanes.values.flatMap { lane in lane.queue.map(\.created) }
        return times.max().map { max(.zero, $0.duration(since: now)) } ?? .zero
    }
}
