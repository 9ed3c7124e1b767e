import Snapshot
import TimeSeries

/// The newest values of one number at equal steps, for a sparkline. A step without a value is a gap.
struct HistoryRing {
    static let capacity = 240

    let step: Duration
    private var values: [Double?] = []
    private var last = Timestamp(milliseconds: 0)

    init(step: Duration) { self.step = max(step, .milliseconds(1)) }

    /// Notes the value of one step. The time since the last one, rounded to whole steps, says how
    /// many were missed; a clock that went back, or a pause longer than the ring, starts over.
    mutating func record(_ value: Double?, at time: Timestamp) {
        let steps = (time.duration(since: last) / step).rounded()
        defer { last = time }
        guard !values.isEmpty, steps >= 0, steps <= Double(HistoryRing.capacity) else {
            values = [value]
            return
        }
        for _ in 1..<max(2, Int(steps)) where steps > 1 { values.append(nil) }
        values.append(value)
        values.removeFirst(max(0, values.count - HistoryRing.capacity))
    }

    var history: History { History(step: step, end: last, values: values) }
}
