import TestSupport
import Testing

@testable import DemoStack

extension EndToEnd {
    /// Checks of servers by what the watch collects anyway, on a real PostgreSQL and a real Redis.
    @Suite(
        "States of servers", .serialized,
        .enabled(if: installed("/usr/lib/postgresql/15/bin/postgres")),
        .enabled(if: installed("redis-server")))
    struct ServerStatesTests {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder("states") }

        @Test("PostgreSQL: standby, room for sessions, release")
        func postgres() throws {
            let installation = try #require(PostgresInstallation.standard)
            let server = try PostgresServer(
                installation, settings: ["max_connections": "10"],
                in: try TemporaryFolder("pg", isShared: true))
            defer { server.stop() }
            let checks = [
                "pg.pool.headroom", "pg.replication.streaming", "pg.version.supported",
            ]
            let watched = try WatchedFolder(
                [
                    "here": ("postgres", "url = \"\(server.url())\""),
                    "gone": (
                        "postgres",
                        "url = \"postgresql://postgres@127.0.0.1:\(try freePort() as Int)/postgres\""
                    ),
                ], checks: checks, in: folder)
            let watch = try watched.serve()
            defer { watch.stop() }
            let alone = try watched.verdicts(on: "here") {
                $0["pg.pool.headroom"] == "pass" && $0["pg.replication.streaming"] == "fail"
                    && $0["pg.version.supported"] != "unknown"
            }
            #expect(alone["pg.pool.headroom"] == "pass")
            #expect(alone["pg.replication.streaming"] == "fail")
            // Whichever release Debian has today: what is installed is known, and judged.
            #expect(alone["pg.version.supported"] != "unknown")
            #expect(
                try watched.verdicts(on: "gone") { _ in true }
                    == Dictionary(uniqueKeysWithValues: checks.map { ($0, "unknown") }))
            let standby = try server.standby()
            defer { standby.stop() }
            let sessions = try (0..<6).map { _ in try server.session(["SELECT 1"]) }
            defer { for session in sessions { session.end() } }
            let busy = try watched.verdicts(on: "here") {
                $0["pg.pool.headroom"] == "fail" && $0["pg.replication.streaming"] == "pass"
            }
            #expect(busy["pg.pool.headroom"] == "fail")
            #expect(busy["pg.replication.streaming"] == "pass")
        }

        @Test("PostgreSQL: the mean time of its statements")
        func statements() async throws {
            let installation = try #require(PostgresInstallation.standard)
            let server = try PostgresServer(
                installation, in: try TemporaryFolder("pg", isShared: true))
            defer { server.stop() }
            try server.psql("CREATE EXTENSION pg_stat_statements")
            let check = "pg.query.latency"
            let watched = try WatchedFolder(
                ["here": ("postgres", "url = \"\(server.url())\"")], checks: [], in: folder)
            try folder.write(
                "[[item]]\nat = \"targets/here\"\ntext = \"here\"\nchecks = [\"\(check)\"]\n",
                to: "plan.checks.toml")
            let watch = try watched.serve()
            defer { watch.stop() }
            #expect(try watched.verdicts(on: "here") { _ in true } == [check: "unknown"])
            // Counted is what rises after a statement was seen among the slowest for the first time.
            try server.psql("SELECT pg_sleep(1); SELECT 1")
            try await Task.sleep(for: .seconds(5))
            try server.psql(String(repeating: "SELECT 1;", count: 110))
            #expect(
                try watched.verdicts(on: "here") { $0[check] == "pass" } == [check: "pass"])
            // One statement that takes longer than all others may together.
            let slow = try server.session([], blocks: "SELECT pg_sleep(20)")
            defer { slow.end() }
            #expect(
                try watched.verdicts(on: "here") { $0[check] == "fail" } == [check: "fail"])
        }

        @Test("Redis: a limit of memory and a save that worked")
        func redis() throws {
            let server = try RedisServer(in: folder)
            defer { server.stop() }
            let check = "redis.memory-policy"
            let watched = try WatchedFolder(
                [
                    "here": ("redis", "url = \"\(server.url)\""),
                    "gone": ("redis", "url = \"redis://127.0.0.1:\(try freePort() as Int)\""),
                ], checks: [check], in: folder)
            let watch = try watched.serve()
            defer { watch.stop() }
            #expect(
                try watched.verdicts(on: "here") { $0[check] == "fail" } == [check: "fail"])
            #expect(try watched.verdicts(on: "gone") { _ in true } == [check: "unknown"])
            try server.cli("config", "set", "maxmemory", "64mb")
            try server.cli("save")
            #expect(
                try watched.verdicts(on: "here") { $0[check] == "pass" } == [check: "pass"])
        }
    }
}
