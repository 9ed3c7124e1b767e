import TimeSeries

/// The series that exporters of a little production would give, with values made from a seed: what
/// the queries of config.toml, and of rules like those that come with exporters, read.
public struct ProductionSeries: Sendable {
    /// How many of each there are.
    public struct Size: Sendable {
        public var instances: Int
        public var statements: Int
        public var containers: Int

        public init(instances: Int, statements: Int, containers: Int) {
            self.instances = instances
            self.statements = statements
            self.containers = containers
        }
    }

    private enum Kind {
        case counter(perStep: Double)
        case gauge(middle: Double, swing: Double)
        case constant(Double)
        /// 1 with this probability, else 0.
        case flag(Double)
        /// The cumulative count up to one of the bounds; the first bucket makes the observations.
        case bucket(Int)
    }

    public private(set) var labels: [Labels] = []
    private var kinds: [Kind] = []
    private var values: [Double] = []
    /// Steps for which a gauge still says nothing.
    private var gaps: [Int] = []
    private var observations: [Double] = []
    private var random: SeededGenerator
    /// Where counters start again and gauges have gaps.
    private let isDisturbed: Bool

    public static let bounds = [
        "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "10", "+Inf",
    ]

    public init(_ size: Size, seed: UInt64, isDisturbed: Bool) {
        random = SeededGenerator(seed: seed)
        self.isDisturbed = isDisturbed
        addWeb(size.instances)
        addStores(size)
        addContainers(size.containers)
        addHost()
    }

    /// The next value of each series, in the order of `labels`; nil for no sample.
    public mutating func next() -> [Double?] { kinds.indices.map { next($0) } }

    private mutating func next(_ index: Int) -> Double? {
        switch kinds[index] {
        case .counter(let rate):
            values[index] += (Double.random(in: 0...2 * rate, using: &random) * 8).rounded() / 8
            if isDisturbed, Int.random(in: 0..<2000, using: &random) == 0 { values[index] = rate }
        case .gauge(let middle, let swing):
            values[index] += Double.random(in: -swing...swing, using: &random)
            values[index] += (middle - values[index]) / 50
            if isDisturbed, Int.random(in: 0..<1000, using: &random) == 0 { gaps[index] = 50 }
            gaps[index] -= 1
            if gaps[index] >= 0 { return nil }
        case .constant: break
        case .flag(let chance):
            values[index] = Double.random(in: 0..<1, using: &random) < chance ? 1 : 0
        case .bucket(let bound): return bucket(bound, at: index)
        }
        return values[index]
    }

    private mutating func bucket(_ bound: Int, at index: Int) -> Double {
        if bound == 0 {
            observations = Self.bounds.indices.map { place in
                let weight = place < 8 ? Double(8 - abs(place - 4)) : 0.5
                return Double.random(in: 0...weight, using: &random).rounded()
            }
        }
        values[index] += observations[...bound].reduce(0, +)
        return values[index]
    }

    // MARK: What there is

    private mutating func add(_ kind: Kind, _ name: String, _ pairs: [String: String]) {
        labels.append(Labels(name: name, pairs))
        kinds.append(kind)
        gaps.append(0)
        switch kind {
        // High enough that no range starts near zero, where versions of Prometheus differ.
        case .counter: values.append(Double.random(in: 1e6...2e6, using: &random).rounded())
        case .gauge(let middle, _): values.append(middle)
        case .constant(let value): values.append(value)
        case .flag: values.append(1)
        case .bucket(let bound): values.append(1e5 * Double(bound + 1))
        }
    }

    private mutating func addWeb(_ instances: Int) {
        for instance in 0..<instances {
            let name = "api-\(instance).example.com:8080"
            add(.flag(0.998), "probe_success", ["job": "http", "instance": name])
            add(
                .gauge(middle: 0.05, swing: 0.01), "probe_duration_seconds",
                ["job": "http", "instance": name])
            for route in ["/health", "/jobs", "/jobs/:id", "/ready", "/login", "/search"] {
                let pairs = ["job": "api", "instance": name, "route": route]
                for (code, rate) in [("200", 40.0), ("404", 2), ("500", 0.2), ("503", 0.1)] {
                    let all = pairs.merging(["code": code]) { $1 }
                    add(.counter(perStep: rate), "http_requests_total", all)
                }
                let metric = "http_request_duration_seconds"
                add(.counter(perStep: 2), "\(metric)_sum", pairs)
                for (place, bound) in Self.bounds.enumerated() {
                    let all = pairs.merging(["le": bound]) { $1 }
                    add(.bucket(place), "\(metric)_bucket", all)
                }
            }
        }
    }

    private mutating func addStores(_ size: Size) {
        for number in 0..<2 {
            let redis = ["job": "redis", "instance": "cache-\(number):6379"]
            add(.counter(perStep: 400), "redis_keyspace_hits_total", redis)
            add(.counter(perStep: 40), "redis_keyspace_misses_total", redis)
            add(.gauge(middle: 5e8, swing: 1e6), "redis_memory_used_bytes", redis)
            let postgres = ["job": "postgres", "instance": "db-\(number):5432"]
            add(.constant(200), "pg_settings_max_connections", postgres)
            for name in ["jobs", "users", "audit"] {
                let pairs = postgres.merging(["datname": name]) { $1 }
                add(.gauge(middle: 40, swing: 3), "pg_stat_database_numbackends", pairs)
            }
            for statement in 0..<size.statements {
                let pairs = postgres.merging(["queryid": "\(7919 * (statement + 1))"]) { $1 }
                add(.counter(perStep: 0.5), "pg_stat_statements_seconds_total", pairs)
                add(.counter(perStep: 25), "pg_stat_statements_calls_total", pairs)
            }
        }
    }

    private mutating func addContainers(_ count: Int) {
        for number in 0..<count {
            let pairs = [
                "job": "docker", "name": "worker-\(number)", "image": "worker:1.\(number)",
            ]
            add(.counter(perStep: 1), "container_cpu_usage_seconds_total", pairs)
            add(.gauge(middle: 2e8, swing: 1e6), "container_memory_usage_bytes", pairs)
            add(.counter(perStep: 0.01), "container_restarts_total", pairs)
        }
    }

    private mutating func addHost() {
        for cpu in 0..<4 {
            for (mode, rate) in [("idle", 4.0), ("user", 0.7), ("system", 0.2), ("iowait", 0.1)] {
                add(
                    .counter(perStep: rate), "node_cpu_seconds_total",
                    ["job": "node", "instance": "here", "cpu": "\(cpu)", "mode": mode])
            }
        }
        for mount in ["/", "/var", "/home"] {
            let pairs = ["job": "node", "instance": "here", "mountpoint": mount]
            add(.constant(1e11), "node_filesystem_size_bytes", pairs)
            add(.gauge(middle: 4e10, swing: 1e7), "node_filesystem_avail_bytes", pairs)
        }
    }
}
