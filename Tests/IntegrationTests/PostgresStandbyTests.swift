import Collectors
import Targets
import TestSupport
import Testing

@Suite(
    "a PostgreSQL with a standby", .serialized,
    .enabled(if: installed("/usr/lib/postgresql/15/bin/postgres")))
struct PostgresStandbyTests {
    @Test(
        "both sides tell of their lag; a lost primary is found; a promotion starts anew",
        .timeLimit(.minutes(1)), arguments: PostgresInstallation.all)
    func failover(_ installation: PostgresInstallation) async throws {
        let primary = try await startPostgres(installation)
        let second = try await blocking { try primary.standby() }
        try await primary.sql("CREATE TABLE t AS SELECT generate_series(1, 1000) AS id")

        let above = primary.collector()
        let detail = try await above.read { $0.replicas.first?.lagBytes == 0 }
        #expect(!detail.isInRecovery)
        #expect(detail.replicas.map(\.state) == ["streaming"])
        #expect(detail.replicas.map(\.lagSeconds) == [0])
        #expect(detail.slots.map(\.name) == ["standby"])
        #expect(detail.slots.map(\.isActive) == [true])
        let sender = try await above.read()
        let labels = ["slot_name": "standby", "state": "streaming"]
        #expect(sender.value("pg_stat_replication_pg_wal_lsn_diff", labels) == 0)
        #expect(sender.value("pg_replication_is_replica") == 0)
        #expect(sender.value("pg_replication_lag_seconds") == 0)
        await above.close()

        let below = second.collector()
        let streaming = try await below.read()
        #expect(streaming.findings.filter { $0.health != .ok } == [])
        #expect(try streaming.postgres.isInRecovery)
        #expect(try streaming.postgres.replicationLagSeconds == 0)
        #expect(streaming.value("pg_stat_wal_receiver_status", ["slot_name": "standby"]) == 2)

        primary.stop()
        // The receiver is looked at every 5 s; a new collector looks at once.
        let orphan = second.collector()
        let findings = try await orphan.read().findings
        #expect(findings.contains { $0.title == "standby without a WAL receiver" })
        await orphan.close()

        try await second.sql("SELECT pg_promote()")
        let promoted = try await below.read()
        #expect(try !promoted.postgres.isInRecovery)
        #expect(try promoted.postgres.walBytesPerSecond == nil)
        #expect(promoted.findings.filter { $0.health != .ok } == [])
        #expect(try await second.ownConnections() == "1")
        await below.close()
    }
}
