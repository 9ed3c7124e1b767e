import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Collectors

private let begin = ContinuousClock.now

@Suite("what a reading of PostgreSQL says")
struct PostgresReadingTests {
    private func server(
        recovery: Bool = false, started: String = "1000", walEnd: String? = "5000",
        replayed: String? = nil, replayAge: String? = nil
    ) -> PostgresRows {
        PostgresRows(
            [
                "in_recovery", "now", "started", "max_connections", "superuser_reserved",
                "reserved", "wal_end", "replayed", "replay_age",
            ],
            [
                [
                    recovery ? "t" : "f", "1060", started, "100", "3", nil, walEnd, replayed,
                    replayAge,
                ]
            ])
    }

    private func activity(_ rows: [[String?]]) -> PostgresRows {
        PostgresRows(
            [
                "datname", "state", "backends", "clients", "hidden", "autovacuums", "transactions",
                "transaction_age", "client_transaction_age",
            ], rows)
    }

    private func record(_ parts: [(PostgresPart, PostgresRows)]) -> PostgresRecord {
        var record = PostgresRecord(catalog: postgresCatalog(15))
        for (part, rows) in parts { record.take(part, rows, at: begin) }
        return record
    }

    private func detail(_ record: PostgresRecord) throws -> PostgresDetail {
        guard case .postgres(let detail) = record.reading.detail else {
            throw TestFailure("no detail of PostgreSQL")
        }
        return detail
    }

    private func values(_ reading: Reading, _ name: String) -> [Labels: Double] {
        let points = reading.families.filter { $0.metadata.name == name }.flatMap(\.points)
        return Dictionary(points.map { ($0.labels, $0.value) }, uniquingKeysWith: { $1 })
    }

    // MARK: Connections

