import TimeSeries

/// A time of a script, in seconds from its start. It is refused where it is not finite or lies
/// further away than `limit`, so that no sum of times overflows.
struct ScriptTime: Decodable, Comparable {
    /// About 300 years.
    static let limit = 1e10

    let seconds: Double

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        seconds = try container.decode(Double.self)
        guard abs(seconds) <= Self.limit else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\(seconds) s is no time from a scenario's start")
        }
    }

    var instant: Timestamp { Timestamp(seconds: seconds) }

    static func < (left: ScriptTime, right: ScriptTime) -> Bool { left.seconds < right.seconds }
}

/// A length of time of a script, in seconds: finite and not negative.
struct ScriptSpan: Decodable, Comparable {
    static let zero = ScriptSpan(0)

    let seconds: Double

    init(_ seconds: Double) { self.seconds = seconds }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        seconds = try container.decode(Double.self)
        guard (0...ScriptTime.limit).contains(seconds) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\(seconds) s is no length of time")
        }
    }

    var duration: Duration { .milliseconds(Int64((seconds * 1000).rounded())) }

    static func < (left: ScriptSpan, right: ScriptSpan) -> Bool { left.seconds < right.seconds }
}
