import Targets
import TestSupport
import Testing

@testable import Collectors

@Suite(
    "a real PostgreSQL", .serialized, .enabled(if: installed("/usr/lib/postgresql/15/bin/postgres"))
)
struct PostgresCollectorTests {
    @Test(
        "every version gives its numbers as psql does", .timeLimit(.minutes(1)),
        arguments: PostgresInstallation.all)
    func versions(_ installation: PostgresInstallation) async throws {
        let server = try await startPostgres(installation)
        try await server.sql(
            "CREATE EXTENSION pg_stat_statements", "CREATE DATABASE jobs",
            "CREATE TABLE items AS SELECT generate_series(1, 5000) AS id", "VACUUM ANALYZE items")
        // Up to 14 the statistics arrive late.
        let rows = "SELECT n_live_tup FROM pg_stat_user_tables WHERE relname = 'items'"
        while try await server.sql(rows) != "5000" {}
        let idle = try await server.hold("SELECT 1", database: "jobs")
        let open = try await server.hold("BEGIN", "SELECT 1", database: "jobs")
        let aborted = try await server.hold(
            "BEGIN", "\\set ON_ERROR_STOP 0", "SELECT 1/0", database: "jobs")
        defer { for client in [idle, open, aborted] { client.end() } }

        let collector = server.collector()
        let first = try await collector.read()
        #expect(first.findings == [])
        let detail = try first.postgres
        #expect(detail.version.hasPrefix("\(installation.major)."))
        #expect(
            detail.connections.byState
                == [
                    "active": 1, "idle": 1, "idle in transaction": 1,
                    "idle in transaction (aborted)": 1,
                ])
        #expect(detail.connections.used == 4)
        #expect(detail.connections.max == 40)
        #expect(detail.sessions.count == 2)
        #expect(detail.sessions.allSatisfy { $0.database == "jobs" && $0.user == "postgres" })
        #expect(detail.transactionsPerSecond == nil)
        #expect(detail.statements == [])

