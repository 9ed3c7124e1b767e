import Collectors
import Glibc
import Targets
import TestSupport
import Testing

@Suite(
    "PostgreSQL behind a transaction pooler", .serialized,
    .enabled(if: installed("/usr/lib/postgresql/15/bin/postgres", "pgbouncer")))
struct PostgresPoolerTests {
    @Test(
        "a pooler that refuses or drops session settings still gets read-only statements",
        arguments: ["", "options"])
    func pooled(ignored: String) async throws {
        let server = try await startPostgres(standardPostgres())
        try await server.sql("CREATE TABLE t (id int)")
        let port = try freePort()
        let pooler = try await blocking {
            try server.folder.write("\"postgres\" \"\"\n", to: "users.txt")
            let configuration = try server.folder.write(
                """
                [databases]
                * = host=127.0.0.1 port=\(server.port)
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = \(port)
                unix_socket_dir =
                auth_type = trust
                auth_file = \(server.folder.path)/users.txt
                pool_mode = transaction
                default_pool_size = 1
                ignore_startup_parameters = extra_float_digits\(ignored.isEmpty ? "" : ",\(ignored)")
                """, to: "pgbouncer.ini")
            return try ServerProcess(
                ["pgbouncer", configuration], user: "postgres",
                log: server.folder.path("pgbouncer.log")
            ) { accepts(port: port) }
        }
        defer { pooler.stop(signal: SIGINT) }
        let url = "postgresql://postgres@127.0.0.1:\(port)/postgres?sslmode=disable"
        let collector = PostgresCollector(
            id: TargetID(.postgres, "db"), settings: PostgresSettings(url: url))
        for _ in 0..<2 {
            let reading = try await collector.read()
            #expect(reading.findings.filter { $0.health != .ok } == [])
            #expect(reading.value("pg_up") == 1)
        }
        // The pool's one server connection is the application's again, without a trace of ours.
        let text = try await blocking {
            try run(
                [
                    "psql", "-X", "-q", "-A", "-t", "-d", url, "-c", "INSERT INTO t VALUES (1)",
                    "-c", "SHOW statement_timeout", "-c", "SHOW default_transaction_read_only",
                ], in: server.folder)
        }
        #expect(text == "0\noff\n")
        await collector.close()
    }
}
