import Synchronization
import TimeSeries

/// The clocks of the machine.
public struct TimeSource: Sendable {
    /// The time of day, which people and time servers set.
    public var wall: @Sendable () -> Timestamp
    /// Time that passes, since some moment, also while the machine sleeps.
    public var elapsed: @Sendable () -> Duration
    /// The same without the time that the machine slept.
    public var awake: @Sendable () -> Duration

    public static let system: TimeSource = {
        let (start, awakeStart) = (ContinuousClock.now, SuspendingClock.now)
        return TimeSource(
            wall: wallClock, elapsed: { start.duration(to: .now) },
            awake: { awakeStart.duration(to: .now) })
    }()

    public init(
        wall: @escaping @Sendable () -> Timestamp, elapsed: @escaping @Sendable () -> Duration,
        awake: @escaping @Sendable () -> Duration
    ) {
        self.wall = wall
        self.elapsed = elapsed
        self.awake = awake
    }

    struct Reading: Sendable {
        var wall: Timestamp
        var elapsed: Duration
        var awake: Duration
    }

    /// All of one moment: taken again where the process was held up in between.
    func read() -> Reading {
        for _ in 0..<10 {
            let before = elapsed()
            let reading = Reading(wall: wall(), elapsed: before, awake: awake())
            if elapsed() - before < .milliseconds(100) { return reading }
        }
        return Reading(wall: wall(), elapsed: elapsed(), awake: awake())
    }
}

/// The time under which a watch keeps its samples and judges: that of the day, but never going back.
///
/// Where the clock is set back the time of the watch runs on, ahead of it and a little slower, until the
/// clock has caught up: with samples in the past nothing could be judged until then.
public final class WatchClock: Sendable {
    public let source: TimeSource
    private let last: Mutex<(time: Timestamp, elapsed: Duration)?>

    /// While it is ahead, it loses this part of the time that passes: an hour in two days.
    private static let slowness = 50

    public init(_ source: TimeSource = .system) {
        self.source = source
        last = Mutex(nil)
    }

    public func now() -> Timestamp {
        let reading = source.read()
        return last.withLock { last in
            guard let known = last, known.time > reading.wall else {
                last = (reading.wall, reading.elapsed)
                return reading.wall
            }
            let passed = max(.zero, reading.elapsed - known.elapsed)
            let time = known.time + passed * (Self.slowness - 1) / Self.slowness
            // Of a step below a millisecond nothing would ever be lost.
            if passed >= .seconds(1) { last = (time, reading.elapsed) }
            return time
        }
    }

    /// Goes on after what was kept before, where that lies ahead of the clock.
    func begin(after newest: Timestamp?) {
        let reading = source.read()
        guard let newest, newest > reading.wall,
            newest.duration(since: reading.wall) <= Timestamp.longestLead
        else { return }
        last.withLock { $0 = (newest + .milliseconds(1), reading.elapsed) }
    }

    /// How far it is ahead of the clock.
    public var lead: Duration { max(.zero, now().duration(since: source.wall())) }
}

/// Tells, from look to look, what the clocks did that time does not do.
struct ClockWatch: Sendable {
    struct Look: Sendable {
        var wall: Timestamp
        /// From the last look to this one.
        var passed = Duration.zero
        /// How long the machine slept; zero where it did not.
        var slept = Duration.zero
        /// How far the wall clock was set; zero where it was not.
        var step = Duration.zero
    }

    /// Smaller differences are those of reading clocks one after the other.
    private static let leastSleep = Duration.seconds(1)
    private static let leastStep = Duration.seconds(2)

    private var last: TimeSource.Reading?

    mutating func look(at source: TimeSource) -> Look {
        let reading = source.read()
        defer { last = reading }
        guard let last else { return Look(wall: reading.wall) }
        var look = Look(wall: reading.wall, passed: reading.elapsed - last.elapsed)
        let slept = look.passed - (reading.awake - last.awake)
        if slept > Self.leastSleep { look.slept = slept }
        let step = reading.wall.duration(since: last.wall) - look.passed
        if step > Self.leastStep || step < .zero - Self.leastStep { look.step = step }
        return look
    }
}
