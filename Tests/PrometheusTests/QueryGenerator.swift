import TestSupport

/// Makes random queries of the right types over the series of `ProductionSeries`. It leaves out what
/// Prometheus 2.42 is known to do otherwise (docs/promql.md).
struct QueryGenerator {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func query() -> String {
        pick(1, of: 12) ? scalar(depth: 2) : vector(depth: 3)
    }

    private mutating func pick(_ count: Int, of total: Int) -> Bool {
        Int.random(in: 0..<total, using: &random) < count
    }

    private mutating func one(of words: [String]) -> String {
        words.randomElement(using: &random) ?? ""
    }

    // MARK: Leaves

    private static let counters = [
        "http_requests_total", "http_request_duration_seconds_sum", "redis_keyspace_hits_total",
        "pg_stat_statements_calls_total", "container_cpu_usage_seconds_total",
        "node_cpu_seconds_total", "http_request_duration_seconds_bucket",
    ]
    private static let gauges = [
        "probe_success", "probe_duration_seconds", "redis_memory_used_bytes",
        "pg_stat_database_numbackends", "container_memory_usage_bytes",
        "node_filesystem_avail_bytes", "pg_settings_max_connections",
    ]
    private static let matchers = [
        "job=~\"h.*|api|node\"", "instance!~\".*-1.*\"", "code=\"200\"", "code=~\"5..\"",
        "route!=\"/jobs\"", "mode=~\"user|system\"", "le=~\"0\\\\..*\"", "datname!~\"a.+\"",
        "missing=\"\"", "name=~\"worker-[12]\"",
    ]
    private static let labels = [
        "job", "instance", "route", "code", "mode", "datname", "name", "le",
    ]

    private mutating func matching() -> String {
        let count = [0, 0, 1, 1, 2].randomElement(using: &random) ?? 0
        let chosen = (0..<count).map { _ in one(of: Self.matchers) }
        return chosen.isEmpty ? "" : "{\(chosen.joined(separator: ","))}"
    }

    /// `offset` and `@`, which keep evaluation away from the times of samples.
    private mutating func shift() -> String {
        let anchor = one(of: ["", "", "", "", " @ 1767319207", " @ end()", " @ start()"])
        return anchor + one(of: ["", "", "", " offset 5m", " offset 20s", " offset -1m"])
    }

    private mutating func selector() -> String {
        let metric = one(of: pick(1, of: 2) ? Self.gauges : Self.counters)
        return metric + matching() + shift()
    }

    private mutating func range(of metrics: [String]) -> String {
        let length = one(of: ["30s", "1m", "5m", "10m", "30m", "90s"])
        return "\(one(of: metrics))\(matching())[\(length)]\(shift())"
    }

    // MARK: Nodes

    private mutating func number() -> String {
        one(of: ["0", "1", "2", "-1", "0.5", "100", "1e6", "1e-3", "0x10", "NaN", "Inf"])
    }

