import Snapshot
import Terminal
import TimeSeries

/// Ticks of a chart's foot at round times, in UTC.
struct TimeAxis {
    private let from: Int64
    private let through: Int64
    private let width: Int

    /// - Parameter width: columns between the two instants, the columns of both included.
    init(from: Timestamp, through: Timestamp, width: Int) {
        self.from = from.milliseconds
        self.through = through.milliseconds
        self.width = width
    }

    /// Columns and texts, from left to right; each text has room around its column.
    var ticks: [(column: Int, text: String)] {
        guard width > 1, through > from else { return [] }
        let spacing = self.spacing
        var ticks: [(Int, String)] = []
        var time = (from + spacing - 1).roundedDown(to: spacing)
        while time <= through, ticks.count < width {
            ticks.append((column(of: time), text(time, spacing)))
            let (next, overflow) = time.addingReportingOverflow(spacing)
            if overflow { break }
            time = next
        }
        return ticks
    }

    private func column(of time: Int64) -> Int {
        let share = Double(time - from) / Double(through - from)
        return Int((share * Double(width - 1)).rounded())
    }

    /// Milliseconds between ticks: the shortest round time whose texts stand apart.
    private var spacing: Int64 {
        let perColumn = Double(through - from) / Double(width - 1)
        let fitting = TimeAxis.steps.first { step in
            Double(step) / perColumn >= Double(step < 60_000 ? 12 : 10)
        }
        if let fitting { return fitting }
        let days = Int64((perColumn * 10 / 86_400_000).rounded(.up))
        return max(days, 1) * 86_400_000
    }

    private static let steps: [Int64] = [
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200,
        86_400, 172_800, 604_800,
    ].map { $0 * 1000 }

    /// A time of day, but the date where a day begins.
    private func text(_ time: Int64, _ spacing: Int64) -> String {
        let stamp = Timestamp(milliseconds: time)
        if time.roundedDown(to: 86_400_000) == time { return String(stamp.dateText.suffix(5)) }
        return spacing < 60_000 ? stamp.timeText : String(stamp.timeText.prefix(5))
    }
}

extension Int64 {
    /// The multiple of `step` at or below.
    fileprivate func roundedDown(to step: Int64) -> Int64 {
        let rest = self % step
        return rest < 0 ? self - rest - step : self - rest
    }
}
