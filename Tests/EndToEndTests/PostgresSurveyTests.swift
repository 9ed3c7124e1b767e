import Checklist
import Glibc
import Reactor
import Targets
import TestSupport
import Testing
import TimeSeries
import Watch

@testable import dogwatch

extension EndToEnd {
    /// Real servers, asked as the role that the documentation tells to make.
    @Suite(
        "Checks of PostgreSQL servers", .serialized,
        .enabled(if: installed("/usr/lib/postgresql/15/bin/postgres")))
    struct PostgresSurveyTests: PostgresSubjects {
        @Test("archiving: never tried, working, failing, without a command, off")
        func archiving() async throws {
            let server = try await serve(["archive_mode": "on"])
            let check = "pg.wal-archiving"
            let nothing = try #require(await look(server)[check])
            #expect(nothing.verdict == .fail)
            #expect(nothing.evidence.hasPrefix("neither archive_command"))
            try await set(server, "archive_command", "test -f %p")
            #expect(await look(server)[check]?.verdict == .unknown)
            try await sql(server, "SELECT pg_switch_wal()")
            let works = await looked(server, check) { $0.verdict == .pass }
            #expect(works?.verdict == .pass)
            #expect(works?.evidence.hasSuffix("0 ready, 0 failing") == true)
            try await set(server, "archive_command", "false")
            try await sql(server, "CREATE TABLE t ()", "SELECT pg_switch_wal()")
            let fails = await looked(server, check) { $0.verdict == .fail }
            #expect(fails?.evidence.hasPrefix("archiving fails") == true)
            try await set(server, "archive_command", "")
            #expect(await look(server)[check]?.verdict == .fail)

            let off = try await serve()
            #expect(await look(off)[check]?.evidence == "archive_mode is off")
            try await sql(off, "CREATE ROLE nobody LOGIN")
            let denied = await look(off, as: "nobody")[check]
            #expect(denied?.verdict == .unknown)
            #expect(denied?.missingGrant == "GRANT pg_monitor TO nobody")
            off.stop()
            #expect(await look(off)[check]?.verdict == .unknown)
        }

        @Test("a standby archives nothing, unless its mode is always")
        func standby() async throws {
            let primary = try await serve(["archive_mode": "on"])
            try await set(primary, "archive_command", "true")
            let standby = try await blocking {
                let folder = try TemporaryFolder("pg-standby", isShared: true)
                try folder.giveTo(user: "postgres")
                let data = folder.path("data")
                try run(
                    [
                        "\(primary.installation.programs)/pg_basebackup", "-h", "127.0.0.1", "-p",
                        "\(primary.port)", "-U", "postgres", "-D", data, "-R", "-X", "stream", "-c",
                        "fast", "--no-sync",
                    ], in: folder, user: "postgres")
                return try PostgresServer(
                    primary.installation, settings: ["archive_mode": "on"], data: data, in: folder)
            }
            let result = await look(standby)["pg.wal-archiving"]
            #expect(result?.verdict == .unknown)
            #expect(result?.evidence.hasPrefix("connected to a standby") == true)
            #expect(await look(standby)["pg.auth.scram"]?.verdict == .pass)
        }

        @Test("passwords and logins are logged and hashed, or not")
        func settings() async throws {
            let server = try await serve()
            let before = await look(server)
            #expect(before["pg.auth.scram"]?.verdict == .pass)
            #expect(before["pg.logging.connections"]?.verdict == .fail)
            try await set(server, "log_connections", "on")
            try await set(server, "log_disconnections", "on")
            try await set(server, "log_line_prefix", "%m [%p] %u@%d ")
            try await set(server, "password_encryption", "md5")
            let after = await looked(server, "pg.auth.scram") { $0.verdict == .fail }
            #expect(after?.evidence == "md5")
            #expect(await look(server)["pg.logging.connections"]?.verdict == .pass)
            try await sql(server, "ALTER ROLE dogwatch SET password_encryption = 'scram-sha-256'")
            #expect(await look(server)["pg.auth.scram"]?.verdict == .unknown)
            try await sql(server, "CREATE ROLE nobody LOGIN")
            let denied = await look(server, as: "nobody")
            #expect(denied["pg.logging.connections"]?.missingGrant == "GRANT pg_monitor TO nobody")
        }

