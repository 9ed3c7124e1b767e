/// An instant in UTC, in whole milliseconds since 1970-01-01T00:00:00Z, as Prometheus counts it.
public struct Timestamp: Hashable, Comparable, Sendable, Codable {
    /// Milliseconds since the Unix epoch; negative before it.
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// From seconds since the epoch, rounded to the nearest millisecond.
    /// Values beyond what 64 bits hold are clamped; NaN becomes 0.
    public init(seconds: Double) {
        let scaled = (seconds * 1000).rounded()
        milliseconds = scaled.isNaN ? 0 : Int64(exactly: scaled) ?? (scaled < 0 ? .min : .max)
    }

    /// Before and after every time that a sample can have.
    public static let distantPast = Timestamp(milliseconds: .min)
    public static let distantFuture = Timestamp(milliseconds: .max)

    /// What lies further ahead of the clock than this was dated by another clock, not by ours before it
    /// was set back.
    public static let longestLead = Duration.seconds(86_400)

    /// Seconds since the epoch.
    public var seconds: Double { Double(milliseconds) / 1000 }

    public init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    public static func + (left: Timestamp, right: Duration) -> Timestamp {
        Timestamp(milliseconds: left.milliseconds &+ right.milliseconds)
    }

    public static func += (left: inout Timestamp, right: Duration) { left = left + right }

    public static func - (left: Timestamp, right: Duration) -> Timestamp {
        Timestamp(milliseconds: left.milliseconds &- right.milliseconds)
    }

    /// The time from `earlier` to this instant; negative when `earlier` is the later one.
    public func duration(since earlier: Timestamp) -> Duration {
        .milliseconds(milliseconds &- earlier.milliseconds)
    }
}

extension Duration {
    /// Whole milliseconds, rounded toward zero and clamped to 64 bits.
    public var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow
            ? (seconds < 0 ? .min : .max) : product &+ attoseconds / 1_000_000_000_000_000
    }

    /// Seconds as a floating-point number.
    public var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
