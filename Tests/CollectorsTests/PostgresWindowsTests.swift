import Targets
import TestSupport
import Testing

@testable import Collectors

private let begin = ContinuousClock.now

/// Holds a mutating value, so that an expectation may advance it.
private final class Window<Value> {
    private(set) var value: Value

    init(_ value: Value) { self.value = value }
}

extension Window<PostgresThroughput> {
    func advance(
        _ rows: PostgresRows, at now: ContinuousClock.Instant
    ) -> PostgresThroughput.Rates? {
        value.advance(rows, at: now)
    }
}

extension Window<PostgresStatements> {
    func advance(
        _ rows: PostgresRows, at now: ContinuousClock.Instant
    ) -> [PostgresDetail.Statement]? {
        value.advance(rows, at: now)
    }
}

@Suite("what happened between two readings of PostgreSQL")
struct PostgresWindowsTests {
    // MARK: Databases

    private func databases(_ rows: [[String?]]) -> PostgresRows {
        PostgresRows(
            [
                "datid", "datname", "xact_commit", "xact_rollback", "blks_hit", "blks_read",
                "deadlocks", "temp_bytes", "stats_reset",
            ], rows)
    }

    @Test("the first reading has no rates, the second those of the time between")
    func rates() throws {
        let throughput = Window(PostgresThroughput())
        let first = throughput.advance(
            databases([["5", "jobs", "100", "0", "0", "0", "0", "0", nil]]), at: begin)
        #expect(first == nil)
        let rates = try #require(
            throughput.advance(
                databases([["5", "jobs", "280", "20", "1900", "100", "5", "50", nil]]),
                at: begin + .seconds(10)))
        #expect(rates.transactionsPerSecond == 20)
        #expect(rates.rollbackShare == 0.1)
        #expect(rates.cacheHitRatio == 0.95)
        #expect(rates.deadlocksPerSecond == 0.5)
        #expect(rates.tempBytesPerSecond == 5)
    }

    @Test("shares are hidden below 100 transactions and 1,000 blocks")
    func guards() throws {
        let throughput = Window(PostgresThroughput())
        _ = throughput.advance(
            databases([["5", "jobs", "0", "0", "0", "0", "0", "0", nil]]), at: begin)
        let rates = try #require(
            throughput.advance(
                databases([["5", "jobs", "50", "49", "999", "0", "0", "0", nil]]),
                at: begin + .seconds(1)))
        #expect(rates.rollbackShare == nil)
        #expect(rates.cacheHitRatio == nil)
    }

    @Test(
        "a reset makes a new baseline",
        arguments: [
            ["5", "jobs", "7", "0", "0", "0", "0", "0", "1000"],
            ["5", "jobs", "200", "0", "0", "0", "0", "0", "2000"],
            ["5", "jobs", nil, "0", "0", "0", "0", "0", "1000"],
        ] as [[String?]])
    func reset(after: [String?]) throws {
        let throughput = Window(PostgresThroughput())
        let before = databases([["5", "jobs", "100", "0", "0", "0", "0", "0", "1000"]])
        _ = throughput.advance(before, at: begin)
        let window = throughput.advance(databases([after]), at: begin + .seconds(1))
        #expect(window == nil)
        let next = throughput.advance(databases([after]), at: begin + .seconds(2))
        #expect(next?.transactionsPerSecond == 0)
    }

    @Test("a database that came or went adds nothing to the window")
    func comings() throws {
        let throughput = Window(PostgresThroughput())
        _ = throughput.advance(
            databases([
                ["5", "jobs", "10", "0", "0", "0", "0", "0", nil],
                ["6", "old", "9000", "0", "0", "0", "0", "0", nil],
            ]), at: begin)
        let rates = try #require(
            throughput.advance(
                databases([
                    ["5", "jobs", "20", "0", "0", "0", "0", "0", nil],
                    ["7", "new", "7000", "0", "0", "0", "0", "0", nil],
                ]), at: begin + .seconds(1)))
        #expect(rates.transactionsPerSecond == 10)
    }

    @Test("a rate of one counter skips falls and gaps")
    func rate() {
        var rate = PostgresRate()
        let values: [Double?] = [100, 150, 20, nil, 30, 30]
        let rates = values.enumerated().map { index, value in
            rate.advance(value, at: begin + .seconds(5 * index))
        }
        #expect(rates == [nil, 10, nil, nil, nil, 0])
    }

    // MARK: Statements

    private func statements(_ rows: [[String?]]) -> PostgresRows {
        PostgresRows(
            [
                "userid", "dbid", "queryid", "toplevel", "calls", "total_time", "rows", "read_time",
                "write_time", "user", "datname",
            ], rows.map { $0 + ["1", "2", "app", "jobs"] })
    }

    @Test("a window has what was called in it, dearest first, with shares of all time")
    func window() throws {
        let window = Window(PostgresStatements())
        let first = statements([
            ["1", "5", "11", "t", "100", "5000", "100"], ["1", "5", "12", "t", "7", "1", "7"],
            ["1", "5", "13", "t", "9", "90000", "9"],
        ])
        let none = window.advance(first, at: begin)
        #expect(none == nil)
        let second = statements([
            ["1", "5", "11", "t", "120", "5100", "140"], ["1", "5", "12", "t", "17", "301", "7"],
            ["1", "5", "13", "t", "9", "90000", "9"],
        ])
        let found = try #require(window.advance(second, at: begin + .seconds(10)))
        #expect(found.map(\.queryID) == ["12", "11"])
        #expect(found.map(\.callsPerSecond) == [1, 2])
        #expect(found.map(\.timeShare) == [0.75, 0.25])
        #expect(found[1].meanSeconds == 0.005)
        #expect(found[1].rowsPerCall == 2)
    }

    @Test("an evicted and a reset statement never has a negative window; a new one counts whole")
    func eviction() throws {
        let window = Window(PostgresStatements())
        _ = window.advance(
            statements([["1", "5", "11", "t", "100", "5000", "100"]]), at: begin)
        let found = try #require(
            window.advance(
                statements([
                    ["1", "5", "11", "t", "3", "4", "3"], ["1", "5", "12", "t", "5", "50", "0"],
                ]), at: begin + .seconds(5)))
        #expect(found.map(\.queryID) == ["12"])
        #expect(found[0].callsPerSecond == 1)
    }

    @Test("one id at the top and within functions, and of two users, are told apart")
    func keys() throws {
        let window = Window(PostgresStatements())
        let zero = ["0", "0", "0"]
        let names = [["1", "5", "11", "t"], ["1", "5", "11", "f"], ["2", "5", "11", "t"]]
        _ = window.advance(statements(names.map { $0 + zero }), at: begin)
        let found = try #require(
            window.advance(
                statements(names.map { $0 + ["1", "1", "1"] }), at: begin + .seconds(1)))
        #expect(found.count == 3)
    }

    @Test("statements that the role may not see count in the time but are not shown")
    func hidden() throws {
        let window = Window(PostgresStatements())
        let rows = [["1", "5", nil, "t", "0", "0", "0"], ["2", "5", "7", "t", "0", "0", "0"]]
        _ = window.advance(statements(rows), at: begin)
        #expect(window.value.hiddenCount == 1)
        let found = try #require(
            window.advance(
                statements([
                    ["1", "5", nil, "t", "1", "30", "0"], ["2", "5", "7", "t", "1", "10", "0"],
                ]), at: begin + .seconds(1)))
        #expect(found.map(\.timeShare) == [0.25])
    }

    @Test("texts are asked for once, and come cleaned and without passwords")
    func texts() {
        var window = PostgresStatements()
        var statement = PostgresDetail.Statement()
        statement.queryID = "11"
        #expect(window.unknownTexts(of: [statement]) == ["11"])
        window.learnTexts(
            PostgresRows(
                ["queryid", "query"], [["11", "ALTER ROLE a PASSWORD 'x''y'\u{1b}[31m\n-- end"]]))
        #expect(window.unknownTexts(of: [statement]).isEmpty)
        #expect(
            window.withTexts([statement])[0].query
                == "ALTER ROLE a PASSWORD '…''…'[31m -- end")
    }

    @Test("series are in seconds, one for each user, database and id")
    func series() {
        let families = PostgresStatements.families(
            statements([
                ["1", "5", "11", "t", "3", "500", "6"], ["1", "5", "11", "f", "2", "250", "4"],
                ["1", "5", nil, "t", "9", "9", "9"],
            ]))
        let values = Dictionary(
            uniqueKeysWithValues: families.map { ($0.metadata.name, $0.points) })
        #expect(values["pg_stat_statements_seconds_total"]?.map(\.value) == [0.75])
        #expect(
            values["pg_stat_statements_calls_total"]?.map(\.labels)
                == [["user": "app", "datname": "jobs", "queryid": "11"]])
    }

    // MARK: Nothing that a server says may hurt

    @Test("any rows, however wrong, give finite numbers and never a trap", arguments: 0..<40)
    func anything(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var record = PostgresRecord(catalog: postgresCatalog(17))
        let words: [String?] = [
            nil, "", "t", "f", "0", "-1", "7", "1e308", "NaN", "-Infinity", "99999999999999999999",
            "lost", "active", "jobs", "<insufficient privilege>", "\u{202e}x\u{0}", "1,2,0,x",
        ]
        let columns =
            PostgresSeries.databases.map(\.column) + [
                "datid", "state", "clients", "hidden", "pid", "locks", "waited", "blockers", "mode",
                "in_recovery", "started", "wal_end", "replayed", "replay_age", "max_connections",
                "superuser_reserved", "xid_age", "mxid_age", "bytes", "name", "setting", "unit",
                "vartype", "queryid", "userid", "dbid", "calls", "total_time", "rows", "retained",
                "wal_status", "slot_name", "lag_bytes", "age", "total", "heap_blks_total", "now",
                "heap_blks_scanned", "last_failure_age", "transaction_age", "query", "toplevel",
            ]
        for step in 0..<60 {
            let part = try #require(PostgresPart.allCases.randomElement(using: &random))
            let some = columns.shuffled(using: &random).prefix(
                Int.random(in: 0...20, using: &random))
            let rows = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                some.map { _ in words.randomElement(using: &random) ?? nil }
            }
            record.take(part, PostgresRows(Array(some), rows), at: begin + .seconds(step))
            guard case .postgres(let detail) = record.reading.detail else { continue }
            for number in numbers(of: detail) { #expect(number.isFinite, "seed \(seed)") }
            #expect(!record.reading.findings.contains { $0.title.contains("\u{202e}") })
        }
    }

    private func numbers(of detail: PostgresDetail) -> [Double] {
        [
            detail.uptime, detail.transactionsPerSecond, detail.rollbackShare,
            detail.cacheHitRatio, detail.walBytesPerSecond, detail.databaseSizeBytes,
            detail.wraparound, detail.replicationLagSeconds, detail.longestTransaction,
        ].compactMap { $0 } + detail.statements.flatMap { [$0.meanSeconds, $0.timeShare] }
            + detail.vacuums.compactMap(\.progress)
    }
}