        @Test("login rules take two grants, each named while it is missing")
        func loginRules() async throws {
            // Without TLS a server takes hostssl lines for errors.
            let server = try await serveTLS()
            let check = "pg.auth.hba"
            let view = "GRANT SELECT ON pg_hba_file_rules TO dogwatch"
            let function = "GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO dogwatch"
            #expect(await look(server)[check]?.missingGrant == "\(view); \(function)")
            try await sql(server, view)
            #expect(await look(server)[check]?.missingGrant == function)
            try await sql(server, function)
            let weak = await look(server)[check]
            #expect(weak?.verdict == .fail)
            #expect(weak?.evidence.contains("trust") == true)
            let rules = """
                local all all trust
                hostssl jobs api_user 10.0.0.0/8 scram-sha-256
                hostnossl all all all reject
                """
            func use(_ rules: String) async throws {
                _ = try await blocking { try server.folder.write(rules, to: "data/pg_hba.conf") }
            }
            // The file is read as it is; the server goes on with what it has loaded.
            try await use(rules)
            #expect(await look(server)[check]?.verdict == .pass)
            try await use(rules + "\nhost jobs api_user 10.0.0.0/8 scram-sha-256\n")
            #expect(await look(server)[check]?.verdict == .warn)
            try await use(rules + "\nhostssl all all 0.0.0.0/0 scram-sha-256\n")
            #expect(await look(server)[check]?.verdict == .fail)
            try await use(rules + "\nhostssl jobs api_user nonsense/8 scram-sha-256\n")
            #expect(await look(server)[check]?.evidence.hasPrefix("line 4: error") == true)
            try await use("# nothing\n")
            #expect(await look(server)[check]?.verdict == .unknown)
        }

