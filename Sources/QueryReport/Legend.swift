import PromQL
import Snapshot
import Terminal
import TimeSeries

/// A series with the numbers that a legend tells of it; values that are no number do not count.
struct SeriesSummary {
    let series: RangeSeries
    /// nil when the series has no sample at the end of the range.
    let current: Double?
    private(set) var low: Double?
    private(set) var peak: Double?
    private(set) var average: Double?

    /// - Parameter last: the time of the range's last step.
    init(_ series: RangeSeries, last: Timestamp) {
        self.series = series
        current = series.samples.last.flatMap { $0.time >= last ? $0.value : nil }
        var mean = 0.0
        var count = 0.0
        for value in series.samples.lazy.map(\.value) where !value.isNaN {
            low = min(low ?? value, value)
            peak = max(peak ?? value, value)
            count += 1
            mean += (value - mean) / count
        }
        average = count > 0 ? mean : nil
    }
}

/// What the lines of a chart are, and the series that it does not show.
struct Legend {
    private let summaries: [SeriesSummary]
    private let columns: LabelColumns
    private let drawn: Int
    private let style: PrintStyle

    init(
        _ summaries: [SeriesSummary], _ columns: LabelColumns, drawn: Int, style: PrintStyle
    ) {
        self.summaries = summaries
        self.columns = columns
        self.drawn = drawn
        self.style = style
    }

    private static let statistics = ["last", "min", "avg", "max"]

    var surface: Surface {
        let listed = summaries.prefix(ChartReport.listLimit)
        var rows = [Row(mark: "", name: "", numbers: Legend.statistics, role: .dim)]
        for (index, summary) in listed.enumerated() {
            if index == drawn {
                rows.append(Row(note: "not drawn, \(summaries.count - drawn) more:"))
            }
            rows.append(row(summary, index))
        }
        if summaries.count > listed.count {
            rows.append(Row(note: "and \(summaries.count - listed.count) more: all are in --csv"))
        }
        return draw(rows)
    }

    private struct Row {
        var mark = ""
        var name = ""
        var numbers: [String] = []
        var role = Role.text
        var note = ""
    }

    private func row(_ summary: SeriesSummary, _ index: Int) -> Row {
        let numbers = [summary.current, summary.low, summary.average, summary.peak]
            .map { $0.map(Legend.text) ?? "–" }
        let name = columns.name(of: summary.series.labels)
        guard index < drawn else { return Row(name: name, numbers: numbers, role: .dim) }
        let mark = style.isUTF8 ? "\(index + 1)" : String(PrintStyle.lineMarks[index])
        return Row(
            mark: drawn > 1 ? mark : style.isUTF8 ? "⠒" : "*", name: name, numbers: numbers,
            role: PrintStyle.lineRoles[index])
    }

    private static func text(_ value: Double) -> String {
        value.isInfinite ? value < 0 ? "-Inf" : "+Inf" : Quantity(value).text
    }

    private func draw(_ rows: [Row]) -> Surface {
        let numberWidths = Legend.statistics.indices.map { index in
            rows.compactMap { $0.numbers.indices.contains(index) ? $0.numbers[index] : nil }
                .map { Terminal.columns(of: $0) }.max() ?? 0
        }
        let numbersWidth = numberWidths.reduce(0) { $0 + $1 + 2 }
        let widest = rows.map { Terminal.columns(of: $0.name) }.max() ?? 0
        let nameWidth = max(8, min(widest, style.width - 4 - numbersWidth))
        var surface = Surface(Size(width: style.width, height: rows.count))
        for (y, row) in rows.enumerated() {
            surface.write(row.note, at: Point(x: 2, y: y), in: surface.area, as: .dim)
            surface.write(row.mark, at: Point(x: 2, y: y), in: surface.area, as: row.role)
            let text: Role = row.mark.isEmpty ? .dim : .text
            surface.write(
                cut(row.name, to: nameWidth), at: Point(x: 4, y: y), in: surface.area, as: text)
            var x = 4 + nameWidth
            for (number, width) in zip(row.numbers, numberWidths) {
                surface.write(
                    flushRight(number, width), at: Point(x: x + 2, y: y), in: surface.area, as: text
                )
                x += 2 + width
            }
        }
        return surface
    }
}
