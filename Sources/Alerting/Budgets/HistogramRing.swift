import PromQL
import TimeSeries

/// The cumulative bucket counters of one histogram over time, for quantiles of a window: growths are
/// merged first, and the quantile is taken of their sum.
public struct HistogramRing: Sendable {
    /// The upper bounds of the buckets.
    public let bounds: [Double]
    private var counters: [Double]?
    private var grown: [Double]
    private var ring: CumulativeRing<[Double]>

    public init(bounds: [Double], _ size: RingSize) {
        self.bounds = bounds
        grown = Array(repeating: 0, count: bounds.count)
        ring = CumulativeRing(bucket: size.bucket, span: size.span)
    }

    /// Takes the counters of all buckets in the order of the bounds. A counter that fell started again
    /// from zero; the first row is where counting starts.
    public mutating func record(_ row: [Double], at now: Timestamp) {
        guard row.count == bounds.count else { return }
        for index in row.indices {
            let before = counters?[index] ?? row[index]
            grown[index] += CounterGrowth.growth(from: before, to: row[index])
        }
        counters = row
        ring.record(.init(time: now, observed: 0, reading: grown))
    }

    /// The quantile of what was observed in a window, as PromQL's `histogram_quantile` has it;
    /// nil while the window holds no growth, NaN when nothing was observed in it.
    public func quantile(
        _ share: Double, over length: Duration, endingAt now: Timestamp
    ) -> Double? {
        guard let window = ring.window(length, endingAt: now), window.first.time < window.last.time
        else { return nil }
        let counts = zip(window.last.reading, window.first.reading).map(-)
        var buckets = Buckets(Array(zip(bounds, counts)))
        return buckets.quantile(share)
    }
}
