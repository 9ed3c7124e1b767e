import Snapshot
import Terminal

/// Draws one pane: its rule with title and column labels, and as many rows as fit.
struct PaneView {
    var content: PaneContent
    var isFocused: Bool
    var selected: RowID?
    var linesPerRow: Int

    func draw(in area: Rect, on surface: inout Surface) {
        let body = area.inset(left: 1, top: 1, right: 1)
        let (head, rows) = body.splitTop(min(content.headHeight, body.height))
        for (offset, line) in content.lead.prefix(head.height).enumerated() {
            let row = head.row(offset)
            surface.write(line.fitted(to: row.width), at: row.origin, in: row)
        }
        let arranged = content.arranged(linesPerRow: linesPerRow)
        let layout = TableLayout(arranged.columns, rows: arranged.rows, width: rows.width)
        drawTitle(layout, in: area, on: &surface)
        if content.hasLabelRow, head.height == content.headHeight {
            drawLabels(layout, in: head.row(head.height - 1), on: &surface)
        }
        guard !content.lines.isEmpty else {
            surface.write(content.empty.fitted(to: rows.width), at: rows.origin, in: rows)
            return
        }
        let window = visible(height: rows.height)
        for (offset, index) in window.enumerated() {
            let place = Rect(
                x: rows.x, y: rows.y + offset * linesPerRow, width: rows.width, height: linesPerRow)
            if isFocused, index == selectedIndex {
                surface.paint(place.inset(left: -1, right: -1).intersection(area), .selection)
            }
            layout.draw(arranged.rows[index], in: place.intersection(rows), on: &surface)
        }
        let rest = rows.splitTop(window.count * linesPerRow).rest
        for (offset, line) in content.extras.prefix(rest.height).enumerated() {
            let row = rest.row(offset).inset(left: 2)
            surface.write(line.fitted(to: row.width), at: row.origin, in: row)
        }
    }

    /// The index of the selected row; the first when the selection has gone.
    var selectedIndex: Int { content.lines.firstIndex { $0.id == selected } ?? 0 }

    /// The rows that are shown: from the top, moved so that the selected one is among them.
    func visible(height: Int) -> Range<Int> {
        let capacity = max(0, height / max(1, linesPerRow))
        let count = content.lines.count
        guard count > capacity else { return 0..<count }
        let start = isFocused ? max(0, selectedIndex - capacity + 1) : 0
        return start..<min(count, start + capacity)
    }

    private func drawTitle(_ layout: TableLayout, in area: Rect, on surface: inout Surface) {
        let rule = area.row(0)
        var end = surface.write(
            " \(content.kind.title) ", at: Point(x: rule.x + 1, y: rule.y), in: rule,
            as: isFocused ? .focus : .title)
        if !content.tabs.isEmpty {
            end = surface.write(
                [Span(" ")] + content.tabs, at: Point(x: end + 1, y: rule.y), in: rule)
        }
        let hiddenRows =
            content.lines.count - visible(height: area.height - 1 - content.headHeight).count
        if hiddenRows > 0 {
            end = surface.write(
                "+\(hiddenRows) more ", at: Point(x: end, y: rule.y), in: rule, as: .dim)
        }
        guard !content.lines.isEmpty, !content.hasLabelRow else { return }
        for label in labels(layout) {
            let x = rule.x + 1 + label.x
            let width = columns(of: label.text)
            guard x > end, x + width < rule.maxX else { continue }
            surface.write(" \(label.text) ", at: Point(x: x - 1, y: rule.y), in: rule, as: .dim)
        }
    }

    /// Where tabs leave no room for them in the rule.
    private func drawLabels(_ layout: TableLayout, in row: Rect, on surface: inout Surface) {
        for label in labels(layout) {
            surface.write(
                label.text, at: Point(x: row.x + label.x, y: row.y), in: row, as: .dim)
        }
    }

    /// The labels of the columns; a graph's says how much time it shows.
    private func labels(_ layout: TableLayout) -> [(x: Int, text: String)] {
        layout.places.compactMap { place in
            let column = layout.columns[place.index]
            var text = column.label
            if text == Columns.graphLabel {
                guard let step = content.step else { return nil }
                text = "−" + spanText(step * (place.width * 2))
            }
            let width = columns(of: text)
            guard width > 0, width <= place.width else { return nil }
            return (column.alignsRight ? place.x + place.width - width : place.x, text)
        }
    }
}

/// "2 min 40 s", "3 min", "45 s": the time that a graph shows.
func spanText(_ duration: Duration) -> String {
    let seconds = max(0, duration.components.seconds)
    let (minutes, rest) = (seconds / 60, seconds % 60)
    if minutes == 0 { return "\(rest) s" }
    return rest == 0 || minutes >= 10
        ? "\(minutes) min" : "\(minutes):\(rest < 10 ? "0" : "")\(rest) min"
}
