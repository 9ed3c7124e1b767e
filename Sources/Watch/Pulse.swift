import Glibc
import TimeSeries

/// Watches for time that this process did not see: a suspended machine, a stopped process, a clock
/// that was set.
struct Pulse {
    private var last: (wall: Timestamp, monotonic: ContinuousClock.Instant)?

    enum Jump: Equatable {
        /// Nothing ran for this long: results of that time do not exist.
        case paused(Duration)
        /// The wall clock moved by this much against the monotonic one.
        case clockSet(Duration)
    }

    /// Call it every second; says what happened since the last call.
    mutating func beat(
        wall: Timestamp, monotonic: ContinuousClock.Instant, expected: Duration
    ) -> Jump? {
        defer { last = (wall, monotonic) }
        guard let last else { return nil }
        let passed = last.monotonic.duration(to: monotonic)
        let drift = wall.duration(since: last.wall) - passed
        if passed > expected + .seconds(10) { return .paused(passed) }
        if drift > .seconds(5) || drift < .seconds(-5) { return .clockSet(drift) }
        return nil
    }
}
