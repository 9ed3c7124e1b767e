import Collectors
import Targets
import TestSupport
import Testing
import TimeSeries

/// Starts a server away from the tests' threads.
func startPostgres(
    _ installation: PostgresInstallation, settings: [String: String] = [:]
) async throws -> PostgresServer {
    try await blocking {
        try PostgresServer(
            installation, settings: settings, in: TemporaryFolder("pg", isShared: true))
    }
}

func standardPostgres() throws -> PostgresInstallation {
    try #require(PostgresInstallation.standard, "postgresql is not installed")
}

extension PostgresServer {
    /// Runs statements one after the other and gives what the last printed.
    @discardableResult
    func sql(_ statements: String..., user: String = "postgres", database: String = "postgres")
        async throws -> String
    {
        try await blocking {
            var text = ""
            for statement in statements {
                text = try self.psql(statement, user: user, database: database)
            }
            return text
        }
    }

    func hold(
        _ statements: String..., blocks: String? = nil, database: String = "postgres"
    ) async throws -> PostgresClient {
        try await blocking {
            try self.session(statements, blocks: blocks, database: database)
        }
    }

    func collector(
        user: String = "postgres", database: String = "postgres", password: Secret? = nil,
        timeout: Duration = .seconds(5)
    ) -> PostgresCollector {
        PostgresCollector(
            id: TargetID(.postgres, "db"),
            settings: PostgresSettings(url: url(user: user, database: database)),
            password: password, timeout: timeout)
    }

    /// How many connections of ours the server has.
    func ownConnections() async throws -> String {
        try await sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'dogwatch'")
    }
}

extension PostgresCollector {
    func read(within limit: Duration = .seconds(5)) async throws -> Reading {
        try await collect(deadline: .now + limit)
    }

    /// Collects until a reading is as wanted, at most 10 seconds.
    func read(until isRight: (PostgresDetail) -> Bool) async throws -> PostgresDetail {
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            let detail = try await read().postgres
            if isRight(detail) || ContinuousClock.now > deadline { return detail }
            await Task.yield()
        }
    }
}

extension Reading {
    var postgres: PostgresDetail {
        get throws {
            guard case .postgres(let detail) = detail else {
                throw TestFailure("no detail of PostgreSQL")
            }
            return detail
        }
    }

    func has(_ family: String) -> Bool { families.contains { $0.metadata.name == family } }
}
