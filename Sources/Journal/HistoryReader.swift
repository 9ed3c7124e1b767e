import Synchronization
import TimeSeries

/// Reads a `history.db`: beside the process that owns it, or without one. It writes nothing into the
/// file, and never holds up its owner.
///
/// One query at a time; each sees the history of one moment. A row that is not what was written is
/// left out and counted.
public final class HistoryReader: SeriesStore {
    /// The most samples that one selection may touch: some 80 MB of compressed chunks.
    public static let sampleLimit = 50_000_000

    /// What is wrong with the file, as far as queries have found out.
    private struct Findings {
        var failure: DatabaseFailure?
        var damagedRows: Set<Int64> = []
    }

    /// No more damaged rows than this are told apart.
    private static let damageLimit = 1000

    /// Locked for the whole of a query.
    private let database: Mutex<Database>
    /// Has a lock of its own: who asks what was found does not wait for a query.
    private let findings = Mutex(Findings())
    private let readsRecent: Bool

    /// Opens the file as its owner left it, or is writing it.
    public convenience init(path: String) throws(DatabaseFailure) {
        try self.init(path: path, readsRecent: true)
    }

    /// - Parameter readsRecent: false where a head holds what is in no block yet.
    init(path: String, readsRecent: Bool) throws(DatabaseFailure) {
        let database = try Database(path: path, isReader: true)
        let version = try Schema.history.version(of: database)
        guard version == Schema.history.migrations.count else {
            throw DatabaseFailure(
                .other(0), path: path,
                message: "it has format \(version), which its owner brings up to date: start that")
        }
        self.database = Mutex(database)
        self.readsRecent = readsRecent
    }

    /// What made the file unreadable, once something did.
    var failure: DatabaseFailure? { findings.withLock { $0.failure } }

    /// How many rows were left out because they are damaged.
    public var damagedRows: Int { findings.withLock { $0.damagedRows.count } }

    public func select(
        _ matchers: [Matcher], from: Timestamp, through: Timestamp
    ) throws -> [Series] {
        try read { query throws(DatabaseFailure) in
            var result: [Series] = []
            for series in try query.series(matchers, from: from, through: through) {
                let chunks = try query.chunks(of: series, from: from, through: through)
                guard !chunks.isEmpty else { continue }
                result.append(
                    Series(labels: series.labels, chunks: chunks, from: from, through: through))
            }
            return result
        }
    }

    public func labelSets(
        _ matchers: [Matcher], from: Timestamp, through: Timestamp
    ) throws -> [Labels] {
        try read { query throws(DatabaseFailure) in
            try query.series(matchers, from: from, through: through).map(\.labels)
        }
    }

    public func earliest(
        _ matchers: [Matcher], from: Timestamp, through: Timestamp
    ) throws -> Timestamp? {
        try read { query throws(DatabaseFailure) in
            try query.earliest(matchers, from: from, through: through)
        }
    }

    public var allMetadata: [MetricMetadata] {
        let known = try? read { query throws(DatabaseFailure) in try query.metadata() }
        return known ?? []
    }

    /// Runs one query on the file as it is now, and notes what it finds damaged.
    func read<Result: Sendable>(
        _ body: @Sendable (inout HistoryQuery) throws(DatabaseFailure) -> Result
    ) throws(DatabaseFailure) -> Result {
        let (outcome, damaged) = database.withLock { database in
            var query = HistoryQuery(
                database, readsRecent: readsRecent, sampleLimit: HistoryReader.sampleLimit)
            let outcome = Swift.Result { () throws(DatabaseFailure) in
                try database.snapshot { () throws(DatabaseFailure) in
                    try body(&query)
                }
            }
            return (outcome, query.damagedRows)
        }
        findings.withLock { findings in
            if case .failure(let failure) = outcome, failure.endsTheFile {
                findings.failure = failure
            }
            if findings.damagedRows.count < HistoryReader.damageLimit {
                findings.damagedRows.formUnion(damaged)
            }
        }
        return try outcome.get()
    }
}

extension SeriesStore {
    /// From the label sets: the names of all labels, sorted.
    public func labelNames(
        _ matchers: [Matcher], from: Timestamp, through: Timestamp
    ) throws -> [String] {
        let sets = try labelSets(matchers, from: from, through: through)
        return Set(sets.lazy.flatMap { $0.all.lazy.map(\.name) }).sorted()
    }

    /// From the label sets: the values of one label, sorted.
    public func labelValues(
        _ name: String, _ matchers: [Matcher], from: Timestamp, through: Timestamp
    ) throws -> [String] {
        let sets = try labelSets(matchers, from: from, through: through)
        return Set(sets.lazy.map { $0[name] }).subtracting([""]).sorted()
    }
}
