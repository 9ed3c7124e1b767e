import TimeSeries

/// The times under which one target's samples are kept.
///
/// A collection that begins within a few milliseconds of its tick is kept under the tick, as
/// Prometheus does: equal steps take a bit a sample on disk, others two bytes.
struct SampleClock {
    /// The most by which a sample's time may differ from the clock's.
    private let tolerance: Int64
    private let interval: Int64
    private var last: Int64?

    init(interval: Duration) {
        self.interval = interval.milliseconds
        tolerance = min(5, self.interval / 100)
    }

    mutating func time(at now: Timestamp) -> Timestamp {
        let now = now.milliseconds
        let tick = last.map { $0 &+ interval } ?? now
        let time = (tick - tolerance...tick + tolerance).contains(now) ? tick : now
        last = time
        return Timestamp(milliseconds: time)
    }
}
