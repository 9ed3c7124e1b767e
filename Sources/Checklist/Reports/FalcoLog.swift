import Targets
import TimeSeries

/// The end of what Falco writes with `json_output`: one JSON object in a line. Source: Falco's
/// documentation, "Alerts" and "Falco metrics".
public struct FalcoLog: Sendable, Hashable {
    /// Alerts of warning or worse, at most `limit`, the newest.
    public var alerts: [Alert]
    /// The newest metrics record; nil where metrics are off.
    public var snapshot: Snapshot?
    /// When the oldest line was written.
    public var first: Timestamp?
    /// Lines that are no records.
    public var unreadable: Int

    public static let limit = 5000

    public struct Alert: Sendable, Hashable {
        public var at: Timestamp
        public var priority: Priority
        public var rule: String
        public var container: String
    }

    /// The worst first.
    public enum Priority: String, Sendable, Hashable, CaseIterable {
        case emergency, alert, critical, error, warning

        /// Whether somebody must look at it at once.
        var isCritical: Bool { [.emergency, .alert, .critical].contains(self) }
    }

    /// What Falco says of itself.
    public struct Snapshot: Sendable, Hashable {
        public var at: Timestamp
        public var version: String
        /// Of kernel events since the record before, in percent.
        public var dropped: Double?
        /// Alerts that were lost on their way out, since the start.
        public var lostOutputs: Double?
        public var eventsPerSecond: Double?
        /// Whether events were seen since the record before; nil where that is not told.
        public var hasNewEvents: Bool?
        public var knowsRules: Bool
    }

    static let snapshotRule = "Falco internal: metrics snapshot"

    public init(parsing bytes: [UInt8]) throws(ReportFault) {
        alerts = []
        unreadable = 0
        var lines = 0
        for line in bytes.split(separator: 10) where line.contains(where: { $0 > 32 }) {
            lines += 1
            guard let record = try? decoded(Record.self, from: line),
                let time = Timestamp(rfc3339: record.time)
            else {
                unreadable += 1
                continue
            }
            take(record, at: time)
        }
        guard lines > 0 else { throw ReportFault("it is empty") }
        guard unreadable < lines else { throw ReportFault("no line of it is a record") }
        if alerts.count > Self.limit {
            alerts = Array(alerts.sorted { $0.at < $1.at }.suffix(Self.limit))
        }
    }

    private mutating func take(_ record: Record, at time: Timestamp) {
        first = min(first ?? time, time)
        if record.rule == Self.snapshotRule {
            if snapshot.map({ $0.at <= time }) ?? true {
                snapshot = Snapshot(record.output_fields, at: time)
            }
        } else if let priority = Priority(rawValue: record.priority.lowercased()) {
            let fields = record.output_fields?.texts
            alerts.append(
                Alert(
                    at: time, priority: priority, rule: cleaned(record.rule, limit: 100),
                    container: cleaned(
                        fields?["container.name"] ?? fields?["container.id"] ?? "", limit: 60)))
        }
    }

    private struct Record: Decodable {
        var time: String
        var rule: String
        var priority: String
        var output_fields: Fields?
    }

    /// Fields whose names nobody can list: of each only its text or its number is of use.
    fileprivate struct Fields: Decodable {
        var texts: [String: String] = [:]
        var numbers: [String: Double] = [:]

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Name.self)
            for key in container.allKeys where Self.isOfUse(key.stringValue) {
                if let number = try? container.decode(Double.self, forKey: key) {
                    numbers[key.stringValue] = number
                } else if let text = try? container.decode(String.self, forKey: key) {
                    texts[key.stringValue] = text
                }
            }
        }

        private static func isOfUse(_ name: String) -> Bool {
            ["falco.", "scap.", "container."].contains { name.hasPrefix($0) }
        }

        struct Name: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }

            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }
    }
}

extension FalcoLog.Snapshot {
    fileprivate init(_ fields: FalcoLog.Fields?, at time: Timestamp) {
        let numbers = fields?.numbers ?? [:]
        at = time
        version = cleaned(fields?.texts["falco.version"] ?? "", limit: 20)
        dropped = numbers["scap.n_drops_perc"]
        lostOutputs = numbers["falco.outputs_queue_num_drops"]
        eventsPerSecond = numbers["falco.evts_rate_sec"]
        if let all = numbers["falco.num_evts"], let before = numbers["falco.num_evts_prev"] {
            hasNewEvents = all > before
        } else {
            hasNewEvents = eventsPerSecond.map { $0 > 0 }
        }
        knowsRules =
            fields?.texts.keys.contains { $0.hasPrefix("falco.sha256_rules_file") } ?? false
    }
}