    private mutating func scalar(depth: Int) -> String {
        guard depth > 0 else { return pick(1, of: 6) ? "time()" : number() }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return number()
        case 1: return "scalar(\(vector(depth: depth - 1)))"
        default:
            let op = one(of: ["+", "-", "*", "/", "%", "== bool", "> bool"])
            return "(\(scalar(depth: depth - 1)) \(op) \(scalar(depth: depth - 1)))"
        }
    }

    private mutating func vector(depth: Int) -> String {
        guard depth > 0 else { return selector() }
        switch Int.random(in: 0..<14, using: &random) {
        case 0, 1, 2: return aggregation(depth: depth)
        case 3, 4: return counterFunction()
        case 5: return overTime(depth: depth)
        case 6: return elementwise(depth: depth)
        case 7: return withScalar(depth: depth)
        case 8, 9: return joined(depth: depth)
        case 10: return set(depth: depth)
        case 11: return histogram()
        case 12: return relabelled(depth: depth)
        default: return selector()
        }
    }

    private mutating func counterFunction() -> String {
        let function = one(of: ["rate", "increase", "irate", "resets", "changes"])
        return "\(function)(\(range(of: Self.counters)))"
    }

    private mutating func overTime(depth: Int) -> String {
        let function = one(of: [
            "avg", "sum", "min", "max", "count", "stddev", "stdvar", "last", "present", "absent",
        ])
        let inner =
            pick(1, of: 3)
            ? "(\(vector(depth: depth - 1)))[\(one(of: ["5m:30s", "10m:1m", "3m:20s"]))]\(shift())"
            : range(of: Self.gauges)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return "quantile_over_time(\(one(of: ["0.5", "0.9", "0", "1"])), \(inner))"
        case 1:
            // With @, Prometheus 2.42 loses the samples after some steps of a range query.
            return "predict_linear(\(one(of: Self.gauges))[\(one(of: ["5m", "20m"]))], 600)"
        case 2:
            return "\(one(of: ["delta", "idelta", "deriv"]))(\(range(of: Self.gauges)))"
        default: return "\(function)_over_time(\(inner))"
        }
    }

    private mutating func clause() -> String {
        let labels = (0..<Int.random(in: 0...2, using: &random)).map { _ in one(of: Self.labels) }
        return "\(one(of: ["by", "by", "without"])) (\(labels.joined(separator: ", ")))"
    }

    private mutating func aggregation(depth: Int) -> String {
        let inner = vector(depth: depth - 1)
        let clause = pick(1, of: 4) ? "" : " \(clause()) "
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return "quantile\(clause)(\(one(of: ["0.5", "0.9", "0.99"])), \(inner))"
        case 1: return "count_values\(clause)(\"value\", \(one(of: Self.gauges)) > bool 1)"
        case 2: return "\(one(of: ["topk", "bottomk"]))(2, probe_duration_seconds\(shift()))"
        default:
            // Of one value that is no number, Prometheus 2.42 says that it deviates by 0.
            if pick(1, of: 6) { return "\(one(of: ["stddev", "stdvar"]))\(clause)(\(selector()))" }
            let op = one(of: ["sum", "avg", "min", "max", "count", "group"])
            return "\(op)\(clause)(\(inner))"
        }
    }

    private mutating func elementwise(depth: Int) -> String {
        let inner = vector(depth: depth - 1)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return "clamp(\(inner), 1, 1e6)"
        case 1: return "round(\(inner), 0.5)"
        case 2: return "-(\(inner))"
        case 3: return "clamp_min(\(inner), \(number()))"
        default:
            let function = one(of: [
                "abs", "ceil", "floor", "sqrt", "ln", "exp", "sgn", "log2", "hour", "minute",
                "month",
            ])
            return "\(function)(\(inner))"
        }
    }

    private mutating func withScalar(depth: Int) -> String {
        let op = one(of: ["+", "-", "*", "/", "%", ">", "<", ">=", "!=", "== bool", "< bool"])
        let inner = "(\(vector(depth: depth - 1)))"
        let scalar = scalar(depth: depth - 1)
        return pick(1, of: 3) ? "\(scalar) \(op) \(inner)" : "\(inner) \(op) \(scalar)"
    }

    private mutating func joined(depth: Int) -> String {
        let op = one(of: ["+", "-", "*", "/", ">", "<=", "> bool"])
        let (left, right) = (vector(depth: depth - 1), vector(depth: depth - 1))
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return "(\(left)) \(op) (\(right))"
        case 1:
            let label = one(of: Self.labels)
            return "sum by (\(label)) (\(left)) \(op) avg by (\(label)) (\(right))"
        case 2:
            let label = one(of: Self.labels)
            return "(\(left)) \(op) on (\(label)) group_left () max by (\(label)) (\(left))"
        default: return "(\(left)) \(op) ignoring (code, le) group_left () (\(right))"
        }
    }

    private mutating func set(depth: Int) -> String {
        let on = one(of: ["", "", " on (instance)", " ignoring (code)"])
        let op = one(of: ["and", "or", "unless"])
        return "(\(vector(depth: depth - 1))) \(op)\(on) (\(vector(depth: depth - 1)))"
    }

    private mutating func histogram() -> String {
        let by = one(of: ["le", "le, route", "le, instance"])
        let rank = one(of: ["0.5", "0.9", "0.99", "0", "1"])
        let range = "http_request_duration_seconds_bucket[\(one(of: ["1m", "5m", "10m"]))]"
        return "histogram_quantile(\(rank), sum by (\(by)) (rate(\(range)\(shift()))))"
    }

    private mutating func relabelled(depth: Int) -> String {
        let inner = vector(depth: depth - 1)
        return pick(1, of: 2)
            ? "label_replace(\(inner), \"place\", \"$1\", \"instance\", \"(.*):.*\")"
            : "label_join(\(inner), \"both\", \"-\", \"job\", \"instance\")"
    }
}
