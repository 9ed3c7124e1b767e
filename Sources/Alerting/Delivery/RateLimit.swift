import TimeSeries

/// How many messages a channel takes: so many at once, and then one each `every`.
public struct RateLimit: Hashable, Sendable {
    public let burst: Int
    public let every: Duration

    /// Nil for a burst below 1 and for no length of time.
    public init?(burst: Int, every: Duration) {
        guard burst >= 1, every >= .milliseconds(1) else { return nil }
        self.burst = burst
        self.every = every
    }

    /// How far the messages of a full burst lie behind the steady rhythm.
    var slack: Duration { every * (burst - 1) }
}

/// A bucket of tokens, kept as the time at which it would be full again: exact in whole milliseconds,
/// with nothing to refill.
struct Pacer: Hashable, Sendable {
    let limit: RateLimit
    private var full = Timestamp.distantPast

    init(_ limit: RateLimit) { self.limit = limit }

    /// The first instant at which a message may go.
    var earliest: Timestamp {
        full == .distantPast ? .distantPast : full - limit.slack
    }

    mutating func take(at now: Timestamp) { full = max(full, now) + limit.every }

    mutating func clockWasSet(by step: Duration) {
        if full != .distantPast { full += step }
    }

    /// After a clock that jumped back nothing waits longer than a whole burst takes.
    mutating func settle(at now: Timestamp) {
        full = min(full, now + limit.every * limit.burst)
    }
}
