import Checklist
import Glibc
import Reactor
import Targets
import TestSupport
import Testing
import TimeSeries
import Watch

@testable import dogwatch

/// A suite whose subjects are real PostgreSQL servers, asked as the role that the documentation tells
/// to make.
protocol PostgresSubjects {}

extension PostgresSubjects {
    func serve(
        _ settings: [String: String] = [:]
    ) async throws -> PostgresServer {
        let installation = try #require(PostgresInstallation.standard)
        return try await blocking {
            let server = try PostgresServer(
                installation, settings: settings,
                in: TemporaryFolder("pg-checks", isShared: true))
            try server.psql("CREATE ROLE dogwatch LOGIN CONNECTION LIMIT 4")
            try server.psql("GRANT pg_monitor TO dogwatch")
            try server.psql("ALTER ROLE dogwatch SET default_transaction_read_only = on")
            return server
        }
    }

    /// With a certificate of its own, which it reads when it starts.
    func serveTLS() async throws -> PostgresServer {
        let keys = try TemporaryFolder("pg-keys", isShared: true)
        let pair = try await blocking {
            let pair = try Certificates(in: keys).leaf("db", for: ["127.0.0.1"])
            try keys.giveTo(user: "postgres", "db.key")
            chmod(pair.key, 0o600)
            return pair
        }
        let server = try await serve([
            "ssl": "on", "ssl_cert_file": pair.certificate, "ssl_key_file": pair.key,
        ])
        withExtendedLifetime(keys) {}
        return server
    }

    func sql(
        _ server: PostgresServer, _ statements: String..., database: String = "postgres"
    ) async throws {
        try await blocking {
            for statement in statements {
                try server.psql(statement, database: database)
            }
        }
    }

    /// What each check says after one look.
    func look(
        _ server: PostgresServer, as role: String = "dogwatch", database: String = "postgres"
    ) async -> [String: CheckResult] {
        await look(at: server.url(user: role, database: database))
    }

    func look(at url: String) async -> [String: CheckResult] {
        await look(survey(url))
    }

    /// A survey of one server, and all that plans may want of it.
    func survey(_ url: String) -> (PostgresSurvey, Wanted) {
        let survey = PostgresSurvey(
            secret: { _ in nil }, resolver: Resolver(), budget: HostBudget(limit: 1000))
        var wanted = Wanted()
        wanted.checks = Catalogue.postgresChecks
        wanted.targets = [
            TargetSpec(
                id: TargetID(.postgres, "db"), settings: .postgres(PostgresSettings(url: url)))
        ]
        return (survey, wanted)
    }

    /// Everything is looked at anew.
    func look(_ survey: (PostgresSurvey, Wanted)) async -> [String: CheckResult] {
        var (survey, wanted) = survey
        wanted.since = wallClock()
        await survey.ask(wanted, at: wallClock())
        var evidence = Evidence(now: wallClock())
        await survey.add(to: &evidence.surveyed)
        return Catalogue.results(on: evidence).compactMapValues(\.first)
    }

    /// Looks until a check says what is waited for, 15 seconds at most.
    func looked(
        _ server: PostgresServer, _ check: String, _ isRight: (CheckResult) -> Bool
    ) async -> CheckResult? {
        await looked(until: isRight) { await look(server)[check] }
    }

    func looked(
        until isRight: (CheckResult) -> Bool, _ look: () async -> CheckResult?
    ) async -> CheckResult? {
        let deadline = ContinuousClock.now + .seconds(15)
        while true {
            let result = await look()
            if result.map(isRight) ?? true || ContinuousClock.now > deadline { return result }
            // Looks without a pause would use up what a host may be asked in a minute.
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    /// A client that stays for a minute.
    func connect(
        _ role: String, _ options: String, _ server: PostgresServer,
        at address: String = "127.0.0.1", port: Int? = nil
    ) async throws -> ServerProcess {
        let log = server.folder.path("client-\(role).log")
        return try await blocking {
            try ServerProcess(
                [
                    "psql", "-X", "-q", "-d",
                    "host=\(address) port=\(port ?? server.port) user=\(role) dbname=postgres \(options)",
                    "-c", "\\echo at-rest", "-c", "SELECT pg_sleep(60)",
                ], log: log
            ) { textOfFile(log).contains("at-rest") }
        }
    }

    /// Changes a setting of a running server.
    func set(_ server: PostgresServer, _ name: String, _ value: String) async throws {
        try await sql(
            server, "ALTER SYSTEM SET \(name) = '\(value)'", "SELECT pg_reload_conf()")
    }
}
