import Targets
import TimeSeries

/// The counters of one INFO that rates are made of.
struct RedisCounters: Sendable, Equatable {
    var runID = ""
    var uptime = 0.0
    var commands = 0.0
    /// Commands that this program has sent so far; they are left out of the operations.
    var ownCommands = 0.0
    var hits = 0.0
    var misses = 0.0
    var evicted = 0.0
    var expired = 0.0
    var rejected = 0.0
    var connections = 0.0

    init(_ info: RedisInfo, ownCommands: Double) {
        runID = info.text("run_id")
        uptime = info.number("uptime_in_seconds") ?? 0
        commands = info.number("total_commands_processed") ?? 0
        self.ownCommands = ownCommands
        hits = info.number("keyspace_hits") ?? 0
        misses = info.number("keyspace_misses") ?? 0
        evicted = info.number("evicted_keys") ?? 0
        expired = info.number("expired_keys") ?? 0
        rejected = info.number("rejected_connections") ?? 0
        connections = info.number("total_connections_received") ?? 0
    }

    /// Whether deltas from `earlier` to this mean something: the same process, no counter reset.
    func continues(_ earlier: RedisCounters) -> Bool {
        runID == earlier.runID && uptime >= earlier.uptime
            && zip(counters, earlier.counters).allSatisfy { $0 >= $1 }
    }

    private var counters: [Double] {
        [commands, ownCommands, hits, misses, evicted, expired, rejected, connections]
    }
}

/// Rates out of INFO's lifetime counters. The first INFO, one after a restart and one after
/// `CONFIG RESETSTAT` only start a new baseline: they give no rate, and no rate is negative.
struct RedisRates: Sendable {
    struct Window: Sendable, Equatable {
        var operationsPerSecond: Double?
        /// Hits ÷ look-ups over the last minute.
        var hitRatio: Double?
        var evictedPerSecond: Double?
        var expiredPerSecond: Double?
        /// Connections refused since the last INFO.
        var rejected: Double?
    }

    /// How far back the hit ratio looks.
    static let hitWindow = Duration.seconds(60)
    /// The least look-ups that a ratio is made of.
    static let leastLookups = 100.0
    private static let historyLimit = 128

    private var history: [(at: ContinuousClock.Instant, counters: RedisCounters)] = []

    /// Takes the counters of an INFO that arrived at `now`.
    mutating func next(_ counters: RedisCounters, at now: ContinuousClock.Instant) -> Window {
        guard let last = history.last, counters.continues(last.counters), now > last.at else {
            history = [(now, counters)]
            return Window()
        }
        history.append((now, counters))
        // One entry older than the window stays: the window reaches back to it.
        while history.count > 2, history[1].at <= now - RedisRates.hitWindow {
            history.removeFirst()
        }
        if history.count > RedisRates.historyLimit { history.removeFirst() }
        return window(since: last.counters, seconds: (now - last.at).inSeconds)
    }

    private func window(since last: RedisCounters, seconds: Double) -> Window {
        guard let now = history.last?.counters else { return Window() }
        let own = now.ownCommands - last.ownCommands
        return Window(
            operationsPerSecond: max(0, now.commands - last.commands - own) / seconds,
            hitRatio: hitRatio(now),
            evictedPerSecond: (now.evicted - last.evicted) / seconds,
            expiredPerSecond: (now.expired - last.expired) / seconds,
            rejected: now.rejected - last.rejected)
    }

    private func hitRatio(_ now: RedisCounters) -> Double? {
        guard let first = history.first?.counters else { return nil }
        let hits = now.hits - first.hits
        let lookups = hits + now.misses - first.misses
        return lookups >= RedisRates.leastLookups ? hits / lookups : nil
    }
}
