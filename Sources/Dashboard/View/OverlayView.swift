import Targets
import Terminal

/// A box over the middle of the screen: help, a list to choose from, a question.
struct OverlayView {
    var model: Model
    var overlay: Model.Overlay

    func draw(on surface: inout Surface) {
        let text = content
        let width = min(surface.size.width, (text.lines.map(\.width).max() ?? 0) + 4)
        let wide = max(width, min(surface.size.width, columns(of: text.title) + 6))
        let height = min(surface.size.height, text.lines.count + 2)
        let box = Rect(
            x: (surface.size.width - wide) / 2, y: (surface.size.height - height) / 2, width: wide,
            height: height)
        surface.clear(box, .overlay)
        var lines = LineGrid()
        lines.horizontal(y: box.y, from: box.x, through: box.maxX - 1)
        lines.horizontal(y: box.maxY - 1, from: box.x, through: box.maxX - 1)
        lines.vertical(x: box.x, from: box.y, through: box.maxY - 1)
        lines.vertical(x: box.maxX - 1, from: box.y, through: box.maxY - 1)
        lines.draw(in: box, on: &surface)
        surface.write(" \(text.title) ", at: Point(x: box.x + 2, y: box.y), in: box, as: .focus)
        drawLines(text, in: box.inset(left: 2, top: 1, right: 2, bottom: 1), on: &surface)
    }

    private struct Content {
        var title: String
        var lines: [[Span]]
        /// The chosen line.
        var selected: Int?
        /// The first line shown.
        var scroll = 0
    }

    private func drawLines(_ text: Content, in area: Rect, on surface: inout Surface) {
        guard !area.isEmpty else { return }
        let last = max(0, text.lines.count - area.height)
        var start = min(text.scroll, last)
        if let selected = text.selected, selected >= area.height {
            start = min(last, selected - area.height + 1)
        }
        for (offset, line) in text.lines.dropFirst(start).prefix(area.height).enumerated() {
            let row = area.row(offset)
            if start + offset == text.selected { surface.paint(row, .selection) }
            surface.write(line.fitted(to: row.width), at: row.origin, in: row)
        }
    }

    private var content: Content {
        switch overlay {
        case .help(let scroll): Content(title: "Keys", lines: help, scroll: scroll)
        case .themes(let selected, _):
            Content(
                title: "Theme", lines: model.themeNames.map { [Span($0, .text)] } + choiceKeys,
                selected: selected)
        case .faults(let selected):
            Content(
                title: "Cause a fault in the demo, or mend a hole and open it again",
                lines: model.faults.map { [Span($0, .text)] } + choiceKeys, selected: selected)
        case .quit:
            Content(
                title: "Quit?",
                lines: [
                    [Span("This process owns the watch: quitting ends it.", .text)],
                    [Span("\"dogwatch serve\" keeps one running without a screen.", .dim)], [],
                    [
                        Span("q", .key), Span(" quit and end the watch    ", .text),
                        Span("Esc", .key), Span(" stay", .text),
                    ],
                ])
        }
    }

    private var choiceKeys: [[Span]] {
        [
            [],
            [
                Span("↑ ↓", .key), Span(" choose  ", .dim), Span("Enter", .key),
                Span(" take  ", .dim),
                Span("Esc", .key), Span(" leave", .dim),
            ],
        ]
    }

    private var help: [[Span]] {
        let bindings = KeyTable.bindings.filter { $0.action != .fault || !model.faults.isEmpty }
        let width = bindings.map { columns(of: $0.label) }.max() ?? 0
        let keys = bindings.map { [Span(right($0.label, width + 2), .key), Span($0.help, .text)] }
        let gap = Span("  ")
        let waiting = [Look.connecting, .pending].flatMap { $0.spans + [gap] }
        let judged = [Health.ok, .degraded, .unknown, .critical].flatMap { $0.look.spans + [gap] }
        let states: [[Span]] = [
            [], [Span("States  ", .dim)] + judged,
            [Span("        ")] + waiting + [Span("· no data, which is never zero", .dim)],
            [
                Span("Graphs  ", .dim),
                Span("from 0 to the number at the right, newest at the right"),
            ],
            [Span("Phases  ", .dim)] + ProbePhases.legend,
        ]
        return keys + states
    }
}
