import Snapshot
import Terminal

/// The last line: the keys that work now, or what is being typed, paused or said.
struct Footer {
    var model: Model
    var hiddenPanes: Int

    func draw(in row: Rect, on surface: inout Surface) {
        guard !row.isEmpty else { return }
        surface.paint(row, model.paused == nil ? .bar : .banner)
        let inner = row.inset(left: 1, right: 1)
        let state = stateSpans.fitted(to: inner.width)
        surface.write(state, at: inner.origin, in: inner)
        let room = inner.inset(left: state.isEmpty ? 0 : state.width + 3)
        let keys = fittingKeys(room.width)
        if state.isEmpty {
            surface.write(keys, at: room.origin, in: room)
        } else {
            surface.writeRight(keys, in: room)
        }
    }

    private var stateSpans: [Span] {
        if let prompt = model.prompt {
            let (before, after) = prompt.line.parts
            let hint = prompt.completions.prefix(8).joined(separator: " ")
            return [
                Span(":", .key), Span(before, .strong), Span("▏", .focus), Span(after, .strong),
                prompt.fault.map { Span("  \($0)", .critical) }
                    ?? Span(
                        hint.isEmpty
                            ? (before.count < 40 ? "  Enter does it, Esc leaves" : "")
                            : "  \(hint)", .dim),
            ]
        }
        if model.isTyping {
            return [
                Span("/", .key), Span(model.filter, .strong), Span("▏", .focus),
                Span(" Enter keeps it, Esc clears it", .dim),
            ]
        }
        var spans: [Span] = []
        if let message = model.message { spans.append(Span(message + "  ", .strong)) }
        if let paused = model.paused {
            spans.append(Span("◔ paused ", .pending))
            spans.append(Span("at \(paused.at.timeText)Z, the watch goes on, p resumes  ", .text))
        }
        if !model.filter.isEmpty {
            spans.append(Span("filter ", .dim))
            spans.append(Span("/\(model.filter)  ", .pending))
        }
        if hiddenPanes > 0, model.detail == nil {
            spans.append(Span("+\(hiddenPanes) pane\(hiddenPanes > 1 ? "s" : "")  ", .dim))
        }
        return spans
    }

    /// As many keys as fit; help and quit are always among them, at the end.
    private func fittingKeys(_ width: Int) -> [Span] {
        let items = keyItems
        let separator = Span("  ")
        let last = Flow(Array(items.suffix(2)), separator: separator).spans(within: width)
        let first = Flow(Array(items.dropLast(2)), separator: separator)
            .spans(within: width - last.width - 2)
        return first.isEmpty ? last : first + [separator] + last
    }

    private var keyItems: [[Span]] {
        let isDetail = model.detail != nil
        let back: [[Span]] =
            isDetail || model.zoom != nil
            ? [[Span("Esc", .key), Span(" back", .dim)]] : []
        return back
            + KeyTable.bindings.compactMap { binding in
                guard let short = model.isOnPlans ? binding.onPlans : binding.short,
                    binding.action != .fault || !model.faults.isEmpty
                else {
                    return nil
                }
                if isDetail, model.isOnPlans,
                    [.nextPane, .open, .filter, .show].contains(binding.action)
                {
                    return nil
                }
                if isDetail, !model.isOnPlans,
                    ![.acknowledge, .mute, .pause, .theme, .help, .quit].contains(binding.action)
                {
                    return nil
                }
                if model.isOnPlans, !model.isOnItems,
                    [.acknowledge, .mute].contains(binding.action)
                {
                    return nil
                }
                let key = binding.label.split(separator: " ").first.map(String.init) ?? ""
                return [Span(key, .key), Span(" \(short)", .dim)]
            }
    }
}
