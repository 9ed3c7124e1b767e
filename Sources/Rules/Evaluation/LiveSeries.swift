import TimeSeries

/// A sample that is written, with its series.
public struct RuleSample: Sendable, Hashable {
    public var labels: Labels
    public var sample: Sample

    public init(_ labels: Labels, _ sample: Sample) {
        self.labels = labels
        self.sample = sample
    }
}

/// Takes a sample and says what became of it; `Head.append` is one.
public typealias RuleAppender = (Labels, Sample) -> AppendResult

/// The series that were written last time, so that those that are not written again are marked as
/// ended.
public struct LiveSeries: Sendable {
    private var live: Set<Labels> = []

    public init() {}

    /// Appends samples, and staleness markers for what is live and not among them.
    ///
    /// - Parameter time: That of the markers.
    /// - Returns: What became of the samples, the markers not counted.
    public mutating func append(
        _ samples: [RuleSample], at time: Timestamp, to append: RuleAppender
    ) -> AppendCounts {
        var counts = AppendCounts()
        var current: Set<Labels> = []
        for one in samples {
            let result = append(one.labels, one.sample)
            counts.count(result)
            // A sample of that time that is there already was written by another rule.
            if result == .appended || result == .duplicate { current.insert(one.labels) }
        }
        for ended in live.subtracting(current) { _ = append(ended, Sample(time, .stale)) }
        live = current
        return counts
    }

    /// Marks all as ended.
    public mutating func end(at time: Timestamp, to append: RuleAppender) {
        _ = self.append([], at: time, to: append)
    }
}

extension RuleAlert {
    /// `ALERTS`, which is 1, and `ALERTS_FOR_STATE`, whose value is the time in seconds at which it
    /// became active.
    public func samples(at time: Timestamp) -> [RuleSample] {
        let state = labels.with("alertstate", phase.rawValue)
            .with(Labels.metricName, AlertSeries.state)
        let since = labels.with(Labels.metricName, AlertSeries.activeSince)
        let seconds = (Double(activeAt.milliseconds) / 1000).rounded(.down)
        return [
            RuleSample(state, Sample(time, 1)), RuleSample(since, Sample(time, seconds)),
        ]
    }
}

/// The names of what each evaluation writes of alerts.
public enum AlertSeries {
    public static let state = "ALERTS"
    public static let activeSince = "ALERTS_FOR_STATE"
}
