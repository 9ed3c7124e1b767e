import Checklist
import Glibc
import HTTP
import Reactor
import Targets
import TestSupport
import Testing
import Watch

@testable import dogwatch

extension EndToEnd {
    /// What only a plan can name, and poolers.
    @Suite(
        "Checks of what plans name in PostgreSQL", .serialized,
        .enabled(if: installed("/usr/lib/postgresql/15/bin/postgres")))
    struct PostgresNamedTests: PostgresSubjects {
        @Test("indexes, partitions, columns and roles that a plan names")
        func named() async throws {
            let server = try await serve()
            try await sql(server, "CREATE DATABASE jobs", "CREATE ROLE reporting LOGIN")
            var survey = survey(server.url(user: "dogwatch"))
            let plan = try Plan(parsing: Array("# P\n\n- [ ] a\n".utf8), name: "p.md")
            var bindings = Bindings()
            bindings.postgres.indexes = ["jobs(user_id)", "app.jobs(created_at DESC)"]
                .compactMap { TableColumn($0) }
            bindings.postgres.partitioned = [try #require(TableName("events"))]
            bindings.postgres.masked = [try #require(TableColumn("users.email"))]
            bindings.postgres.readers = ["reporting"]
            bindings.postgres.roles = ["api_user"]
            survey.1.plans = [BoundPlan(plan, bindings)]
            let nothing = await look(survey)
            #expect(nothing["pg.index.present"]?.evidence == "there is no table for jobs(user_id)")
            #expect(nothing["pg.partition.present"]?.verdict == .unknown)
            #expect(nothing["pg.masking"]?.verdict == .unknown)
            #expect(nothing["pg.roles.superuser"]?.evidence == "there is no role api_user")
            try await sql(
                server, "CREATE SCHEMA app",
                "CREATE TABLE app.jobs (user_id int, created_at timestamptz)",
                "CREATE INDEX ON app.jobs (created_at)", "CREATE TABLE users (email text)",
                "GRANT SELECT ON users TO reporting", "CREATE ROLE api_user LOGIN CREATEDB",
                "CREATE TABLE events (at timestamptz) PARTITION BY RANGE (at)",
                """
                CREATE TABLE now PARTITION OF events FOR VALUES
                FROM ('2020-01-01') TO ('2090-01-01')
                """, database: "jobs")
            let failed = await look(survey)
            #expect(failed["pg.index.present"]?.evidence == "missing: jobs(user_id)")
            #expect(
                failed["pg.partition.present"]?.evidence == "events: 1 partitions, next missing")
            #expect(failed["pg.masking"]?.evidence == "reporting reads users(email) in clear")
            #expect(failed["pg.roles.superuser"]?.evidence == "api_user: CREATEDB")
            try await sql(
                server, "CREATE INDEX ON app.jobs (created_at, user_id)",
                "REVOKE SELECT ON users FROM reporting", "ALTER ROLE api_user NOCREATEDB",
                """
                CREATE TABLE later PARTITION OF events FOR VALUES
                FROM ('2090-01-01') TO ('2091-01-01')
                """, database: "jobs")
            let better = await look(survey)
            #expect(better["pg.index.present"]?.verdict == .warn)
            #expect(better["pg.partition.present"]?.verdict == .pass)
            #expect(better["pg.masking"]?.evidence == "1/1 columns covered")
            #expect(better["pg.roles.superuser"]?.verdict == .pass)
            try await sql(
                server, "CREATE INDEX ON app.jobs (user_id) WHERE user_id > 5", database: "jobs")
            #expect(await look(survey)["pg.index.present"]?.verdict == .warn)
            try await sql(server, "CREATE INDEX ON app.jobs (user_id)", database: "jobs")
            #expect(await look(survey)["pg.index.present"]?.evidence == "2/2 valid")
        }

        @Test("rows that are kept too long, by a plan's own statements")
        func retention() async throws {
            let server = try await serve()
            try await sql(
                server, "CREATE SCHEMA app", "CREATE TABLE app.sessions (created_at timestamptz)",
                "GRANT USAGE ON SCHEMA app TO dogwatch")
            var survey = survey(server.url(user: "dogwatch"))
            var bindings = Bindings()
            bindings.postgres.retention = [
                RetentionRule(
                    "sessions",
                    .oldest(
                        sql: "SELECT extract(epoch FROM now() - min(created_at)) FROM app.sessions",
                        limit: .seconds(86_400))),
                RetentionRule(
                    "requests", in: "postgres", .overdue(sql: "TABLE app.overdue")),
            ]
            survey.1.plans = [
                BoundPlan(try Plan(parsing: "# P\n\n- [ ] a\n", name: "p.md"), bindings)
            ]
            let check = "pg.retention.age"
            let denied = await look(survey)[check]
            #expect(denied?.verdict == .unknown)
            #expect(
                denied?.missingGrant
                    == "GRANT SELECT to dogwatch (permission denied for table sessions)")
            try await sql(server, "GRANT SELECT ON ALL TABLES IN SCHEMA app TO dogwatch")
            #expect(await look(survey)[check]?.evidence == "sessions: there is no row")
            try await sql(server, "INSERT INTO app.sessions VALUES (now() - interval '1 hour')")
            #expect(
                await look(survey)[check]?.evidence == "relation \"app.overdue\" does not exist")
            try await sql(
                server, "CREATE VIEW app.overdue AS SELECT 0",
                "GRANT SELECT ON app.overdue TO dogwatch")
            let good = await look(survey)[check]
            #expect(good?.verdict == .pass)
            #expect(good?.evidence == "sessions 1 h of 1 d, requests: 0 overdue")
            try await sql(server, "INSERT INTO app.sessions VALUES (now() - interval '2 days')")
            #expect(await look(survey)[check]?.verdict == .fail)
        }

