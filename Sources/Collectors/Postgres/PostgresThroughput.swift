import TimeSeries

/// What the databases did between two readings of `pg_stat_database`.
///
/// A counter that fell or was reset makes a new baseline: that window has no rates.
struct PostgresThroughput: Sendable, Equatable {
    struct Rates: Sendable, Equatable {
        var transactionsPerSecond: Double
        /// nil below 100 transactions in the window.
        var rollbackShare: Double?
        /// nil below 1,000 blocks in the window.
        var cacheHitRatio: Double?
        var deadlocksPerSecond: Double
        var tempBytesPerSecond: Double
    }

    private static let columns = [
        "xact_commit", "xact_rollback", "blks_hit", "blks_read", "deadlocks", "temp_bytes",
    ]

    private struct Counters: Equatable {
        var reset: Double?
        /// In the order of `columns`.
        var values: [Double]
    }

    private var readAt: ContinuousClock.Instant?
    /// By the database's OID: a database dropped and made again is another one.
    private var last: [String: Counters] = [:]

    mutating func forget() { self = PostgresThroughput() }

    /// The rates since the last reading; nil on the first, after a reset, and without time between.
    mutating func advance(_ rows: PostgresRows, at now: ContinuousClock.Instant) -> Rates? {
        let current = Self.counters(rows)
        defer {
            readAt = now
            last = current
        }
        guard let readAt, now > readAt else { return nil }
        var sums = Array(repeating: 0.0, count: Self.columns.count)
        for (id, counters) in current {
            guard let before = last[id] else { continue }
            let deltas = zip(counters.values, before.values).map { $0 - $1 }
            guard counters.reset == before.reset, deltas.allSatisfy({ $0 >= 0 }) else { return nil }
            sums = zip(sums, deltas).map { $0 + $1 }
        }
        return Self.rates(sums, over: readAt.duration(to: now).inSeconds)
    }

    private static func counters(_ rows: PostgresRows) -> [String: Counters] {
        let indices = columns.map(rows.column)
        return (0..<rows.count).reduce(into: [:]) { result, row in
            guard let id = rows.text(row, "datid") else { return }
            result[id] = Counters(
                reset: rows.number(row, "stats_reset"),
                values: indices.map { rows.number(row, $0) ?? 0 })
        }
    }

    private static func rates(_ sums: [Double], over seconds: Double) -> Rates {
        let (commits, rollbacks, hits, reads) = (sums[0], sums[1], sums[2], sums[3])
        let transactions = commits + rollbacks
        return Rates(
            transactionsPerSecond: transactions / seconds,
            rollbackShare: transactions >= 100 ? rollbacks / transactions : nil,
            cacheHitRatio: hits + reads >= 1000 ? hits / (hits + reads) : nil,
            deadlocksPerSecond: sums[4] / seconds,
            tempBytesPerSecond: sums[5] / seconds)
    }
}

/// The rate of one counter between two readings; nil on the first and when it fell.
struct PostgresRate: Sendable, Equatable {
    private var last: (value: Double, at: ContinuousClock.Instant)?

    mutating func forget() { last = nil }

    mutating func advance(_ value: Double?, at now: ContinuousClock.Instant) -> Double? {
        defer { last = value.map { ($0, now) } }
        guard let value, let last, now > last.at, value >= last.value else { return nil }
        return (value - last.value) / last.at.duration(to: now).inSeconds
    }

    static func == (left: PostgresRate, right: PostgresRate) -> Bool {
        left.last?.value == right.last?.value && left.last?.at == right.last?.at
    }
}
