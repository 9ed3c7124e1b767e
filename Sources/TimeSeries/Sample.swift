/// A value with its time.
public struct Sample: Hashable, Sendable {
    public var time: Timestamp
    public var value: Double

    public init(_ time: Timestamp, _ value: Double) {
        self.time = time
        self.value = value
    }
}

extension Double {
    /// The NaN that marks the end of a series (Prometheus: `value.StaleNaN`). Compare by `isStale`:
    /// any other NaN is a value.
    public static let stale = Double(bitPattern: 0x7ff0_0000_0000_0002)

    public var isStale: Bool { bitPattern == Double.stale.bitPattern }
}

/// What kind of number a metric is, as the exposition formats name it.
public enum MetricType: String, Hashable, Sendable, Codable {
    case counter, gauge, histogram, summary, info
    case stateset
    case gaugehistogram
    case unknown
}

/// Name, type and help text of a metric: what an exposition's `# TYPE` and `# HELP` lines say.
public struct MetricMetadata: Hashable, Sendable, Codable {
    public var name: String
    public var type: MetricType
    public var help: String

    public init(name: String, type: MetricType, help: String) {
        self.name = name
        self.type = type
        self.help = help
    }
}
