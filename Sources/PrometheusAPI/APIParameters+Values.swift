import PromQL
import TimeSeries

extension APIParameters {
    /// Beyond this many milliseconds from 1970, either way, a time means "always".
    private static let farthest = Int64(1) << 53

    /// A time: seconds since 1970 with a fraction, or RFC 3339; nil when it is not given.
    func time(_ name: String) throws(APIFailure) -> Timestamp? {
        let text = self[name]
        guard !text.isEmpty else { return nil }
        if let seconds = Double(text), seconds.isFinite {
            let time = Timestamp(seconds: seconds).milliseconds
            return Timestamp(milliseconds: min(max(time, -Self.farthest), Self.farthest))
        }
        if let time = CivilTime.parse(text) { return time }
        throw .parameter(name, "cannot parse \(text.quoted) to a valid timestamp")
    }

    /// As `time`, where it must be given.
    func requiredTime(_ name: String) throws(APIFailure) -> Timestamp {
        guard let time = try time(name) else {
            throw .parameter(name, "cannot parse \"\" to a valid timestamp")
        }
        return time
    }

    /// `start` and `end`, both included; what is not given lies before or after everything.
    func span() throws(APIFailure) -> (from: Timestamp, through: Timestamp) {
        (try time("start") ?? .distantPast, try time("end") ?? .distantFuture)
    }

    /// A duration: a number of seconds, or as "5m"; nil when it is not given. Whole milliseconds.
    func duration(_ name: String) throws(APIFailure) -> Duration? {
        let text = self[name]
        return text.isEmpty ? nil : try Self.duration(name, text)
    }

    func requiredDuration(_ name: String) throws(APIFailure) -> Duration {
        try Self.duration(name, self[name])
    }

    private static func duration(_ name: String, _ text: String) throws(APIFailure) -> Duration {
        if let seconds = Double(text), !seconds.isNaN {
            // What 64 bits hold in nanoseconds, as there: 292 years.
            guard abs(seconds) < 9_223_372_036 else {
                throw .parameter(
                    name, "cannot parse \(text.quoted) to a valid duration. It overflows int64")
            }
            return .milliseconds(Int64(seconds * 1000))
        }
        guard let milliseconds = DurationText.milliseconds(text) else {
            throw .parameter(name, "cannot parse \(text.quoted) to a valid duration")
        }
        return .milliseconds(milliseconds)
    }

    /// How many results at most; nil for no limit, which 0 asks for too.
    func limit(_ name: String = "limit") throws(APIFailure) -> Int? {
        let text = self[name]
        guard !text.isEmpty else { return nil }
        guard let limit = Int(text) else {
            throw .parameter(name, "cannot parse \(text.quoted) to a valid limit")
        }
        guard limit >= 0 else { throw .parameter(name, "limit must be non-negative") }
        return limit == 0 ? nil : limit
    }

    /// A parameter of the words "true" and "false".
    func flag(_ name: String) throws(APIFailure) -> Bool {
        switch self[name] {
        case "", "0", "f", "F", "false", "False", "FALSE": return false
        case "1", "t", "T", "true", "True", "TRUE": return true
        case let text: throw .parameter(name, "cannot parse \(text.quoted) to a boolean")
        }
    }

    /// The expression of `query`.
    func expression() throws(APIFailure) -> Expression {
        let text = self["query"]
        do {
            return try Expression(parsing: text)
        } catch {
            throw .parameter("query", error.said)
        }
    }

    /// The matchers of each `match[]`.
    func selectors() throws(APIFailure) -> [[Matcher]] {
        var selectors: [[Matcher]] = []
        for text in all("match[]") { selectors.append(try Self.selector(text)) }
        return selectors
    }

    private static func selector(_ text: String) throws(APIFailure) -> [Matcher] {
        let expression: Expression
        do {
            expression = try Expression(parsing: text)
        } catch {
            throw .parameter("match[]", error.said)
        }
        guard expression.isPlainSelector, let reading = expression.readings.first else {
            throw .parameter("match[]", "\(text.quoted) is no series selector")
        }
        return reading.matchers
    }
}

extension ParseError {
    /// As Prometheus writes it: `1:5: parse error: …`.
    fileprivate var said: String { "\(line):\(column): parse error: \(message)" }
}
