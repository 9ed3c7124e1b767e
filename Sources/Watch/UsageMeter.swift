import Snapshot

/// What the watch itself costs, over the last ten seconds or so.
struct UsageMeter {
    private var points: [(at: ContinuousClock.Instant, usage: OwnUsage, appended: Int)]
    /// Samples stored since the start.
    var appended = 0

    /// One point a second is noted, this many are kept.
    private static let window = 10

    init(at now: ContinuousClock.Instant) { points = [(now, OwnUsage.now(), 0)] }

    mutating func measure(at now: ContinuousClock.Instant) {
        points.append((now, OwnUsage.now(), appended))
        points.removeFirst(max(0, points.count - UsageMeter.window))
    }

    func cost(series: Int, limit: Int) -> OwnCost {
        guard let first = points.first, let last = points.last else { return OwnCost() }
        let seconds = first.at.duration(to: last.at) / .seconds(1)
        return OwnCost(
            cpu: seconds > 0 ? (last.usage.cpuSeconds - first.usage.cpuSeconds) / seconds : nil,
            residentBytes: last.usage.residentBytes, series: series, seriesLimit: limit,
            samplesPerSecond: seconds > 0 ? Double(last.appended - first.appended) / seconds : 0)
    }
}
