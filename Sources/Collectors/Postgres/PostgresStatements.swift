import Targets
import TimeSeries

/// What each statement cost between two readings of `pg_stat_statements`, the dearest first.
struct PostgresStatements: Sendable {
    /// The most statements of a window that are shown.
    static let shownLimit = 20
    /// The most statements that are written as series: the dearest since the last reset.
    static let seriesLimit = 50
    /// The most texts that are kept; beyond it all are read anew.
    static let textLimit = 1000

    /// A statement as one user runs it in one database, at the top or within a function.
    private struct Key: Hashable {
        var user: Int64
        var database: Int64
        /// nil when the role may not see it.
        var query: Int64?
        var isTopLevel: Bool
    }

    private struct Counters {
        var row: Int
        var calls: Double
        var milliseconds: Double
        var rows: Double
    }

    private var readAt: ContinuousClock.Instant?
    private var last: [Key: Counters] = [:]
    private var isComplete = false
    private var texts: [String: String] = [:]

    mutating func forget() {
        readAt = nil
        last = [:]
    }

    /// How many statements' ids the role may not see.
    private(set) var hiddenCount = 0

    /// The statements of the window since the last reading; nil on the first. A statement that was
    /// not there before began in the window, unless the last reading was cut short.
    mutating func advance(
        _ rows: PostgresRows, at now: ContinuousClock.Instant
    ) -> [PostgresDetail.Statement]? {
        let current = counters(rows)
        defer {
            readAt = now
            last = current
            isComplete = rows.count < PostgresSQL.statementLimit
        }
        guard let readAt, now > readAt else { return nil }
        let spent = current.compactMap { key, counters in
            delta(counters, since: last[key]).map { (key, $0) }
        }
        let total = spent.reduce(0) { $0 + $1.1.milliseconds }
        let dearest = spent.filter { $0.0.query != nil }
            .sorted { ($0.1.milliseconds, $0.1.calls) > ($1.1.milliseconds, $1.1.calls) }
        return dearest.prefix(Self.shownLimit).map { key, delta in
            statement(
                key, delta, rows, of: total, over: readAt.duration(to: now).inSeconds)
        }
    }

    private mutating func counters(_ rows: PostgresRows) -> [Key: Counters] {
        let names = ["userid", "dbid", "queryid", "toplevel", "calls", "total_time", "rows"]
        let columns = names.map(rows.column)
        var result: [Key: Counters] = [:]
        result.reserveCapacity(rows.count)
        hiddenCount = 0
        for row in 0..<rows.count {
            let key = Key(
                user: rows.id(row, columns[0]) ?? 0, database: rows.id(row, columns[1]) ?? 0,
                query: rows.id(row, columns[2]), isTopLevel: rows.flag(row, columns[3]) ?? true)
            if key.query == nil { hiddenCount += 1 }
            var counters = result[key] ?? Counters(row: row, calls: 0, milliseconds: 0, rows: 0)
            counters.calls += rows.number(row, columns[4]) ?? 0
            counters.milliseconds += rows.number(row, columns[5]) ?? 0
            counters.rows += rows.number(row, columns[6]) ?? 0
            result[key] = counters
        }
        return result
    }

    /// nil when nothing was called, or the counters fell: evicted or reset in between.
    private func delta(_ now: Counters, since before: Counters?) -> Counters? {
        guard before != nil || isComplete else { return nil }
        let result = Counters(
            row: now.row, calls: now.calls - (before?.calls ?? 0),
            milliseconds: now.milliseconds - (before?.milliseconds ?? 0),
            rows: now.rows - (before?.rows ?? 0))
        return result.calls >= 1 && result.milliseconds >= 0 && result.rows >= 0 ? result : nil
    }

    private func statement(
        _ key: Key, _ delta: Counters, _ rows: PostgresRows, of total: Double, over seconds: Double
    ) -> PostgresDetail.Statement {
        var statement = PostgresDetail.Statement()
        statement.queryID = key.query.map(String.init) ?? ""
        statement.database = PostgresText.name(rows.text(delta.row, "datname"))
        statement.user = PostgresText.name(rows.text(delta.row, "user"))
        statement.callsPerSecond = delta.calls / seconds
        statement.meanSeconds = delta.milliseconds / 1000 / delta.calls
        statement.timeShare = total > 0 ? delta.milliseconds / total : 0
        statement.rowsPerCall = delta.rows / delta.calls
        return statement
    }
}

// Texts: they change never, and reading them is dear, so each is asked for once.
extension PostgresStatements {
    func unknownTexts(of statements: [PostgresDetail.Statement]) -> [String] {
        statements.map(\.queryID).filter { texts[$0] == nil }
    }

    mutating func learnTexts(_ rows: PostgresRows) {
        if texts.count + rows.count > Self.textLimit { texts = [:] }
        for row in 0..<rows.count {
            guard let id = rows.text(row, "queryid") else { continue }
            texts[id] = PostgresText.query(rows.text(row, "query"))
        }
    }

    func withTexts(_ statements: [PostgresDetail.Statement]) -> [PostgresDetail.Statement] {
        statements.map { statement in
            var result = statement
            result.query = texts[statement.queryID] ?? ""
            return result
        }
    }
}

// Series under postgres_exporter's names, in seconds where the view has milliseconds.
extension PostgresStatements {
    private static let series: [(column: String, metric: String, help: String, scale: Double)] = [
        ("calls", "calls_total", "Times executed", 1),
        ("total_time", "seconds_total", "Seconds spent in the statement", 1000),
        ("rows", "rows_total", "Rows returned or changed", 1),
        ("read_time", "block_read_seconds_total", "Seconds spent reading blocks", 1000),
        ("write_time", "block_write_seconds_total", "Seconds spent writing blocks", 1000),
    ]

    /// `rows` come dearest first. One user's statement at the top and within functions is one
    /// series, as the exporter's labels tell them not apart.
    static func families(_ rows: PostgresRows) -> [MetricFamily] {
        let identity = ["queryid", "userid", "dbid"].map(rows.column)
        var groups: [[Int64]: [Int]] = [:]
        for row in 0..<rows.count {
            guard let id = rows.id(row, identity[0]) else { continue }
            let key = [id, rows.id(row, identity[1]) ?? 0, rows.id(row, identity[2]) ?? 0]
            guard groups[key] != nil || groups.count < seriesLimit else { continue }
            groups[key, default: []].append(row)
        }
        let rowsByLabels = groups.map { (labels(rows, $0.value[0], id: $0.key[0]), $0.value) }
        return series.compactMap { column, metric, help, divisor in
            let index = rows.column(column)
            let points = rowsByLabels.compactMap { labels, group -> MetricPoint? in
                let values = group.compactMap { rows.number($0, index) }
                guard !values.isEmpty else { return nil }
                return MetricPoint(values.reduce(0, +) / divisor, labels)
            }
            guard !points.isEmpty else { return nil }
            return MetricFamily("pg_stat_statements_\(metric)", .counter, help, points)
        }
    }

    private static func labels(_ rows: PostgresRows, _ row: Int, id: Int64) -> Labels {
        [
            "user": PostgresText.name(rows.text(row, "user")),
            "datname": PostgresText.name(rows.text(row, "datname")),
            "queryid": String(id),
        ]
    }
}
