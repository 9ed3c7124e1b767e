import Targets
import TimeSeries

extension RedisInfo {
    /// Commands, error codes, databases, replicas and masters beyond this many get no series.
    static let seriesPerFamilyLimit = 500

    /// The series of an INFO under redis_exporter's names. `databases` is how many the server is
    /// configured with: those that INFO leaves out are empty. `now` is seconds since the epoch.
    func families(databases: Int, now: Double) -> [MetricFamily] {
        guard !isEmpty else { return [] }
        return singleNumbers() + [instance()] + startTime(now: now) + replication()
            + keyspace(databases: databases) + commands() + latencies() + errors() + sentinel()
    }

    /// The series of a `CLUSTER INFO`, whose fields are written as INFO's.
    func families() -> [MetricFamily] { singleNumbers() }

    private func singleNumbers() -> [MetricFamily] {
        var seen: Set<String> = []
        return fields.compactMap { field in
            guard !RedisInfo.manySections.contains(field.section),
                let name = RedisName.of(field.name), seen.insert(name.metric).inserted,
                let value = RedisInfo.number(field.value)
            else { return nil }
            return MetricFamily(name.metric, name.type, name.help, value: value * name.scale)
        }
    }

    private static let manySections: Set = [
        "commandstats", "latencystats", "errorstats", "keyspace", "cluster info",
    ]

    private func instance() -> MetricFamily {
        var labels = [
            "role": text("role"), "redis_version": text("redis_version"),
            "redis_build_id": text("redis_build_id"), "redis_mode": mode, "os": text("os"),
            "maxmemory_policy": text("maxmemory_policy"), "tcp_port": text("tcp_port"),
            "run_id": text("run_id"), "process_id": text("process_id"),
        ]
        for name in ["valkey_version", "valkey_release_stage", "availability_zone"] {
            labels[name] = text(name)
        }
        return MetricFamily(
            "redis_instance_info", .gauge, "What the server says about itself; always 1.",
            [MetricPoint(1, Labels(labels))])
    }

    private func startTime(now: Double) -> [MetricFamily] {
        guard let uptime = number("uptime_in_seconds") else { return [] }
        return [
            MetricFamily(
                "redis_start_time_seconds", .gauge, "When the server started, since the epoch.",
                value: now.rounded(.down) - uptime)
        ]
    }

    private func keyspace(databases: Int) -> [MetricFamily] {
        var keys = MetricFamily("redis_db_keys", .gauge, "Keys by database.")
        var expiring = MetricFamily(
            "redis_db_keys_expiring", .gauge, "Keys with an expiry by database.")
        var life = MetricFamily(
            "redis_db_avg_ttl_seconds", .gauge, "Average time to live by database.")
        var seen: Set<String> = []
        for field in fields(in: "keyspace").prefix(RedisInfo.seriesPerFamilyLimit) {
            let parts = RedisInfo.parts(field.value)
            guard RedisInfo.database(field.name) != nil, seen.insert(field.name).inserted,
                let count = RedisInfo.number("keys", in: parts)
            else { continue }
            let labels: Labels = ["db": field.name]
            keys.points.append(MetricPoint(count, labels))
            if let count = RedisInfo.number("expires", in: parts) {
                expiring.points.append(MetricPoint(count, labels))
            }
            if let milliseconds = RedisInfo.number("avg_ttl", in: parts) {
                life.points.append(MetricPoint(milliseconds / 1000, labels))
            }
        }
        for index in 0..<max(0, min(databases, 64)) where !seen.contains("db\(index)") {
            keys.points.append(MetricPoint(0, ["db": "db\(index)"]))
            expiring.points.append(MetricPoint(0, ["db": "db\(index)"]))
        }
        return [keys, expiring, life].filter { !$0.points.isEmpty }
    }

    /// The number in "db3".
    static func database(_ name: String) -> Int? {
        name.hasPrefix("db") ? Int(name.dropFirst(2)).flatMap { $0 >= 0 ? $0 : nil } : nil
    }