        let size = try await server.sql("SELECT sum(pg_database_size(oid)) FROM pg_database")
        #expect(detail.databaseSizeBytes == Double(size))
        let settings = try await server.sql(
            "SELECT count(*) FROM pg_settings WHERE vartype IN ('bool', 'integer', 'real')")
        let names = first.families.map(\.metadata.name).filter { $0.hasPrefix("pg_settings_") }
        #expect(Int(settings) == names.count)
        #expect(Set(names).count == names.count)
        #expect(
            first.value("pg_stat_user_tables_n_live_tup", ["relname": "items"]) == 5000)
        #expect(first.value("pg_settings_shared_buffers_bytes") == 0x1p24)
        await collector.close()
        #expect(try await server.ownConnections() == "0")
    }

    @Test("windows have rates and the dearest statements with their texts")
    func windows() async throws {
        let server = try await startPostgres(standardPostgres())
        try await server.sql(
            "CREATE EXTENSION pg_stat_statements",
            "CREATE TABLE items AS SELECT generate_series(1, 5000) AS id")
        let collector = server.collector()
        let first = try await collector.read().postgres
        #expect(first.transactionsPerSecond == nil)
        #expect(first.walBytesPerSecond == nil)
        #expect(first.statements == [])
        for _ in 0..<3 { try await server.sql("SELECT count(*), pg_sleep(0.1) FROM items") }
        try await server.sql("INSERT INTO items SELECT generate_series(1, 5000)")
        await collector.makeAllDue()
        let second = try await collector.read().postgres
        #expect(try #require(second.transactionsPerSecond) > 0)
        #expect(try #require(second.walBytesPerSecond) > 0)
        let dearest = try #require(second.statements.first)
        #expect(dearest.query == "SELECT count(*), pg_sleep($1) FROM items")
        #expect(dearest.meanSeconds > 0.1)
        #expect(dearest.timeShare > 0.5)
        #expect(dearest.rowsPerCall == 1)
        #expect(dearest.user == "postgres")

        try await server.sql("SELECT pg_stat_reset()", "SELECT pg_stat_statements_reset()")
        await collector.makeAllDue()
        let third = try await collector.read().postgres
        #expect(third.transactionsPerSecond == nil)
        #expect(third.statements.allSatisfy { $0.callsPerSecond > 0 && $0.timeShare <= 1 })
        await collector.close()
    }

    @Test("pg_stat_statements is read as installed, however old beside its server")
    func extensions() async throws {
        let server = try await startPostgres(#require(PostgresInstallation.all.last))
        let available = try await server.sql(
            """
            SELECT version FROM pg_available_extension_versions
            WHERE name = 'pg_stat_statements'
            """
        ).split(separator: "\n")
        try await server.sql("CREATE SCHEMA \"odd name\"")
        // Later versions come with later servers only.
        for version in ["1.6", "1.7", "1.8", "1.9", "1.10", "1.11", "1.12"]
        where available.contains(Substring(version)) {
            try await server.sql(
                "DROP EXTENSION IF EXISTS pg_stat_statements",
                "CREATE EXTENSION pg_stat_statements SCHEMA \"odd name\" VERSION '\(version)'",
                "SELECT \"odd name\".pg_stat_statements_reset()", "SELECT pg_sleep(0.05)")
            let collector = server.collector()
            let reading = try await collector.read()
            #expect(reading.findings == [], "\(version)")
            let id = try await server.sql(
                """
                SELECT queryid FROM "odd name".pg_stat_statements
                WHERE query LIKE 'SELECT pg_sleep%'
                """)
            let labels = ["queryid": id, "user": "postgres", "datname": "postgres"]
            #expect(reading.value("pg_stat_statements_calls_total", labels) == 1, "\(version)")
            let seconds = reading.value("pg_stat_statements_seconds_total", labels)
            #expect(try #require(seconds) > 0.04, "\(version)")
            #expect(reading.value("pg_stat_statements_block_read_seconds_total", labels) == 0)
            await collector.close()
        }
    }

    @Test("a role with pg_monitor sees all; one without is told what to grant")
    func roles() async throws {
        let server = try await startPostgres(standardPostgres())
        try await server.sql(
            "CREATE EXTENSION pg_stat_statements", "CREATE DATABASE closed",
            "REVOKE CONNECT ON DATABASE closed FROM PUBLIC",
            "CREATE ROLE watcher LOGIN IN ROLE pg_monitor", "CREATE ROLE bare LOGIN")
        let other = try await server.hold("BEGIN", "SELECT 'secret'")
        defer { other.end() }

        let watcher = server.collector(user: "watcher")
        let seen = try await watcher.read()
        #expect(seen.findings == [])
        #expect(try seen.postgres.sessions.map(\.query) == ["SELECT 'secret'"])
        await watcher.close()

        let bare = server.collector(user: "bare")
        let reading = try await bare.read()
        #expect(reading.findings.map(\.health) == [.unknown])
        #expect(reading.findings[0].remedy == "GRANT pg_monitor TO bare;")
        for part in ["other users' statements", "WAL directory", "size of closed"] {
            #expect(reading.findings[0].title.contains(part))
        }
        let detail = try reading.postgres
        #expect(detail.connections.used == 2)
        #expect(detail.connections.byState == ["active": 1, "hidden": 1])
        #expect(detail.databaseSizeBytes == nil)
        #expect(!detail.sessions.contains { $0.query.contains("secret") })
        #expect(reading.value("pg_stat_database_xact_commit", ["datname": "postgres"]) != nil)

        try await server.sql("GRANT pg_monitor TO bare")
        await bare.makeAllDue()
        let granted = try await bare.read()
        #expect(granted.findings == [])
        #expect(try granted.postgres.databaseSizeBytes != nil)
        await bare.close()
    }

    @Test("an extension that is installed while we watch is seen on the same connection")
    func installedLater() async throws {
        let server = try await startPostgres(standardPostgres())
        let collector = server.collector()
        let before = try await collector.read()
        #expect(before.findings.map(\.health) == [.ok])
        #expect(!before.has("pg_stat_statements_calls_total"))
        try await server.sql("CREATE EXTENSION pg_stat_statements", "SELECT 1")
        await collector.makeAllDue()
        let after = try await collector.read()
        #expect(after.findings == [])
        #expect(after.has("pg_stat_statements_calls_total"))
        #expect(try await server.ownConnections() == "1")
        await collector.close()
    }

    @Test("blocked sessions name their blockers, down to a prepared transaction")
    func blockers() async throws {
        let server = try await startPostgres(standardPostgres())
        try await server.sql("CREATE TABLE t (id int)", "CREATE TABLE u (id int)")
        let holder = try await server.hold("BEGIN", "LOCK TABLE t")
        let waiters = [
            try await server.hold(blocks: "SELECT 'first' FROM t"),
            try await server.hold(blocks: "SELECT 'second' FROM t"),
        ]
        try await server.sql("BEGIN; LOCK TABLE u; PREPARE TRANSACTION 'two-phase'")
        let third = try await server.hold(blocks: "SELECT 'third' FROM u")
        defer { for client in waiters + [holder, third] { client.end() } }

        let collector = server.collector()
        let detail = try await collector.read { $0.waiting == 3 }
        #expect(detail.waiting == 3)
        let root = try #require(
            Int(
                await server.sql(
                    "SELECT pid FROM pg_stat_activity WHERE state = 'idle in transaction'")))
        let waiting = detail.sessions.filter { !$0.blockedBy.isEmpty }
        #expect(waiting.count == 3)
        for session in waiting {
            #expect(session.wait == "Lock:relation")
            #expect(session.waitAge != nil)
            #expect(session.blockedBy == (session.query.contains("third") ? [0] : [root]))
        }
        let blocker = try #require(detail.sessions.first { $0.pid == root })
        #expect(blocker.query == "LOCK TABLE t")
        #expect(blocker.backendStart != nil)
        #expect(detail.preparedTransactions.map(\.name) == ["two-phase"])

        holder.end()
        try await server.sql("ROLLBACK PREPARED 'two-phase'")
        let free = try await collector.read { $0.waiting == 0 }
        #expect(free.waiting == 0)
        #expect(free.sessions.allSatisfy { $0.blockedBy.isEmpty })
        await collector.close()
    }

    @Test("slots and tables come and go")
    func comings() async throws {
        let server = try await startPostgres(standardPostgres())
        try await server.sql(
            "CREATE TABLE items (id int)",
            "SELECT pg_create_physical_replication_slot('kept', true)")
        let before = server.collector()
        let reading = try await before.read()
        let slot = try #require(try reading.postgres.slots.first)
        #expect(slot.name == "kept")
        #expect(!slot.isActive)
        #expect(slot.walStatus == "reserved")
        #expect(reading.value("pg_replication_slots_active", ["slot_name": "kept"]) == 0)
        #expect(reading.value("pg_stat_user_tables_seq_scan", ["relname": "items"]) == 0)
        await before.close()
        try await server.sql("SELECT pg_drop_replication_slot('kept')", "DROP TABLE items")
        let after = server.collector()
        let empty = try await after.read()
        #expect(try empty.postgres.slots == [])
        #expect(!empty.has("pg_stat_user_tables_seq_scan"))
        await after.close()
    }

    @Test(
        "texts of databases without or with another encoding arrive repaired",
        arguments: ["SQL_ASCII", "LATIN1"])
    func encodings(encoding: String) async throws {
        let server = try await startPostgres(standardPostgres())
        try await server.sql(
            "CREATE DATABASE odd ENCODING '\(encoding)' LOCALE 'C' TEMPLATE template0")
        let client = try await server.hold(
            "SET client_encoding = 'SQL_ASCII'", "BEGIN", "SELECT 'gr\u{e9}n', '\u{1b}[2J'",
            database: "odd")
        defer { client.end() }
        for database in ["odd", "postgres"] {
            let collector = server.collector(database: database)
            let detail = try await collector.read().postgres
            let query = try #require(detail.sessions.first?.query)
            #expect(query.hasPrefix("SELECT 'gr"))
            #expect(!query.unicodeScalars.contains { $0.value < 32 })
            await collector.close()
        }
    }
}
