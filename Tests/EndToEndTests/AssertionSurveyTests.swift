import Checklist
import Glibc
import HTTP
import Reactor
import Targets
import TestSupport
import Testing
import TimeSeries
import Watch

@testable import dogwatch

extension EndToEnd {
    /// Conditions of items against real files, programs and a real server.
    @Suite("Looking at conditions")
    struct AssertionSurveyTests {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder("assert") }

        private func look(
            _ kind: Assertion.Kind, _ expectation: Assertion.Expectation,
            _ source: BoundAssertion.Source, value: String? = nil, isDated: Bool = false,
            mayReachOut: Bool = true, targets: [TargetSpec] = []
        ) async throws -> AssertionFacts {
            let plan = try Plan(parsing: Array("# P\n\n- [ ] **Item:** it is so".utf8), name: "p")
            var binding = ItemBinding(anchor: plan.items[0].anchor, text: plan.items[0].text)
            binding.assertions = [
                BoundAssertion(
                    try Assertion(kind, expectation), source, value: value, patience: .seconds(2),
                    isDated: isDated)
            ]
            var wanted = Wanted([BoundPlan(plan, Bindings(items: [binding]))], targets: targets)
            wanted.mayReachOut = mayReachOut
            let resolver = Resolver(servers: [])
            let budget = HostBudget()
            let survey = AssertionSurvey(
                SourceReader(
                    client: HTTPClient(resolver: resolver), userAgent: "dogwatch/test",
                    budget: budget),
                QueryReader(
                    secret: { _ async throws(CollectionFailure) in nil }, resolver: resolver,
                    budget: budget))
            #expect(!wanted.checks.isDisjoint(with: survey.checks))
            await survey.ask(wanted, at: wallClock())
            var surveyed = Surveyed()
            await survey.add(to: &surveyed)
            return try #require(surveyed.assertions.first)
        }

        @Test("reads a file, and a place in a document")
        func files() async throws {
            let release = try folder.write("\n release 1.5.0\n", to: "release")
            #expect(
                try await look(.file, .contains("1.5.0"), .file(release)).results
                    == ["release 1.5.0"])
            let status = try folder.write(
                #"{"queue": {"failed": 3, "names": ["a", "b"]}}"#, to: "status.json")
            let number = try await look(
                .json, .number(.init(bound: .less(than: 5))), .file(status),
                value: "$.queue.failed", isDated: true)
            #expect(number.results == ["3"])
            #expect(number.seenAt <= number.lookedAt)
            #expect(
                try await look(.json, .equals("a"), .file(status), value: "$.queue.names").results
                    == ["a", "b"])
            for (file, place) in [
                (status, "$.nothing"), (release, "$.a"), (folder.path("none"), "$.a"),
                (folder.path, "$.a"),
            ] {
                let facts = try await look(.json, .equals("a"), .file(file), value: place)
                #expect(facts.failure != nil && facts.results.isEmpty, "\(file) \(place)")
            }
        }

        @Test("runs a program for what it prints, or for its exit code")
        func commands() async throws {
            #expect(
                try await look(.command, .equals("active"), .command(["echo", "active"])).results
                    == ["active"])
            let failing = try await look(
                .command, .equals("x"), .command(["sh", "-c", "echo x; exit 3"]))
            #expect(failing.failure == "sh: exit code 3")
            #expect(
                try await look(.command, .equals("0"), .exitCode(["sh", "-c", "exit 3"])).results
                    == ["3"])
            #expect(
                try await look(.command, .equals("0"), .exitCode(["sleep", "60"])).failure
                    == "sleep: it did not end in time")
            let barred = try await look(
                .command, .equals("0"), .exitCode(["touch", folder.path("ran")]),
                mayReachOut: false)
            #expect(barred.failure == "commands and URLs are for plans of the configuration alone")
            #expect(access(folder.path("ran"), F_OK) != 0)
        }

        @Test(
            "asks a database, which is only read",
            .enabled(if: installed("/usr/lib/postgresql/15/bin/postgres")))
        func queries() async throws {
            let installation = try #require(PostgresInstallation.standard)
            let server = try await blocking {
                let server = try PostgresServer(
                    installation, in: TemporaryFolder("pg-assert", isShared: true))
                try server.psql("CREATE TABLE jobs (id int, state text)")
                try server.psql("INSERT INTO jobs VALUES (1, 'done'), (2, 'failed')")
                try server.psql("CREATE ROLE reader LOGIN")
                try server.psql("GRANT SELECT ON jobs TO reader")
                return server
            }
            func ask(_ text: String, of target: String = "jobs", as role: String = "reader")
                async throws -> AssertionFacts
            {
                let settings = PostgresSettings(url: server.url(user: role, database: "postgres"))
                return try await look(
                    .sql, .number(.init(bound: .less(than: 5))),
                    .query(.init(target: target, text: text)),
                    targets: [
                        TargetSpec(id: TargetID(.postgres, "jobs"), settings: .postgres(settings))
                    ])
            }
            #expect(
                try await ask("SELECT count(*), 'x' FROM public.jobs WHERE state = 'failed';")
                    .results == ["1"])
            #expect(
                try await ask("SELECT id FROM public.jobs ORDER BY id -- all of them").results
                    == ["1", "2"])
            #expect(try await ask("SELECT NULL::text").results == ["NULL"])
            #expect(try await ask("SELECT id FROM public.jobs WHERE false").results.isEmpty)
            for (text, target) in [
                ("SELECT rolpassword FROM pg_authid", "jobs"), ("SELECT 1", "other"),
                ("SELECT generate_series(1, 5000)", "jobs"), ("SELEC 1", "jobs"),
                ("WITH x AS (DELETE FROM public.jobs RETURNING id) SELECT id FROM x", "jobs"),
                ("SELECT 1) AS a; DROP TABLE public.jobs; SELECT 1 FROM (SELECT 2", "jobs"),
                ("SELECT pg_sleep(20)", "jobs"),
            ] {
                let facts = try await ask(text, of: target)
                #expect(facts.failure != nil && facts.results.isEmpty, "\(text)")
            }
            #expect(
                try await ask("SELECT nextval('pg_catalog.none')", as: "postgres").failure != nil)
            #expect(try await ask("SELECT count(*) FROM public.jobs").results == ["2"])
        }

        @Test(
            "asks a server, and takes an answer that is no success as none",
            .enabled(if: installed("nginx"), "nginx is not installed"))
        func http() async throws {
            let port: Int = try TestSupport.freePort()
            let server = try Nginx(
                """
                server { listen 127.0.0.1:\(port);
                  location /version { return 200 '{"version": "1.4.2"}'; }
                  location /broken { return 500 'version 1.4.2'; } }
                """, port: port, in: try TemporaryFolder("nginx"))
            defer { server.stop() }
            func ask(_ path: String) async throws -> AssertionFacts {
                try await look(
                    .http, .equals("1.4.2"), .url("http://127.0.0.1:\(port)\(path)"),
                    value: path == "/version" ? "$.version" : nil)
            }
            #expect(try await ask("/version").results == ["1.4.2"])
            let broken = try await ask("/broken")
            #expect(broken.refusal == "status 500" && broken.results.isEmpty)
            server.stop()
            #expect(try await ask("/version").failure?.contains("refused") == true)
        }
    }
}