        @Test(
            "sessions over the network are counted without dogwatch's own, and their roles judged")
        func sessions() async throws {
            let server = try await serveTLS()
            let alone = await look(server)
            #expect(alone["pg.tls.sessions"]?.verdict == .unknown)
            #expect(alone["pg.roles.superuser"]?.verdict == .unknown)
            try await sql(
                server, "CREATE ROLE api_user LOGIN", "CREATE ROLE maker LOGIN CREATEDB")
            let first = try await connect("api_user", "sslmode=require", server)
            defer { first.stop() }
            let good = await looked(server, "pg.tls.sessions") { $0.verdict == .pass }
            #expect(good?.evidence == "1 sessions: 1 TLSv1.3, 0 plain")
            let roles = await look(server)["pg.roles.superuser"]
            #expect(roles?.verdict == .pass)
            #expect(roles?.evidence == "api_user plain; superusers: postgres")
            // A session of dogwatch's own role under another name is not its own.
            let second = try await connect("dogwatch", "sslmode=disable", server)
            let plain = await looked(server, "pg.tls.sessions") { $0.verdict == .warn }
            #expect(plain?.evidence.hasSuffix("plain ones from this machine only") == true)
            second.stop()
            let third = try await connect("maker", "sslmode=require", server)
            let powerful = await looked(server, "pg.roles.superuser") { $0.verdict == .fail }
            #expect(powerful?.evidence == "maker: CREATEDB")
            third.stop()
            try await sql(server, "GRANT postgres TO api_user")
            #expect(
                await look(server)["pg.roles.superuser"]?.evidence == "api_user: member of postgres"
            )
            try await sql(server, "CREATE ROLE nobody LOGIN")
            #expect(
                await look(server, as: "nobody")["pg.tls.sessions"]?.missingGrant
                    == "GRANT pg_monitor TO nobody")
        }

        @Test("every database is looked into: pgcrypto, schema public, and who lets in")
        func databases() async throws {
            let server = try await serve()
            try await sql(server, "CREATE DATABASE jobs", "CREATE DATABASE \"we ird\"")
            let bare = await look(server)
            #expect(
                bare["pg.extension.pgcrypto"]?.evidence == "not installed in jobs, we ird")
            #expect(bare["pg.roles.public-create"]?.verdict == .pass)
            for name in ["jobs", "we ird"] {
                try await sql(server, "CREATE EXTENSION pgcrypto", database: name)
            }
            #expect(await look(server)["pg.extension.pgcrypto"]?.verdict == .unknown)
            try await sql(server, "CREATE EXTENSION pg_stat_statements", database: "jobs")
            let unused = await look(server)["pg.extension.pgcrypto"]
            #expect(unused?.verdict == .warn)
            #expect(unused?.evidence == "jobs 1.3, 0 calls seen, we ird 1.3, 0 calls seen")
            for name in ["jobs", "we ird"] {
                try await sql(server, "SELECT pgp_sym_encrypt('x', 'y')", database: name)
            }
            #expect(await look(server)["pg.extension.pgcrypto"]?.verdict == .pass)
            try await sql(server, "GRANT CREATE ON SCHEMA public TO PUBLIC", database: "we ird")
            #expect(
                await look(server)["pg.roles.public-create"]?.evidence
                    == "PUBLIC may create in we ird")
            try await sql(server, "DROP SCHEMA public CASCADE", database: "jobs")
            try await sql(server, "REVOKE CREATE ON SCHEMA public FROM PUBLIC", database: "we ird")
            #expect(await look(server)["pg.roles.public-create"]?.verdict == .pass)
            try await sql(server, "REVOKE CONNECT ON DATABASE \"we ird\" FROM PUBLIC")
            let closed = await look(server)["pg.roles.public-create"]
            #expect(closed?.verdict == .unknown)
            #expect(closed?.missingGrant == "GRANT CONNECT ON DATABASE \"we ird\" TO dogwatch")
        }

        /// An address of this machine by which it is not the loopback; nil without a network.
        private static let networkAddress = try? output(of: "/bin/hostname", ["-I"]).text
            .split(separator: " ").map(String.init).first { $0.contains(".") }

        @Test(
            "a plain session from the network fails, whoever it is",
            .enabled(if: networkAddress != nil, "this machine has no network"))
        func plainSession() async throws {
            let address = try #require(Self.networkAddress)
            let server = try await serve(["listen_addresses": "127.0.0.1,\(address)"])
            try await sql(server, "CREATE ROLE api_user LOGIN")
            _ = try await blocking {
                try server.folder.write(
                    "local all all trust\nhost all all 0.0.0.0/0 trust\n", to: "data/pg_hba.conf")
            }
            try await sql(server, "SELECT pg_reload_conf()")
            let client = try await connect("api_user", "sslmode=disable", server, at: address)
            defer { client.stop() }
            let result = await looked(server, "pg.tls.sessions") { $0.verdict == .fail }
            #expect(
                result?.evidence == "1 sessions: 1 plain; api_user from \(address) without TLS")
            #expect(await look(server)["pg.roles.superuser"]?.verdict == .pass)
            let owner = try await connect("postgres", "sslmode=disable", server, at: address)
            defer { owner.stop() }
            let powerful = await looked(server, "pg.roles.superuser") { $0.verdict == .fail }
            #expect(powerful?.evidence == "superuser postgres is connected from \(address)")
        }

        @Test(
            "auditing is loaded, installed everywhere and overridden for nobody",
            .enabled(if: installed("/usr/lib/postgresql/15/lib/pgaudit.so")))
        func audit() async throws {
            let check = "pg.audit.pgaudit"
            let bare = try await serve()
            #expect(
                await look(bare)[check]?.evidence
                    == "shared_preload_libraries is 'pg_stat_statements'")
            bare.stop()
            let server = try await serve(["shared_preload_libraries": "pgaudit"])
            #expect(await look(server)[check]?.evidence == "not installed in postgres")
            try await sql(server, "CREATE EXTENSION pgaudit")
            #expect(await look(server)[check]?.evidence == "postgres: pgaudit.log is 'none'")
            try await set(server, "pgaudit.log", "write, ddl, role")
            #expect(await looked(server, check) { $0.verdict == .pass }?.verdict == .pass)
            try await sql(
                server, "CREATE ROLE api_user LOGIN",
                "ALTER ROLE api_user SET pgaudit.log = 'none'")
            #expect(await look(server)[check]?.evidence == "*/api_user: pgaudit.log=none")
            try await sql(server, "ALTER ROLE api_user RESET pgaudit.log")
            try await set(server, "pgaudit.log_parameter", "on")
            #expect(await looked(server, check) { $0.verdict == .warn }?.verdict == .warn)
            try await sql(server, "ALTER ROLE dogwatch SET pgaudit.log = 'all'")
            #expect(await look(server)[check]?.verdict == .unknown)
            try await sql(server, "CREATE ROLE nobody LOGIN")
            #expect(
                await look(server, as: "nobody")[check]?.missingGrant
                    == "GRANT pg_monitor TO nobody")
        }
    }
}