    @Test("connections are counted by state, with the aborted ones and words yet unknown")
    func states() throws {
        let record = record([
            (.server, server()),
            (
                .activity,
                activity([
                    ["jobs", "active", "3", "2", "0", "1", "2", "1.5", "1.5"],
                    ["jobs", "idle in transaction (aborted)", "4", "4", "0", "0", "4", "30", "30"],
                    ["jobs", "starting", "1", "1", "0", "0", "0", nil, nil],
                    ["postgres", nil, "0", "0", "0", "0", "0", nil, nil],
                ])
            ),
        ])
        let detail = try detail(record)
        #expect(
            detail.connections.byState
                == ["active": 2, "idle in transaction (aborted)": 4, "starting": 1])
        #expect(detail.connections.used == 7)
        #expect(detail.connections.reserved == 3)
        #expect(detail.longestTransaction == 30)
        #expect(detail.uptime == 60)
        let counts = values(record.reading, "pg_stat_activity_count")
        #expect(counts[["datname": "jobs", "state": "idle in transaction (aborted)"]] == 4)
        #expect(counts[["datname": "jobs", "state": "starting"]] == 1)
        #expect(counts[["datname": "postgres", "state": "idle"]] == 0)
        #expect(counts.count == 13)
    }

    @Test(
        "running out of connections is said from 95 % on",
        arguments: [("91", nil), ("93", Health.degraded), ("97", .critical)])
    func exhaustion(used: String, health: Health?) {
        let record = record([
            (.server, server()),
            (.activity, activity([["jobs", "idle", used, used, "0", "0", "0", nil, nil]])),
        ])
        let finding = record.reading.findings.first { $0.title.contains("connections") }
        #expect(finding?.health == health)
    }

    // MARK: Waits

    @Test("waiters have their blockers; a prepared transaction is pid 0")
    func blockers() throws {
        let sessions = PostgresRows(
            ["pid", "usename", "state", "wait_event_type", "wait_event", "query", "client_addr"],
            [
                ["10", "app", "active", "Lock", "transactionid", "UPDATE t", "10.0.0.1"],
                ["11", "app", "idle in transaction", "Client", "ClientRead", "DELETE", nil],
            ])
        let locks = PostgresRows(
            ["datname", "mode", "locks", "pid", "locktype", "waited"],
            [
                ["jobs", "sharelock", "2", nil, nil, nil],
                [nil, "sharelock", nil, "10", "transactionid", "2.5"],
                [nil, "sharelock", nil, "12", "relation", nil],
            ])
        let blockers = PostgresRows(["pid", "blockers"], [["10", "11,11,0"], ["12", ""]])
        let record = record([
            (.server, server()), (.activity, activity([])), (.sessions, sessions),
            (.locks, locks), (.blockers, blockers),
        ])
        #expect(record.waitingPids == [10, 12])
        let detail = try detail(record)
        #expect(detail.waiting == 2)
        #expect(detail.sessions.map(\.pid) == [10, 11, 12])
        #expect(detail.sessions[0].blockedBy == [0, 11])
        #expect(detail.sessions[0].wait == "Lock:transactionid")
        #expect(detail.sessions[0].waitAge == 2.5)
        #expect(detail.sessions[1].client == "local")
        #expect(detail.sessions[2].wait == "Lock:relation")
    }

    // MARK: Replication

    @Test(
        "a standby is level only while somebody sends to it",
        arguments: [
            ("5000", true, 0.0), ("5000", false, 42), ("4000", true, 42), (nil, true, 42),
        ])
    func lag(replayed: String?, hasReceiver: Bool, expected: Double) {
        let rows = server(recovery: true, replayed: replayed, replayAge: "42")
        #expect(PostgresReplication.lag(server: rows, hasReceiver: hasReceiver) == expected)
        #expect(PostgresReplication.lag(server: server(), hasReceiver: false) == 0)
    }

    @Test("replicas have names, and lags that are never negative")
    func replicas() {
        let rows = PostgresRows(
            ["application_name", "client_addr", "state", "sync_state", "lag_bytes", "lag_seconds"],
            [
                ["r1", "10.0.0.2", "streaming", "async", "0", "0"],
                ["", "10.0.0.3", "catchup", "async", "77", nil],
                ["r3", nil, nil, nil, "-5", "0.5"],
            ])
        let replicas = PostgresReplication.replicas(rows)
        #expect(replicas.map(\.lagSeconds) == [0, nil, 0.5])
        #expect(replicas.map(\.lagBytes) == [0, 77, 0])
        #expect(replicas.map(\.name) == ["r1", "10.0.0.3", "r3"])
    }

    @Test("a change of role or a restart drops every baseline and cached value")
    func failover() throws {
        var record = record([
            (.server, server(recovery: true)),
            (.sizes, PostgresRows(["datname", "bytes"], [["jobs", "10"]])),
        ])
        record.take(.server, server(recovery: true, walEnd: "9000"), at: begin + .seconds(1))
        #expect(!record.isOutdated)
        #expect(try detail(record).walBytesPerSecond == 4000)
        record.take(.server, server(walEnd: "99000"), at: begin + .seconds(2))
        #expect(record.isOutdated)
        let promoted = try detail(record)
        #expect(!promoted.isInRecovery)
        #expect(promoted.walBytesPerSecond == nil)
        #expect(promoted.databaseSizeBytes == nil)
        record.take(.server, server(started: "2000", walEnd: "99000"), at: begin + .seconds(3))
        #expect(record.isOutdated)
    }

    // MARK: Findings

    @Test("what a role may not see is one finding with the grant")
    func permissions() {
        var record = record([
            (.server, server()),
            (.activity, activity([["jobs", nil, "2", "2", "2", "0", "0", nil, nil]])),
        ])
        #expect(record.reading.findings.map(\.remedy) == ["GRANT pg_read_all_stats TO dogwatch;"])
        record.fail(.walFiles, PostgresError(code: "42501", message: "permission denied"))
        record.fail(.slots, PostgresError(code: "42501", message: "permission denied"))
        #expect(
            record.reading.findings == [
                Finding(
                    .unknown,
                    "role dogwatch may not see: "
                        + "other users' statements, replication slots, WAL directory",
                    remedy: "GRANT pg_monitor TO dogwatch;")
            ])
    }

    @Test(
        "rows whose columns are hidden are named, and so is a server that is too old",
        arguments: [
            (PostgresPart.replication, "state", "replication"),
            (.receiver, "status", "WAL receiver"),
        ])
    func hiddenRows(part: PostgresPart, column: String, words: String) {
        let hidden = record([
            (.server, server()), (part, PostgresRows(["pid", column], [["7", nil]])),
        ])
        #expect(hidden.reading.findings.map(\.title) == ["role dogwatch may not see: \(words)"])
        var old = postgresCatalog(13)
        old.versionNumber = 120_022
        #expect(PostgresRecord(catalog: old).reading.findings.map(\.actual) == ["12.22"])
    }

    @Test("a part that fails is blank until it is read again, and the others stay")
    func failingPart() throws {
        let sizes = PostgresRows(["datname", "bytes"], [["jobs", "10"], ["app", "5"]])
        var record = record([(.server, server()), (.activity, activity([])), (.sizes, sizes)])
        #expect(try detail(record).databaseSizeBytes == 15)
        record.fail(.sizes, PostgresError(code: "57014", message: "statement timeout"))
        #expect(try detail(record).databaseSizeBytes == nil)
        #expect(values(record.reading, "pg_database_size_bytes").isEmpty)
        #expect(record.reading.findings.map(\.health) == [.unknown])
        #expect(values(record.reading, "pg_postmaster_start_time_seconds").count == 1)
        record.take(.sizes, sizes, at: begin)
        #expect(record.reading.findings.isEmpty)
    }

    @Test("a database that may not be measured leaves the sum unknown")
    func unmeasured() throws {
        let record = record([
            (.server, server()),
            (.sizes, PostgresRows(["datname", "bytes"], [["jobs", "10"], ["secret", nil]])),
        ])
        #expect(try detail(record).databaseSizeBytes == nil)
        #expect(record.reading.findings.contains { $0.title.contains("size of secret") })
    }

    @Test(
        "plain faults are found without a rule",
        arguments: [
            (
                PostgresPart.wraparound, ["datname", "xid_age", "mxid_age"],
                ["jobs", "1900000000", "5"], Health.critical
            ),
            (
                .archiver, ["last_archive_age", "last_failure_age", "last_failed_wal"],
                ["600", "20", "00000001"], .degraded
            ),
            (
                .archiver, ["last_archive_age", "last_failure_age", "last_failed_wal"],
                [nil, "20", "00000001"], .degraded
            ),
            (.slots, ["slot_name", "active", "wal_status"], ["old", "f", "lost"], .degraded),
            (.databases, ["datname", "checksum_failures"], ["jobs", "2"], .critical),
        ] as [(PostgresPart, [String], [String?], Health)])
    func faults(part: PostgresPart, columns: [String], row: [String?], health: Health) {
        let record = record([(.server, server()), (part, PostgresRows(columns, [row]))])
        #expect(record.reading.findings.map(\.health) == [health])
        #expect(record.reading.findings.allSatisfy { $0.remedy != nil })
    }

    @Test(
        "what is well gives no finding",
        arguments: [
            (PostgresPart.wraparound, ["datname", "xid_age", "mxid_age"], ["jobs", "9", "5"]),
            (.archiver, ["last_archive_age", "last_failure_age"], ["20", "600"]),
            (.archiver, ["last_archive_age", "last_failure_age"], [nil, nil]),
            (.slots, ["slot_name", "active", "wal_status"], ["s", "f", "extended"]),
            (.databases, ["datname", "checksum_failures"], ["jobs", nil]),
        ] as [(PostgresPart, [String], [String?])])
    func noFaults(part: PostgresPart, columns: [String], row: [String?]) {
        let record = record([(.server, server()), (part, PostgresRows(columns, [row]))])
        #expect(record.reading.findings.isEmpty)
    }

    @Test("a standby that has streamed and to which nobody sends is degraded")
    func orphan() {
        let none = PostgresRows(columns: ["status"])
        let findings = record([(.server, server(recovery: true)), (.receiver, none)])
            .reading.findings
        #expect(findings.map(\.health) == [.degraded])
        let archive = record([(.server, server(recovery: true, walEnd: nil)), (.receiver, none)])
        #expect(archive.reading.findings.isEmpty)
    }

    @Test("a missing extension is told, not held against the server")
    func missingExtension() {
        let record = PostgresRecord(catalog: postgresCatalog(15, extension: nil))
        #expect(record.reading.findings.map(\.health) == [.ok])
        #expect(record.reading.findings[0].remedy?.hasPrefix("CREATE EXTENSION") == true)
    }

    // MARK: Settings

    @Test(
        "settings come in base units",
        arguments: [
            (
                "shared_buffers", "16384", "8kB", "integer", "pg_settings_shared_buffers_bytes",
                0x1p27
            ),
            ("work_mem", "4096", "kB", "integer", "pg_settings_work_mem_bytes", 4_194_304),
            ("min_wal_size", "80", "MB", "integer", "pg_settings_min_wal_size_bytes", 83_886_080),
            (
                "deadlock_timeout", "1000", "ms", "integer", "pg_settings_deadlock_timeout_seconds",
                1
            ),
            (
                "log_rotation_age", "1440", "min", "integer",
                "pg_settings_log_rotation_age_seconds", 86_400
            ),
            ("log_temp_files", "-1", "kB", "integer", "pg_settings_log_temp_files_bytes", -1),
            (
                "autovacuum_vacuum_cost_delay", "2", "ms", "real",
                "pg_settings_autovacuum_vacuum_cost_delay_seconds", 0.002
            ),
            ("fsync", "on", "", "bool", "pg_settings_fsync", 1),
            (
                "pg_stat_statements.max", "5000", "", "integer",
                "pg_settings_pg_stat_statements_max", 5000
            ),
        ])
    func settings(
        name: String, setting: String, unit: String, type: String, metric: String, value: Double
    ) {
        let rows = PostgresRows(
            ["name", "setting", "unit", "short_desc", "vartype"],
            [[name, setting, unit, "What it is.", type]])
        let families = PostgresParameters.families(rows)
        #expect(families.map(\.metadata.name) == [metric])
        #expect(families.first?.points.map(\.value) == [value])
    }

    @Test(
        "a setting that cannot be a series is left out",
        arguments: [
            ["x", "5", "parsec", "", "integer"], ["x y", "5", "", "", "integer"],
            ["x", "five", "", "", "real"], [nil, "5", "", "", "integer"],
        ] as [[String?]])
    func oddSettings(row: [String?]) {
        let rows = PostgresRows(["name", "setting", "unit", "short_desc", "vartype"], [row])
        #expect(PostgresParameters.families(rows).isEmpty)
    }

    // MARK: Cells

    @Test(
        "cells are read as numbers only when they are",
        arguments: [
            ("0", 0.0), ("-15", -15), ("1.5e3", 1500), ("1152921504606846976", 0x1p60),
            ("", nil), ("-", nil), ("5x", nil), ("NaN", nil), ("Infinity", nil), (nil, nil),
        ])
    func numbers(text: String?, number: Double?) {
        #expect(PostgresRows(["n"], [[text]]).number(0, "n") == number)
        #expect(PostgresRows(["n"], [[text]]).number(0, "other") == nil)
        #expect(PostgresRows(["n"], [[text]]).number(1, "n") == nil)
    }

    @Test("bytes that are no UTF-8 are repaired")
    func encoding() {
        var rows = PostgresRows(columns: ["query"])
        rows.append([0x53, 0xe4, 0x54, 0xc3] as [UInt8])
        #expect(PostgresText.query(rows.text(0, "query")) == "S\u{fffd}T\u{fffd}")
    }
}
