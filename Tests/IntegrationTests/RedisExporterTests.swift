import Collectors
import Targets
import TestSupport
import Testing
import TimeSeries

/// Debian's redis_exporter and our collector on one server. What differs on purpose is listed here
/// and in docs/series.md.
@Suite(.enabled(if: installed("redis-server", "redis-cli", "prometheus-redis-exporter")))
struct RedisExporterTests {
    /// Series about the exporter itself.
    static let ofTheExporter = [
        "redis_exporter_", "redis_target_scrape_request_errors_total",
        "redis_last_key_groups_scrape_duration_milliseconds",
    ]
    /// Values that the two askers see at different moments, or cause themselves.
    static let unstable: Set = [
        "redis_uptime_in_seconds", "redis_start_time_seconds", "redis_connected_clients",
        "redis_connections_received_total", "redis_commands_processed_total",
        "redis_net_input_bytes_total", "redis_net_output_bytes_total", "redis_slowlog_last_id",
        "redis_slowlog_length", "redis_last_slow_execution_duration_seconds",
        "redis_total_reads_processed", "redis_total_writes_processed",
        "redis_io_threaded_reads_processed", "redis_io_threaded_writes_processed",
        "redis_client_recent_max_input_buffer_bytes", "redis_mem_clients_normal",
        "redis_client_recent_max_output_buffer_bytes", "redis_expired_stale_percentage",
        "redis_db_avg_ttl_seconds", "redis_master_repl_offset",
        "redis_repl_backlog_history_bytes", "redis_master_last_io_seconds_ago",
        "redis_slave_repl_offset",
    ]
    static let unstablePrefixes = [
        "redis_cpu_", "redis_memory_used_", "redis_mem_", "redis_latency_spike_",
        "redis_allocator_",
    ]
    /// Commands that the two askers send themselves, and those between a master and its replica.
    static let ownCommands: Set = [
        "replconf", "psync",
        "ping", "info", "client|setname", "client|list", "slowlog|get", "slowlog|len",
        "latency|latest", "config|get", "cluster|info",
    ]
    /// Types in which a later redis_exporter agrees with us and Debian's does not.
    static let typeSince: Set = ["redis_expired_time_cap_reached_total"]

    @Test("what both claim agrees in name, labels, type and value")
    func sideBySide() async throws {
        let folder = try TemporaryFolder("redis")
        let server = try await blocking {
            try RedisServer(["--latency-monitor-threshold", "5"], in: folder)
        }
        let exporter = try await blocking {
            try ExporterProcess("prometheus-redis-exporter", in: folder) {
                ["-redis.addr", server.url, "-web.listen-address", "127.0.0.1:\($0)"]
            }
        }
        defer {
            exporter.stop()
            server.stop()
        }
        try await blocking {
            try server.cli("eval", "for i=1,3000000 do end redis.call('set','a',1) return 1", "0")
            try server.cli("set", "b", "1", "EX", "1000")
            try server.cli("get", "none")
            try server.cli("incr", "b", "too", "many")
            try server.cli("-n", "2", "lpush", "l", "1")
        }
        let collector = redisCollector(server.url)
        _ = try await collector.collect()
        let theirs = try await exporter.scrape()
        let ours = ReadingText(try await collector.collect())
        await collector.close()
        #expect(compare(theirs, ours) > 150)
    }

    @Test("a node of a cluster agrees in the state of its slots")
    func cluster() async throws {
        let folder = try TemporaryFolder("redis")
        let server = try await blocking {
            // The bus would take the port 10,000 higher, which may not exist.
            try RedisServer(
                ["--cluster-enabled", "yes", "--cluster-port", "\(freePort())"], in: folder)
        }
        let exporter = try await blocking {
            try ExporterProcess("prometheus-redis-exporter", in: folder) {
                ["-redis.addr", server.url, "-web.listen-address", "127.0.0.1:\($0)"]
            }
        }
        defer {
            exporter.stop()
            server.stop()
        }
        let down = redisCollector(server.url)
        let before = try await down.collect()
        #expect(before.value("redis_cluster_state") == 0)
        #expect(before.findings.map(\.health) == [.degraded])
        await down.close()
        try await blocking {
            try server.cli("cluster", "addslotsrange", "0", "16383")
            try waitUntil { try server.cli("cluster", "info").contains("cluster_state:ok") }
        }
        let collector = redisCollector(server.url)
        let theirs = try await exporter.scrape()
        let reading = try await collector.collect()
        #expect(compare(theirs, ReadingText(reading)) > 100)
        #expect(reading.value("redis_cluster_slots_ok") == 16_384 && reading.findings == [])
        await collector.close()
    }

    @Test("a master and its replica agree in what they say of each other")
    func replication() async throws {
        let folder = try TemporaryFolder("redis")
        let master = try await blocking {
            try RedisServer(["--repl-diskless-sync-delay", "0"], in: folder)
        }
        let replica = try await blocking {
            try RedisServer(["--replicaof", "127.0.0.1 \(master.port)"], in: folder)
        }
        defer {
            replica.stop()
            master.stop()
        }
        try await blocking { try waitUntil { try replica.info()["master_link_status"] == "up" } }
        for server in [master, replica] {
            let exporter = try await blocking {
                try ExporterProcess("prometheus-redis-exporter", in: folder) {
                    ["-redis.addr", server.url, "-web.listen-address", "127.0.0.1:\($0)"]
                }
            }
            let collector = redisCollector(server.url)
            let theirs = try await exporter.scrape()
            #expect(compare(theirs, ReadingText(try await collector.collect())) > 100)
            await collector.close()
            exporter.stop()
        }
    }

    /// Returns how many samples both have.
    private func compare(_ theirs: ExporterText, _ ours: ReadingText) -> Int {
        var shared = 0
        for (name, type) in theirs.types where name.hasPrefix("redis_") && !isOfTheExporter(name) {
            #expect(ours.types[name] != nil, "\(name) is missing")
            if !Self.typeSince.contains(name) {
                #expect(ours.types[name] == type, "\(name) is a \(type)")
            }
        }
        for (labels, value) in theirs.samples where isComparable(labels) {
            guard let own = ours.samples[labels] else {
                Issue.record("we have no \(labels.all)")
                continue
            }
            shared += 1
            guard !isUnstable(labels.metric) else { continue }
            #expect(abs(own - value) <= 1e-9 * abs(value), "\(labels.all)")
        }
        return shared
    }

    private func isOfTheExporter(_ name: String) -> Bool {
        Self.ofTheExporter.contains { name.hasPrefix($0) }
    }

    private func isComparable(_ labels: Labels) -> Bool {
        labels.metric.hasPrefix("redis_") && !isOfTheExporter(labels.metric)
            && !Self.ownCommands.contains(labels["cmd"])
            && labels["slave_state"].isEmpty
    }

    private func isUnstable(_ name: String) -> Bool {
        Self.unstable.contains(name) || Self.unstablePrefixes.contains { name.hasPrefix($0) }
    }
}

/// A reading in the form of an exposition.
struct ReadingText {
    var types: [String: String] = [:]
    var samples: [Labels: Double] = [:]

    init(_ reading: Reading) {
        for family in reading.families {
            let name = family.metadata.name
            types[name] =
                family.metadata.type == .unknown ? "untyped" : family.metadata.type.rawValue
            for point in family.points {
                var labels = point.labels
                labels[Labels.metricName] = name + point.suffix
                samples[labels] = point.value
            }
        }
    }
}
