import Snapshot
import Terminal
import TimeSeries

/// A part of a detail: a document of headings, facts, texts, tables and graphs.
enum DetailBlock {
    case heading(String)
    /// Label and value pairs, set in as many columns as the width has room for.
    case facts([(label: String, value: [Span])])
    /// One line, cut when it is too wide.
    case line([Span])
    /// Running text, broken between words.
    case text(String, Role)
    case table([Column], [Row])
    case graph(History, unit: String, limit: Sparkline.Limit?)

    static let graphHeight = 6
    private static let factWidth = 36
    private static let labelWidth = 15

    func height(width: Int) -> Int {
        switch self {
        case .heading: 2
        case .facts(let facts):
            (facts.count + DetailBlock.factColumns(width) - 1) / DetailBlock.factColumns(width)
        case .line: 1
        case .text(let text, _): DetailBlock.wrapped(text, width).count
        case .table(let columns, let rows): rows.count + (DetailBlock.hasLabels(columns) ? 1 : 0)
        case .graph: DetailBlock.graphHeight + 1
        }
    }

    func draw(in area: Rect, on surface: inout Surface) {
        switch self {
        case .heading(let text): drawHeading(text, in: area, on: &surface)
        case .facts(let facts): drawFacts(facts, in: area, on: &surface)
        case .line(let spans):
            surface.write(spans.fitted(to: area.width), at: area.origin, in: area)
        case .text(let text, let role):
            for (offset, line) in DetailBlock.wrapped(text, area.width).enumerated() {
                surface.write(line, at: Point(x: area.x, y: area.y + offset), in: area, as: role)
            }
        case .table(let columns, let rows): drawTable(columns, rows, in: area, on: &surface)
        case .graph(let history, let unit, let limit):
            drawGraph(history, unit, limit, in: area, on: &surface)
        }
    }

    private static func hasLabels(_ columns: [Column]) -> Bool {
        columns.contains { !$0.label.isEmpty }
    }

    private static func factColumns(_ width: Int) -> Int { max(1, width / factWidth) }

    private func drawHeading(_ text: String, in area: Rect, on surface: inout Surface) {
        let row = area.row(1)
        surface.write(String(repeating: "─", count: row.width), at: row.origin, in: row, as: .faint)
        surface.write("\(text) ", at: row.origin, in: row, as: .title)
    }

    private func drawFacts(
        _ facts: [(label: String, value: [Span])], in area: Rect, on surface: inout Surface
    ) {
        let count = DetailBlock.factColumns(area.width)
        let width = area.width / count
        for (index, fact) in facts.enumerated() {
            let cell = Rect(
                x: area.x + index % count * width, y: area.y + index / count, width: width - 1,
                height: 1
            ).intersection(area)
            surface.write(
                cut(fact.label, to: DetailBlock.labelWidth), at: cell.origin, in: cell, as: .dim)
            let rest = cell.inset(left: DetailBlock.labelWidth + 1)
            surface.write(fact.value.fitted(to: rest.width), at: rest.origin, in: rest)
        }
    }

    private func drawTable(
        _ columns: [Column], _ rows: [Row], in area: Rect, on surface: inout Surface
    ) {
        let layout = TableLayout(columns, rows: rows, width: area.width)
        for label in layout.labels {
            surface.write(label.text, at: Point(x: area.x + label.x, y: area.y), in: area, as: .dim)
        }
        let first = DetailBlock.hasLabels(columns) ? 1 : 0
        for (offset, row) in rows.enumerated() {
            layout.draw(row, in: area.row(offset + first), on: &surface)
        }
    }

    private func drawGraph(
        _ history: History, _ unit: String, _ limit: Sparkline.Limit?, in area: Rect,
        on surface: inout Surface
    ) {
        guard let top = scaleTop(history.values, unit: unit) else {
            surface.write("no data yet", at: area.origin, in: area, as: .dim)
            return
        }
        let labels = (Quantity(top, unit: unit).text, "0")
        let axis = max(columns(of: labels.0), 6) + 1
        let plot = area.inset(left: axis, bottom: 1)
        Sparkline(history.values, top: top, limit: limit).draw(in: plot, on: &surface)
        let scale = Rect(x: area.x, y: area.y, width: axis - 1, height: area.height)
        surface.writeRight([Span(labels.0, .dim)], in: scale)
        surface.writeRight([Span(labels.1, .dim)], row: area.height - 2, in: scale)
        let times = area.row(area.height - 1).inset(left: axis)
        let span = spanText(history.step * (plot.width * 2))
        surface.write("−\(span)", at: times.origin, in: times, as: .dim)
        surface.writeRight([Span("\(history.end.timeText)Z", .dim)], in: times)
    }

    /// Lines of at most this width, broken between words where there are any. All stand as far in as
    /// the text begins.
    static func wrapped(_ text: String, _ width: Int) -> [String] {
        let indent = text.prefix { $0 == " " }.count
        guard indent == 0 || indent >= width else {
            let lines = wrapped(String(text.dropFirst(indent)), width - indent)
            return lines.map { String(repeating: " ", count: indent) + $0 }
        }
        guard width > 0 else { return [] }
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            var rest = String(word)
            if !line.isEmpty, columns(of: line) + 1 + columns(of: rest) <= width {
                line += " " + rest
                continue
            }
            if !line.isEmpty { lines.append(line) }
            while columns(of: rest) > width {
                let head = String(cut(rest, to: width + 1).dropLast())
                guard !head.isEmpty, head.count < rest.count else { break }
                lines.append(head)
                rest = String(rest.dropFirst(head.count))
            }
            line = rest
        }
        return line.isEmpty ? lines : lines + [line]
    }
}
