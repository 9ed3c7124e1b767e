import Targets
import TimeSeries

/// What `SLOWLOG GET` said, newest first. Entries that do not read as one are left out.
///
/// Of a command's arguments only the first is kept, cut short: the others are the application's
/// data. Commands that may carry a password keep none.
struct RedisSlowLog: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        var id: Int64
        /// Seconds since the epoch.
        var at: Double
        /// Seconds.
        var duration: Double
        var command: String
        /// Name and address of the client; "" before server 4.0.
        var client: String
    }

    var entries: [Entry]

    init(_ reply: RedisReply) {
        entries = (reply.elements ?? []).compactMap(RedisSlowLog.entry)
    }

    private static func entry(_ reply: RedisReply) -> Entry? {
        guard let parts = reply.elements, parts.count >= 4, let id = parts[0].integer,
            let at = parts[1].integer, let microseconds = parts[2].integer,
            let words = parts[3].elements
        else { return nil }
        let address = parts.count > 4 ? cleaned(parts[4].bytes ?? [], limit: 64) : ""
        let name = parts.count > 5 ? cleaned(parts[5].bytes ?? [], limit: 32) : ""
        return Entry(
            id: id, at: Double(at), duration: Double(microseconds) / 1e6, command: text(words),
            client: [name, address].filter { !$0.isEmpty }.joined(separator: " "))
    }

    private static func text(_ words: [RedisReply]) -> String {
        guard let first = words.first?.bytes else { return "" }
        let command = cleaned(first, limit: 64).uppercased()
        guard words.count > 1 else { return command }
        guard !secretive.contains(command), let argument = words[1].bytes else {
            return "\(command) …"
        }
        let rest = words.count > 2 ? " … (\(words.count - 1) arguments)" : ""
        return "\(command) \(cleaned(argument, limit: 60))\(rest)"
    }

    private static let secretive: Set = ["AUTH", "HELLO", "ACL", "CONFIG", "MIGRATE"]

    /// redis_exporter's series; `length` is what `SLOWLOG LEN` said.
    func families(length: Int64?) -> [MetricFamily] {
        var families = [
            MetricFamily(
                "redis_slowlog_last_id", .gauge, "Id of the newest entry of the slow log.",
                value: Double(entries.first?.id ?? 0)),
            MetricFamily(
                "redis_last_slow_execution_duration_seconds", .gauge,
                "How long the newest slow command took.", value: entries.first?.duration ?? 0),
        ]
        if let length {
            families.append(
                MetricFamily(
                    "redis_slowlog_length", .gauge, "Entries in the slow log.",
                    value: Double(length)))
        }
        return families
    }
}

/// What `LATENCY LATEST` said: the last spike of each event above the server's threshold.
enum RedisLatency {
    static func families(_ reply: RedisReply) -> [MetricFamily] {
        var last = MetricFamily(
            "redis_latency_spike_last", .gauge, "When a latency spike last occurred.")
        var duration = MetricFamily(
            "redis_latency_spike_duration_seconds", .gauge, "Length of the last latency spike.")
        for event in (reply.elements ?? []).prefix(100) {
            guard let parts = event.elements, parts.count >= 3, let name = parts[0].bytes,
                let at = parts[1].integer, let milliseconds = parts[2].integer
            else { continue }
            let labels: Labels = ["event_name": cleaned(name, limit: 64)]
            last.points.append(MetricPoint(Double(at), labels))
            duration.points.append(MetricPoint(Double(milliseconds) / 1000, labels))
        }
        return [last, duration].filter { !$0.points.isEmpty }
    }
}
