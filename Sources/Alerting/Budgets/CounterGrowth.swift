import TimeSeries

/// What counters grew by, series by series: a value below the one before is a counter that started
/// again from zero.
public struct CounterGrowth: Hashable, Sendable {
    private struct Known: Hashable {
        var value: Double
        /// In how many collections it has been missing since.
        var missed = 0
    }

    /// The newest value of each series.
    private var series: [Labels: Known] = [:]
    private var hasCollected = false

    /// A series that was missing so often is forgotten: an hour at five seconds.
    static let memory = 720

    public init() {}

    /// What all series together grew by since the collection before, never negative.
    ///
    /// The first collection is where counting starts. A series that appears in a later one was born
    /// since then, and has grown from zero. One that was missing for a while goes on from where it
    /// was: its target did not answer. NaN is no value.
    public mutating func add(_ collection: some Sequence<(labels: Labels, value: Double)>) -> Double
    {
        for labels in series.keys { series[labels]?.missed += 1 }
        var sum = 0.0
        for (labels, value) in collection where !value.isNaN {
            let before = series[labels]?.value ?? (hasCollected ? 0 : value)
            sum += Self.growth(from: before, to: value)
            series[labels] = Known(value: value)
        }
        series = series.filter { $0.value.missed < Self.memory }
        hasCollected = true
        return sum
    }

    static func growth(from before: Double, to value: Double) -> Double {
        value >= before ? value - before : value
    }
}
