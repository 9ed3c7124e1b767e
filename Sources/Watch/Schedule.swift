import Targets

/// When a target is collected. Starts lie on a grid of the interval, shifted by a phase that the
/// target's id decides, so that targets spread over the interval and a late one does not drift.
struct Schedule {
    let interval: Duration
    /// Added to every grid point; 0 ≤ phase < interval.
    let phase: Duration
    /// Whether failures stretch the interval: for targets to which a failed try is a new connection,
    /// not for probes, where the failed try is the measurement.
    let backsOff: Bool

    /// The longest pause between tries of a failing target whose interval is shorter.
    static let longestPause = Duration.seconds(15)

    init(spec: TargetSpec) {
        interval = max(spec.interval, .milliseconds(100))
        phase = Schedule.phase(of: spec.id, in: interval)
        backsOff =
            switch spec.id.kind {
            case .postgres, .redis, .containers: true
            case .http, .tcp, .host, .scrape, .command: false
            }
    }

    /// From the start of the watch to the next collection's start.
    ///
    /// - Parameters:
    ///   - elapsed: from the start of the watch to now.
    ///   - failures: failed collections in a row.
    func next(after elapsed: Duration, failures: Int) -> Duration {
        let pause = pause(failures: failures)
        let earliest = elapsed + (pause - interval)
        let steps = ((earliest - phase) / interval).rounded(.down) + 1
        return max(phase + interval * steps, elapsed)
    }

    private func pause(failures: Int) -> Duration {
        guard backsOff, failures > 1 else { return interval }
        let longest = max(interval, Schedule.longestPause)
        return min(interval * (1 << min(failures - 1, 10)), longest)
    }

    /// Phases are multiples of this: of a thousand targets a few start together, so that the process
    /// wakes at most two hundred times a second to start them.
    private static let step = Duration.milliseconds(5)

    /// Spreads ids evenly over the first 90 % of the interval (FNV-1a, mixed by Murmur3's
    /// finalizer: ids often differ in their last byte alone).
    private static func phase(of id: TargetID, in interval: Duration) -> Duration {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in id.description.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ (hash >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        hash ^= hash >> 33
        let fraction = Double(hash >> 40) / Double(1 << 24) * 0.9
        return step * (interval * fraction / step).rounded(.down)
    }
}
