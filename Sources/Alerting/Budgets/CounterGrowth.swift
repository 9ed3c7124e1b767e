import TimeSeries

/// What counters grew by, series by series: a value below the one before is a counter that started
/// again from zero.
public struct CounterGrowth: Hashable, Sendable {
    /// The newest value of each series.
    private var values: [Labels: Double] = [:]
    private var hasCollected = false

    public init() {}

    /// What all series together grew by since the collection before, never negative.
    ///
    /// The first collection is where counting starts. A series that appears in a later one was born
    /// since then, and has grown from zero. A series that is left out is forgotten; NaN is no value.
    public mutating func add(_ collection: some Sequence<(labels: Labels, value: Double)>) -> Double
    {
        var next: [Labels: Double] = [:]
        var sum = 0.0
        for (labels, value) in collection where !value.isNaN {
            let before = values[labels] ?? (hasCollected ? 0 : value)
            sum += Self.growth(from: before, to: value)
            next[labels] = value
        }
        values = next
        hasCollected = true
        return sum
    }

    static func growth(from before: Double, to value: Double) -> Double {
        value >= before ? value - before : value
    }
}
