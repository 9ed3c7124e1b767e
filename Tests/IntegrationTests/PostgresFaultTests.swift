import Reactor
import Targets
import TestSupport
import Testing

@testable import Collectors

@Suite(
    "a PostgreSQL in trouble", .serialized,
    .enabled(if: installed("/usr/lib/postgresql/15/bin/postgres")))
struct PostgresFaultTests {
    private func failure(
        _ url: String, password: Secret? = nil, within limit: Duration = .seconds(2)
    ) async -> CollectionFailure? {
        let collector = PostgresCollector(
            id: TargetID(.postgres, "db"), settings: PostgresSettings(url: url),
            password: password, timeout: limit)
        do {
            _ = try await collector.read(within: limit)
        } catch {
            await collector.close()
            return error as? CollectionFailure
        }
        await collector.close()
        return nil
    }

    @Test("a frozen server is timed out before the deadline, and found again afterwards")
    func frozen() async throws {
        let server = try await startPostgres(standardPostgres())
        let collector = server.collector(timeout: .milliseconds(500))
        _ = try await collector.read()
        server.freeze(true)
        defer { server.freeze(false) }
        for _ in 0..<2 {
            let began = ContinuousClock.now
            let failure = await #expect(throws: CollectionFailure.self) {
                try await collector.read(within: .milliseconds(500))
            }
            #expect(failure?.reason == .timedOut)
            // What a busy machine adds is not the collector's.
            #expect(began.duration(to: .now) < .seconds(3))
        }
        server.freeze(false)
        let reading = try await collector.read()
        #expect(try reading.postgres.connections.used >= 1)
        let deadline = ContinuousClock.now + .seconds(5)
        while try await server.ownConnections() != "1", ContinuousClock.now < deadline {}
        #expect(try await server.ownConnections() == "1")
        await collector.close()
    }

    @Test("a terminated connection is replaced at once, by one")
    func terminated() async throws {
        let server = try await startPostgres(standardPostgres())
        let collector = server.collector()
        _ = try await collector.read()
        try await server.sql(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name = 'dogwatch'
            """)
        let reading = try await collector.read()
        #expect(reading.value("pg_up") == 1)
        #expect(try await server.ownConnections() == "1")
        server.stop()
        let failure = await #expect(throws: CollectionFailure.self) {
            try await collector.read()
        }
        #expect(failure?.reason == .unreachable)
        await collector.close()
    }

    @Test("passwords, databases and full servers are refused in words")
    func refusals() async throws {
        let server = try await startPostgres(
            standardPostgres(),
            settings: ["max_connections": "5", "superuser_reserved_connections": "2"])
        try await server.sql(
            "CREATE ROLE guarded LOGIN PASSWORD 'sesame'", "CREATE ROLE plain LOGIN",
            "REVOKE CONNECT ON DATABASE template1 FROM PUBLIC")
        let wrong = await failure(server.url(user: "guarded"), password: Secret("open"))
        #expect(wrong?.reason == .denied)
        #expect(wrong?.message.contains("open") == false)
        #expect(wrong?.remedy != nil)
        #expect(await failure(server.url(user: "guarded"))?.reason == .denied)
        #expect(await failure(server.url(database: "nosuch"))?.reason == .denied)
        #expect(await failure(server.url(user: "plain", database: "template1"))?.reason == .denied)
        #expect(await failure(server.url(user: "guarded"), password: Secret("sesame")) == nil)
        let clients = [
            try await server.hold("SELECT 1"), try await server.hold("SELECT 1"),
            try await server.hold("SELECT 1"),
        ]
        defer { for client in clients { client.end() } }
        let full = await failure(server.url(user: "plain"))
        #expect(full?.reason == .unavailable)
        #expect(full?.message.contains("remaining connection slots") == true)
        let collector = server.collector()
        #expect(try await collector.read().findings.contains { $0.health == .critical })
        await collector.close()
    }

    @Test("our statements cannot write, and end at their limits", arguments: [false, true])
    func readOnly(isWrapped: Bool) async throws {
        let server = try await startPostgres(standardPostgres())
        try await server.sql("CREATE TABLE t (id int)")
        let holder = try await server.hold("BEGIN", "LOCK TABLE t")
        defer { holder.end() }
        let connection = try await PostgresConnection.connect(
            to: PostgresAddress(server.url()), password: nil,
            session: PostgresSession(statementTimeout: .milliseconds(150)), resolver: Resolver(),
            by: .now + .seconds(5))
        if isWrapped { await connection.wrapStatements() }
        for (statement, code) in [
            ("CREATE TABLE x ()", "25006"), ("SELECT pg_sleep(3)", "57014"),
            ("SELECT * FROM public.t", "55P03"), ("SELECT * FROM t", "42P01"),
        ] {
            let answer = try await connection.run(statement, by: .now + .seconds(2))
            guard case .failure(let error) = answer else {
                Issue.record("\(statement) was done")
                continue
            }
            #expect(error.code == code)
        }
        let answer = try await connection.run("SELECT 7 AS n, NULL AS m", by: .now + .seconds(2))
        #expect(try answer.get() == PostgresRows(["n", "m"], [["7", nil]]))
        await connection.close()
    }

    @Test("a certificate is verified when the url asks for it")
    func certificates() async throws {
        let folder = try TemporaryFolder("pg-tls", isShared: true)
        let (certificates, pair) = try await blocking {
            let certificates = try Certificates(in: folder)
            let pair = try certificates.leaf("server", for: ["localhost", "127.0.0.1"])
            try folder.giveTo(user: "postgres", "server.key")
            return (certificates, pair)
        }
        let server = try await startPostgres(
            standardPostgres(),
            settings: ["ssl": "on", "ssl_cert_file": pair.certificate, "ssl_key_file": pair.key])
        let host = "127.0.0.1:\(server.port)/postgres?sslmode=verify-full"
        let url = "postgresql://postgres@\(host)&sslrootcert="
        #expect(await failure(url + certificates.authority) == nil)
        let other = try await blocking { try certificates.selfSigned("other", for: "localhost") }
        let refused = await failure(url + other.certificate)
        #expect(refused?.reason == .unreachable)
        #expect(refused?.message.contains("certificate verify failed") == true)
        #expect(await failure(url + folder.path("missing.pem"))?.reason == .ours)
    }

    @Test("an answer without end is cut off")
    func flood() async throws {
        let server = try await startPostgres(standardPostgres())
        let connection = try await PostgresConnection.connect(
            to: PostgresAddress(server.url()), password: nil,
            session: PostgresSession(statementTimeout: .seconds(4)), resolver: Resolver(),
            by: .now + .seconds(5))
        let failure = await #expect(throws: CollectionFailure.self) {
            try await connection.run(
                "SELECT repeat('x', 1000) FROM generate_series(1, 10000000)",
                by: .now + .seconds(5))
        }
        #expect(failure?.reason == .garbage)
        await connection.close()
    }

    @Test("an address where nobody listens is unreachable, and so is a name that does not resolve")
    func unreachable() async throws {
        let port = try freePort()
        #expect(await failure("postgresql://u@127.0.0.1:\(port)/x")?.reason == .unreachable)
        #expect(
            await failure("postgresql:///x?host=/tmp/no-such-folder")?.reason == .unreachable)
        let unknown = await failure("postgresql://u@no-such-host.invalid/x")
        #expect([.unreachable, .timedOut].contains(unknown?.reason))
    }

    @Test("a dead address among two costs a share of the time, not all")
    func twoHosts() async throws {
        let server = try await startPostgres(standardPostgres())
        let silent = try FaultServer { connection in connection.holdUntilClosed() }
        let url = "postgresql://postgres@127.0.0.1:\(silent.port),127.0.0.1:\(server.port)/postgres"
        #expect(await failure(url + "?sslmode=disable") == nil)
        silent.stop()
    }

    @Test("a server that is starting says so")
    func starting() async throws {
        let server = try FaultServer { connection in
            _ = connection.read()
            let fields = "SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"
            let length = fields.utf8.count + 4
            connection.write([UInt8(ascii: "E"), 0, 0, 0, UInt8(length)] + Array(fields.utf8))
        }
        let found = await failure("postgresql://u@127.0.0.1:\(server.port)/x?sslmode=disable")
        #expect(found?.reason == .unavailable)
        #expect(found?.message.hasSuffix("the database system is starting up") == true)
        server.stop()
    }

    @Test("a server that answers with a stream of raw data is garbage")
    func copyStream() async throws {
        let server = try FaultServer { connection in
            _ = connection.read()
            connection.write([0x52, 0, 0, 0, 8, 0, 0, 0, 0] + [0x5a, 0, 0, 0, 5, 0x49])
            _ = connection.read()
            connection.write([0x48, 0, 0, 0, 7, 0, 0, 0])
            connection.holdUntilClosed()
        }
        let found = await failure("postgresql://u@127.0.0.1:\(server.port)/x?sslmode=disable")
        #expect(found?.reason == .garbage)
        server.stop()
    }

    @Test("whatever does not speak PostgreSQL is garbage; what says nothing is timed out")
    func garbage() async throws {
        let web = try FaultServer { connection in
            _ = connection.read()
            connection.write(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
        }
        for mode in ["disable", "prefer"] {
            let url = "postgresql://u@127.0.0.1:\(web.port)/x?sslmode=\(mode)"
            #expect(await failure(url)?.reason == .garbage)
        }
        let silent = try FaultServer { connection in connection.holdUntilClosed() }
        let began = ContinuousClock.now
        let url = "postgresql://u@127.0.0.1:\(silent.port)/x"
        #expect(await failure(url, within: .milliseconds(300))?.reason == .timedOut)
        #expect(began.duration(to: .now) < .seconds(3))
        let closing = try FaultServer { connection in _ = connection.read() }
        let closed = await failure("postgresql://u@127.0.0.1:\(closing.port)/x?sslmode=disable")
        #expect(closed?.reason == .unreachable)
        for server in [web, silent, closing] { server.stop() }
    }
}
