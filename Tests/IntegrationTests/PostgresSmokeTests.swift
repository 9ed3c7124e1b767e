import Collectors
import Targets
import TestSupport
import Testing

@Suite(.serialized) struct PostgresSmoke {
    @Test(arguments: PostgresInstallation.all)
    func smoke(_ installation: PostgresInstallation) async throws {
        let server = try await blocking {
            let folder = try TemporaryFolder("pg", isShared: true)
            return try PostgresServer(installation, in: folder)
        }
        _ = try await blocking { try server.psql("CREATE EXTENSION pg_stat_statements") }
        let collector = PostgresCollector(
            id: TargetID(.postgres, "db"), settings: PostgresSettings(url: server.url()))
        for _ in 0..<2 {
            let clock = ContinuousClock.now
            let reading = try await collector.collect(deadline: .now + .seconds(5))
            print(
                clock.duration(to: .now), reading.families.count,
                reading.families.map(\.points.count).reduce(0, +))
            for finding in reading.findings { print(finding) }
            print(reading.detail)
        }
        await collector.close()
    }
}
