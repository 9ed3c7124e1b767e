import Collectors
import Targets
import TestSupport
import Testing
import TimeSeries

@Suite(
    "beside postgres_exporter on the same server", .serialized,
    .enabled(
        if: installed(
            "/usr/lib/postgresql/15/bin/postgres", "prometheus-postgres-exporter", "curl")))
struct PostgresExporterTests {
    /// The exporter's own state, not the server's.
    private let ofItself = [
        "pg_exporter_", "pg_scrape_collector_", "postgres_exporter_", "go_", "process_",
        "promhttp_",
    ]

    /// What moves from one look to the next, or because one of the two looks.
    private let moving = [
        "pg_stat_activity_", "pg_locks_count", "pg_stat_database_", "pg_settings_",
        "pg_stat_bgwriter_buffers_alloc", "pg_stat_replication_", "pg_replication_slots_pg_wal",
        "pg_stat_archiver_last_archive_age",
    ]

    /// Of `moving`, what stands still after all: everything of a database that nobody uses, and
    /// the server's settings but those of a session.
    private func isStill(_ labels: Labels) -> Bool {
        if moving.allSatisfy({ !labels.metric.hasPrefix($0) }) { return true }
        if labels.metric.hasPrefix("pg_settings_") {
            return ![
                "lock_timeout", "statement_timeout", "idle_in_transaction", "jit",
                "transaction_read_only", "extra_float_digits",
            ].contains { labels.metric.contains($0) }
        }
        return labels["datname"] == "quiet"
    }

    @Test("every series of the exporter is ours too, by name, labels, type and value")
    func agreement() async throws {
        let server = try await startPostgres(
            standardPostgres(), settings: ["track_io_timing": "on"])
        try await server.sql(
            "CREATE DATABASE quiet", "CREATE TABLE t AS SELECT generate_series(1, 1000) AS id",
            "SELECT pg_create_physical_replication_slot('kept', true)", "CHECKPOINT")
        let exporter = ExporterText(try await scrape(server))
        let collector = server.collector()
        let reading = try await collector.read()
        await collector.close()

        var ours: [Labels: Double] = [:]
        var types: [String: MetricType] = [:]
        for family in reading.families {
            types[family.metadata.name] = family.metadata.type
            for point in family.points {
                var labels = point.labels
                labels[Labels.metricName] = family.metadata.name + point.suffix
                ours[labels] = point.value
            }
        }
        var compared = 0
        for (var labels, theirs) in exporter.samples
        where !ofItself.contains(where: { labels.metric.hasPrefix($0) }) {
            labels["server"] = ""
            guard let value = ours[labels] else {
                // A column that is NULL is NaN there and nothing here.
                #expect(theirs.isNaN, "missing: \(labels)")
                continue
            }
            let type = exporter.types[labels.metric].map { $0 == "untyped" ? "unknown" : $0 }
            #expect(types[labels.metric]?.rawValue == type, "\(labels)")
            if isStill(labels) {
                #expect(value == theirs, "\(labels)")
                compared += 1
            }
        }
        #expect(compared > 250)
    }

    private func scrape(_ server: PostgresServer) async throws -> String {
        try await blocking {
            let folder = try TemporaryFolder("exporter")
            let port = try freePort()
            let process = try ServerProcess(
                ["prometheus-postgres-exporter", "--web.listen-address=127.0.0.1:\(port)"],
                environment: ["DATA_SOURCE_NAME": server.url()], log: folder.path("exporter.log")
            ) { accepts(port: port) }
            defer { process.stop() }
            return try run(
                ["curl", "-s", "--max-time", "10", "http://127.0.0.1:\(port)/metrics"], in: folder)
        }
    }
}