        @Test(
            "a statement is sent and found in the server's log as a record of the audit",
            .enabled(if: installed("/usr/lib/postgresql/15/lib/pgaudit.so")))
        func canary() async throws {
            let server = try await serve(["shared_preload_libraries": "pgaudit"])
            let log = server.folder.path("postgres-\(server.port).log")
            let budget = HostBudget(limit: 1000)
            func result(
                _ search: [String], runs: Int = 1, mayReachOut: Bool = true
            ) async throws -> CheckResult? {
                let survey = AuditCanarySurvey(
                    secret: { _ in nil }, resolver: Resolver(),
                    reader: SourceReader(
                        client: HTTPClient(resolver: Resolver()), userAgent: "test", budget: budget),
                    rhythm: .milliseconds(100), limit: .seconds(1))
                var bindings = Bindings()
                bindings.postgres.auditSearch = search
                var (_, wanted) = self.survey(server.url(user: "dogwatch"))
                wanted.plans = [
                    BoundPlan(try Plan(parsing: "# P\n\n- [ ] a\n", name: "p.md"), bindings)
                ]
                wanted.mayReachOut = mayReachOut
                wanted.isUrgent = true
                for _ in 0..<runs { await survey.ask(wanted, at: wallClock()) }
                var evidence = Evidence(now: wallClock())
                await survey.add(to: &evidence.surveyed)
                return Catalogue["pg.audit.canary"]?.results(on: evidence).first
            }
            let search = ["grep", "-h", "{canary}", log]
            #expect(try await result(search)?.verdict == .unknown)
            #expect(try await result(search, runs: 2)?.verdict == .fail)
            try await set(server, "pgaudit.log", "all")
            let good = try await result(search)
            #expect(good?.verdict == .pass)
            #expect(good?.evidence.hasPrefix("seen after ") == true)
            #expect(try await result(["grep", "{canary}", "/nosuch"])?.verdict == .unknown)
            #expect(try await result(["/nosuch", "{canary}"], runs: 2)?.verdict == .unknown)
            #expect(try await result(search, mayReachOut: false)?.verdict == .unknown)
            server.stop()
            #expect(try await result(search, runs: 2)?.verdict == .unknown)
        }

        /// A pooler in front of a server, whose statistics `dogwatch` may see.
        private func pool(_ server: PostgresServer) async throws -> (ServerProcess, port: Int) {
            let port: Int = try TestSupport.freePort()
            let pooler = try await blocking {
                try server.folder.write(
                    "\"api_user\" \"\"\n\"dogwatch\" \"\"\n\"nobody\" \"\"\n",
                    to: "users.txt")
                let configuration = try server.folder.write(
                    """
                    [databases]
                    * = host=127.0.0.1 port=\(server.port) pool_size=1
                    [pgbouncer]
                    listen_addr = 127.0.0.1
                    listen_port = \(port)
                    unix_socket_dir =
                    auth_type = trust
                    auth_file = \(server.folder.path)/users.txt
                    pool_mode = transaction
                    stats_users = dogwatch
                    """, to: "pgbouncer.ini")
                return try ServerProcess(
                    ["pgbouncer", configuration], user: "postgres",
                    log: server.folder.path("pgbouncer.log")
                ) { accepts(port: port) }
            }
            return (pooler, port)
        }

        @Test(
            "a pooler is found, its pools are judged, and its end is seen",
            .enabled(if: installed("pgbouncer")))
        func pooler() async throws {
            let server = try await serve()
            try await sql(server, "CREATE ROLE api_user LOGIN", "CREATE ROLE nobody LOGIN")
            let check = "pg.pooler.pgbouncer"
            #expect(await look(server)[check]?.evidence == "there is nothing to judge")
            let (pooler, port) = try await pool(server)
            func url(_ role: String) -> String {
                "postgresql://\(role)@127.0.0.1:\(port)/postgres?sslmode=disable"
            }
            #expect(
                await look(at: url("dogwatch"))[check]?.evidence
                    == "it has no pool of an application")
            #expect(
                await look(at: url("nobody"))[check]?.missingGrant
                    == "stats_users = nobody in pgbouncer.ini")
            let first = try await connect("api_user", "sslmode=disable", server, port: port)
            let survey = survey(url("dogwatch"))
            let good = await look(survey)[check]
            #expect(good?.verdict == .pass)
            #expect(
                good?.evidence.hasPrefix("postgres/api_user transaction: 1 active, 0 waiting")
                    == true)
            #expect(await look(survey)["pg.pooler.in-use"]?.verdict == .unknown)
            // The pool has one connection; the second client waits for it.
            let second = try await connect("api_user", "sslmode=disable", server, port: port)
            let waits = await looked(until: { $0.verdict == .warn }) { await look(survey)[check] }
            #expect(waits?.evidence.contains("1 active, 1 waiting") == true)
            let late = await looked(until: { $0.verdict == .fail }) { await look(survey)[check] }
            #expect(late?.verdict == .fail)
            second.stop()
            first.stop()
            pooler.stop(signal: SIGINT)
            let gone = await look(survey)[check]
            #expect(gone?.verdict == .fail)
            #expect(gone?.evidence.contains("refused") == true)
        }
    }
}
