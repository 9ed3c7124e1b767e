import Targets
import TimeSeries

/// What `CONFIG GET` said of the few parameters that are asked for. Never asked for: `*`, as its
/// answer holds the server's passwords.
struct RedisConfiguration: Sendable, Equatable {
    static let names = [
        "maxclients", "maxmemory", "maxmemory-policy", "databases", "io-threads",
        "slowlog-log-slower-than", "latency-monitor-threshold",
    ]

    private(set) var values: [String: String] = [:]

    /// Takes a reply: names and values in turn. Names that were not asked for are left out.
    mutating func add(_ reply: RedisReply) {
        let words = reply.elements ?? []
        for index in stride(from: 0, to: words.count - 1, by: 2) {
            guard let name = words[index].string, RedisConfiguration.names.contains(name),
                let value = words[index + 1].bytes
            else { continue }
            values[name] = cleaned(value, limit: 128)
        }
    }

    func count(_ name: String) -> Int? { values[name].flatMap { Int($0) } }

    /// The number of databases; 0 when the server does not say.
    var databases: Int { count("databases") ?? 0 }

    /// redis_exporter's series of the configuration.
    var families: [MetricFamily] {
        ["maxclients", "maxmemory", "io-threads"].compactMap { name in
            guard let value = values[name].flatMap({ Double($0) }), value.isFinite else {
                return nil
            }
            let metric = "redis_config_" + (name == "io-threads" ? "io_threads" : name)
            return MetricFamily(metric, .gauge, "CONFIG GET \(name).", value: value)
        }
    }
}
