import PromQL
import TimeSeries

/// What is asked beside the expression: one instant, or a range of them.
public enum QuerySpan: Hashable, Sendable {
    case instant(Timestamp)
    /// `from`, `from + step`, … up to `through`.
    case range(from: Timestamp, through: Timestamp, step: Duration)
}

/// Options of a query that cannot be used, with what to write instead.
public struct QueryUsageError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}

extension QuerySpan {
    /// The options as they were written, nil where they were not.
    public struct Options: Sendable {
        public var time: String?
        public var range: String?
        public var start: String?
        public var end: String?
        public var step: String?

        public init(
            time: String? = nil, range: String? = nil, start: String? = nil, end: String? = nil,
            step: String? = nil
        ) {
            self.time = time
            self.range = range
            self.start = start
            self.end = end
            self.step = step
        }
    }

    /// Instant unless an option asks for a range.
    ///
    /// - Parameter points: how many steps a range has at most, when no step is given: as many as a
    ///   chart shows.
    public init(_ options: Options, now: Timestamp, points: Int) throws(QueryUsageError) {
        guard options.range != nil || options.start != nil else {
            guard options.end == nil, options.step == nil else {
                throw QueryUsageError("--end and --step are for ranges: add --range or --start")
            }
            self = .instant(try QuerySpan.time(options.time, "--time", now))
            return
        }
        guard options.time == nil else {
            throw QueryUsageError("--time is for one instant; a range ends at --end")
        }
        guard options.range == nil || options.start == nil else {
            throw QueryUsageError("--range and --start both say where to begin: give one of them")
        }
        let end = try QuerySpan.time(options.end, "--end", now)
        let start: Timestamp
        if let range = options.range {
            start = end - (try QuerySpan.length(range, "--range"))
        } else {
            start = try QuerySpan.time(options.start, "--start", now)
        }
        guard start < end else { throw QueryUsageError("the range ends before it begins") }
        let step = try options.step.map { (text) throws(QueryUsageError) in
            try QuerySpan.length(text, "--step")
        }
        self = .range(
            from: start, through: end,
            step: step ?? QuerySpan.step(for: end.duration(since: start), points: points))
    }

    /// The smallest round step that needs no more points: 1, 2, 5, 10, 15, 30 seconds or minutes, …
    static func step(for span: Duration, points: Int) -> Duration {
        let steps = [
            1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200,
            86_400,
        ]
        let wanted = span.inSeconds / Double(max(1, points - 1))
        if let step = steps.first(where: { Double($0) >= wanted }) { return .seconds(step) }
        return .seconds(86_400 * Int64(min((wanted / 86_400).rounded(.up), 1e9)))
    }

    /// "5m", "1h30m", or a number of seconds; above zero.
    private static func length(
        _ text: String, _ option: String
    ) throws(QueryUsageError) -> Duration {
        let seconds = Double(text).flatMap { $0 < 1e12 ? Int64(($0 * 1000).rounded()) : nil }
        guard let length = DurationText.milliseconds(text) ?? seconds, length > 0 else {
            throw QueryUsageError(
                "\(option): \"\(text)\" is no length; write \"30s\", \"5m\" or \"1h30m\"")
        }
        return .milliseconds(length)
    }

    private static func time(
        _ text: String?, _ option: String, _ now: Timestamp
    ) throws(QueryUsageError) -> Timestamp {
        guard let text else { return now }
        guard let time = TimeText.time(text, now: now) else {
            throw QueryUsageError(
                "\(option): \"\(text)\" is no time;"
                    + " write \"2026-01-02T03:04:05Z\", seconds since 1970, or \"-5m\"")
        }
        return time
    }
}
