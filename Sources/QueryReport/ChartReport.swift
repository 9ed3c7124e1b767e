import PromQL
import Snapshot
import Targets
import Terminal
import TimeSeries

/// A range's answer as a chart with its scale, its times and a legend.
public struct ChartReport {
    /// Lines that one chart can show so that they are told apart.
    static let lineLimit = 8
    /// Series listed below the chart.
    static let listLimit = 40
    private static let plotHeight = 14

    private let expression: String
    private let series: [RangeSeries]
    private let from: Timestamp
    private let through: Timestamp
    private let step: Duration
    private let style: PrintStyle

    public init(
        _ series: [RangeSeries], of expression: String, from: Timestamp, through: Timestamp,
        step: Duration, style: PrintStyle
    ) {
        self.expression = expression
        self.series = series
        self.from = from
        self.through = through
        self.step = step
        self.style = style
    }

    /// Steps that a chart of this width can show: two to a column.
    public static func points(width: Int) -> Int { max(20, (width - 14) * 2) }

    public var lines: [String] {
        guard !series.isEmpty else { return [] }
        let ranked = self.ranked
        let drawn = Array(ranked.prefix(ChartReport.lineLimit))
        let columns = LabelColumns(series.map(\.labels))
        return style.lines(header(columns)) + style.lines(plot(drawn))
            + style.lines(Legend(ranked, columns, drawn: drawn.count, style: style).surface)
    }

    /// The largest first, so that those are drawn: by their highest value, then by their labels.
    private var ranked: [SeriesSummary] {
        let length = through.duration(since: from).milliseconds
        let last = from + .milliseconds(length - length % max(1, step.milliseconds))
        return series.map { SeriesSummary($0, last: last) }.sorted { left, right in
            let (one, other) = (left.peak ?? -.infinity, right.peak ?? -.infinity)
            return one != other ? one > other : left.series.labels < right.series.labels
        }
    }

    // MARK: above

    private func header(_ columns: LabelColumns) -> Surface {
        let title = cleaned(expression, limit: 1000)
        let end = from.dateText == through.dateText ? through.timeText : plain(through)
        var about =
            "\(plain(from)) – \(end) UTC, step \(DurationText.text(milliseconds: step.milliseconds))"
        if series.count > 1, !columns.common.isEmpty { about += ", all \(columns.common)" }
        let fitted = [Span(cleaned(about, limit: 1000), .dim)].fitted(to: style.width)
        var surface = Surface(Size(width: style.width, height: 2))
        surface.write(
            [Span(title, .strong)].fitted(to: style.width), at: Point(x: 0, y: 0), in: surface.area)
        surface.write(fitted, at: Point(x: 0, y: 1), in: surface.area)
        return surface
    }

    private func plain(_ time: Timestamp) -> String { "\(time.dateText) \(time.timeText)" }

    // MARK: the plot

    private func plot(_ drawn: [SeriesSummary]) -> Surface {
        let values = drawn.flatMap { $0.series.samples.lazy.map(\.value).filter(\.isFinite) }
        let range = (values.min() ?? 0)...(values.max() ?? 0)
        let scale = AxisScale(range, ticks: 5)
        let labels = scale.labels
        let gutter = (labels.map { columns(of: $0) }.max() ?? 0) + 2
        let height = ChartReport.plotHeight
        let foot = scale.hasZero ? 2 : 3
        var surface = Surface(Size(width: style.width, height: height + foot))
        // The last two columns are for the numbers at the lines' ends.
        let area = Rect(x: gutter, width: style.width - gutter - 2, height: height)
        drawScale(scale, labels, beside: area, on: &surface)
        let chart = LineChart(
            drawn.enumerated().map { line($0.element, $0.offset) }.reversed(), scale: scale,
            pen: style.isUTF8 ? .dots : .marks)
        chart.draw(in: area, on: &surface)
        if drawn.count > 1 { drawEnds(chart, beside: area, on: &surface) }
        drawTimes(below: area, on: &surface)
        if !scale.hasZero {
            let note = "the scale begins at \(labels[0]), not at 0"
            surface.write(note, at: Point(x: gutter, y: height + 2), in: surface.area, as: .dim)
        }
        return surface
    }

    private func line(_ summary: SeriesSummary, _ index: Int) -> LineChart.Line {
        LineChart.Line(
            values(of: summary.series), role: PrintStyle.lineRoles[index],
            mark: PrintStyle.lineMarks[index])
    }

    /// The value of each step, nil where there is none.
    private func values(of series: RangeSeries) -> [Double?] {
        let step = max(1, self.step.milliseconds)
        let count = Int(min((through.milliseconds - from.milliseconds) / step + 1, 200_000))
        var values = [Double?](repeating: nil, count: max(1, count))
        for sample in series.samples {
            let offset = sample.time.duration(since: from).milliseconds
            guard offset >= 0, offset <= through.duration(since: from).milliseconds else {
                continue
            }
            let index = Int((offset + step / 2) / step)
            if values.indices.contains(index) { values[index] = sample.value }
        }
        return values
    }

    private func drawScale(
        _ scale: AxisScale, _ labels: [String], beside area: Rect, on surface: inout Surface
    ) {
        for y in 0..<area.height {
            surface.write("│", at: Point(x: area.x - 1, y: y), in: surface.area, as: .faint)
        }
        for (tick, label) in zip(scale.ticks, labels) {
            let y = area.height - 1 - Int((scale.share(tick) * Double(area.height - 1)).rounded())
            let width = area.x - 2
            surface.write(
                flushRight(label, width), at: Point(x: 0, y: y), in: surface.area, as: .dim)
            surface.write("┤", at: Point(x: area.x - 1, y: y), in: surface.area, as: .faint)
            guard tick == 0, y < area.height - 1 else { continue }
            let line = String(repeating: "─", count: area.width)
            surface.write(line, at: Point(x: area.x, y: y), in: area, as: .faint)
        }
    }

    private func drawTimes(below area: Rect, on surface: inout Surface) {
        let y = area.maxY
        surface.write("╰", at: Point(x: area.x - 1, y: y), in: surface.area, as: .faint)
        let line = String(repeating: "─", count: area.width)
        surface.write(line, at: Point(x: area.x, y: y), in: surface.area, as: .faint)
        for (column, text) in TimeAxis(from: from, through: through, width: area.width).ticks {
            let x = area.x + column
            surface.write("┬", at: Point(x: x, y: y), in: surface.area, as: .faint)
            let start = min(max(0, x - columns(of: text) / 2), style.width - columns(of: text))
            surface.write(text, at: Point(x: start, y: y + 1), in: surface.area, as: .dim)
        }
    }

    /// The number of each line where it ends; a row that is taken moves it to the nearest free one.
    private func drawEnds(_ chart: LineChart, beside area: Rect, on surface: inout Surface) {
        var taken = Set<Int>()
        for (index, line) in chart.lines.reversed().enumerated() {
            guard let row = chart.endRow(of: line, height: area.height) else { continue }
            let near = [0, -1, 1, -2, 2].map { row + $0 }
                .first { (0..<area.height).contains($0) && !taken.contains($0) }
            guard let near else { continue }
            taken.insert(near)
            let mark = style.isUTF8 ? "\(index + 1)" : String(line.mark)
            surface.write(
                mark, at: Point(x: area.maxX + 1, y: near), in: surface.area, as: line.role)
        }
    }
}