    private func errors() -> [MetricFamily] {
        let points = fields(in: "errorstats").prefix(RedisInfo.seriesPerFamilyLimit)
            .compactMap { field -> MetricPoint? in
                guard field.name.hasPrefix("errorstat_"),
                    let count = RedisInfo.number("count", in: RedisInfo.parts(field.value))
                else { return nil }
                return MetricPoint(
                    count, ["err": cleaned(field.name.dropFirst("errorstat_".count), limit: 64)])
            }
        return points.isEmpty
            ? []
            : [MetricFamily("redis_errors_total", .counter, "Error replies by their code.", points)]
    }
}

extension RedisInfo {
    /// One command's line of commandstats.
    private struct CommandStatistics {
        var name: String
        var calls: Double
        var microseconds: Double
        /// nil before server 6.2.
        var rejected: Double?
        var failed: Double?
    }

    /// Those with the most calls, when there are more than the limit.
    private func statistics() -> [CommandStatistics] {
        let all = fields(in: "commandstats").compactMap { field -> CommandStatistics? in
            let parts = RedisInfo.parts(field.value)
            guard field.name.hasPrefix("cmdstat_"),
                let calls = RedisInfo.number("calls", in: parts),
                let microseconds = RedisInfo.number("usec", in: parts)
            else { return nil }
            return CommandStatistics(
                name: cleaned(field.name.dropFirst("cmdstat_".count), limit: 64), calls: calls,
                microseconds: microseconds,
                rejected: RedisInfo.number("rejected_calls", in: parts),
                failed: RedisInfo.number("failed_calls", in: parts))
        }
        guard all.count > RedisInfo.seriesPerFamilyLimit else { return all }
        return Array(
            all.sorted { $0.calls > $1.calls }.prefix(RedisInfo.seriesPerFamilyLimit))
    }

    private func commands() -> [MetricFamily] {
        let all = statistics()
        func family(
            _ name: String, _ help: String, _ value: (CommandStatistics) -> Double?
        ) -> MetricFamily {
            MetricFamily(
                name, .counter, help,
                all.compactMap { command in
                    value(command).map { MetricPoint($0, ["cmd": command.name]) }
                })
        }
        return [
            family("redis_commands_total", "Calls by command.") { $0.calls },
            family("redis_commands_duration_seconds_total", "Time spent by command.") {
                $0.microseconds / 1e6
            },
            family("redis_commands_rejected_calls_total", "Calls refused before they ran.") {
                $0.rejected
            },
            family("redis_commands_failed_calls_total", "Calls that ran and failed.") {
                $0.failed
            },
        ].filter { !$0.points.isEmpty }
    }

    /// A summary by command; the quantile label is a percentage, as redis_exporter writes it.
    private func latencies() -> [MetricFamily] {
        let statistics = Dictionary(
            statistics().map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var points: [MetricPoint] = []
        let prefix = "latency_percentiles_usec_"
        for field in fields(in: "latencystats").prefix(RedisInfo.seriesPerFamilyLimit) {
            let name = cleaned(field.name.dropFirst(prefix.count), limit: 64)
            guard field.name.hasPrefix(prefix), let command = statistics[name] else { continue }
            for part in RedisInfo.parts(field.value).prefix(10) where part.key.hasPrefix("p") {
                guard let value = RedisInfo.number(part.value),
                    let percentile = Double(part.key.dropFirst())
                else { continue }
                points.append(
                    MetricPoint(value, ["cmd": name, "quantile": shortText(percentile)]))
            }
            points.append(MetricPoint(command.microseconds, ["cmd": name], suffix: "_sum"))
            points.append(MetricPoint(command.calls, ["cmd": name], suffix: "_count"))
        }
        return points.isEmpty
            ? []
            : [
                MetricFamily(
                    "redis_latency_percentiles_usec", .summary,
                    "Latency by command in microseconds.", points)
            ]
    }
}

/// 99 → "99", 99.9 → "99.9".
private func shortText(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? String(value)
}
