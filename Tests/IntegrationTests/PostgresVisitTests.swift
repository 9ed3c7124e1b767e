import Collectors
import Reactor
import Targets
import TestSupport
import Testing

@Suite(
    "A short visit to a PostgreSQL server", .serialized,
    .enabled(if: installed("/usr/lib/postgresql/15/bin/postgres")))
struct PostgresVisitTests {
    private func visit(_ url: String, password: Secret? = nil) -> PostgresVisit {
        PostgresVisit(
            settings: PostgresSettings(url: url), password: password, resolver: Resolver())
    }

    @Test("reads rows as text, writes nothing, ends what is slow, and says what is denied")
    func statements() async throws {
        let server = try await startPostgres(standardPostgres())
        try await server.sql("CREATE ROLE plain LOGIN", "CREATE TABLE t (id int)")
        let began = ContinuousClock.now
        let replies = try await visit(server.url(user: "plain")).ask(
            [
                "SELECT 1 AS one, NULL AS nothing, true AS yes, E'a\\tb' AS text",
                "CREATE TABLE x ()", "SELECT pg_sleep(20)", "SELECT * FROM pg_authid",
                "SELECT * FROM t", "SELECT current_setting('application_name') AS name",
            ], by: .now + .seconds(10))
        #expect(began.duration(to: .now) < .seconds(9))
        guard case .rows(let rows) = replies[0], let row = rows.first else {
            Issue.record("no rows: \(replies[0])")
            return
        }
        #expect(row.number("one") == 1)
        #expect(row["nothing"] == nil)
        #expect(row.flag("yes") == true)
        #expect(row["text"] == "a b")
        #expect(row.number("text") == nil)
        for index in [1, 2, 4] {
            guard case .failed = replies[index] else {
                Issue.record("statement \(index) was done: \(replies[index])")
                return
            }
        }
        guard case .denied(let words) = replies[3] else {
            Issue.record("pg_authid was read")
            return
        }
        #expect(words.contains("pg_authid"))
        guard case .rows(let names) = replies[5] else {
            Issue.record("the session did not go on")
            return
        }
        #expect(names.first?["name"] == "dogwatch")
        #expect(try await server.ownConnections() == "0")
    }

    @Test("goes to another database of the same server")
    func databases() async throws {
        let server = try await startPostgres(standardPostgres())
        try await server.sql("CREATE DATABASE \"we ird\"")
        let replies = try await visit(server.url()).ask(
            ["SELECT current_database() AS name"], in: "we ird", by: .now + .seconds(5))
        guard case .rows(let rows) = replies.first else {
            Issue.record("no rows")
            return
        }
        #expect(rows.first?["name"] == "we ird")
    }

    @Test("says why no connection came about, without the password")
    func failures() async throws {
        let server = try await startPostgres(standardPostgres())
        try await server.sql("CREATE ROLE guarded LOGIN PASSWORD 'sesame'")
        func failure(_ url: String, _ password: Secret? = nil) async -> CollectionFailure? {
            do throws(CollectionFailure) {
                _ = try await visit(url, password: password).ask(
                    ["SELECT 1"], by: .now + .seconds(2))
                return nil
            } catch {
                return error
            }
        }
        let guarded = server.url(user: "guarded")
        #expect(await failure(guarded, Secret("sesame")) == nil)
        let wrong = await failure(guarded, Secret("xyzzy"))
        #expect(wrong?.reason == .denied)
        #expect(wrong?.message.contains("xyzzy") == false)
        #expect(await failure(server.url(database: "nosuch"))?.reason == .denied)
        server.freeze(true)
        #expect(await failure(guarded, Secret("sesame"))?.reason == .timedOut)
        server.freeze(false)
        server.stop()
        #expect(await failure(guarded)?.reason == .unreachable)
    }

    @Test("keeps each port of this machine apart, and other machines together")
    func hosts() {
        #expect(visit("postgresql://u@127.0.0.1:5999/x").host == "127.0.0.1:5999")
        #expect(visit("postgresql://u@db.example.com:5999/x").host == "db.example.com")
        #expect(visit("host=/run/postgresql dbname=x").host == "/run/postgresql:5432")
        #expect(visit("host=nonsense foo").host == "")
        #expect(visit("postgresql://api@db/x").user == "api")
    }
}
