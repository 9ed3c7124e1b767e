import Snapshot

/// What the watch itself costs, over the last ten seconds or so.
struct UsageMeter {
    private struct Second {
        var at: ContinuousClock.Instant
        var usage: OwnUsage
        /// Samples stored since the start.
        var appended: Int
        /// How late the collections of this second began.
        var lags: [Duration]
    }

    private var seconds: [Second]
    private var appended = 0
    private var lags: [Duration] = []

    /// Seconds that are kept.
    private static let window = 10

    init(at now: ContinuousClock.Instant) {
        seconds = [Second(at: now, usage: .now(), appended: 0, lags: [])]
    }

    mutating func note(_ item: Inbox.Item) {
        appended += item.counts.appended
        lags.append(item.lag)
    }

    /// Call it once a second.
    mutating func measure(at now: ContinuousClock.Instant) {
        seconds.append(Second(at: now, usage: .now(), appended: appended, lags: lags))
        lags.removeAll(keepingCapacity: true)
        seconds.removeFirst(max(0, seconds.count - UsageMeter.window))
    }

    func cost(series: Int, limit: Int) -> OwnCost {
        guard let first = seconds.first, let last = seconds.last else { return OwnCost() }
        let span = first.at.duration(to: last.at) / .seconds(1)
        func perSecond(_ difference: Double) -> Double? { span > 0 ? difference / span : nil }
        return OwnCost(
            cpu: perSecond(last.usage.cpuSeconds - first.usage.cpuSeconds),
            residentBytes: last.usage.residentBytes, series: series, seriesLimit: limit,
            samplesPerSecond: perSecond(Double(last.appended - first.appended)) ?? 0, lag: lag)
    }

    private var lag: Double {
        let sorted = seconds.flatMap(\.lags).sorted()
        guard !sorted.isEmpty else { return 0 }
        return sorted[(sorted.count - 1) * 99 / 100] / .seconds(1)
    }
}
