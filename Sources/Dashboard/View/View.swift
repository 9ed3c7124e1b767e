import Snapshot
import Terminal

/// The whole screen for a model: a pure function of it.
public func view(_ model: Model) -> Surface {
    var surface = Surface(model.size)
    let area = surface.area
    guard !area.isEmpty else { return surface }
    if area.width < OverviewLayout.least.width || area.height < OverviewLayout.least.height {
        SmallView(model: model).draw(in: area, on: &surface)
    } else {
        OverviewView(model: model).draw(on: &surface)
    }
    if let overlay = model.overlay {
        OverlayView(model: model, overlay: overlay).draw(on: &surface)
    }
    return surface
}

/// Header, panes or a detail, and the line of keys.
struct OverviewView {
    var model: Model

    func draw(on surface: inout Surface) {
        let scene = model.scene
        let contents = model.detail == nil ? scene?.contents(zoom: model.zoom) ?? [:] : [:]
        let layout = OverviewLayout(size: surface.size, contents: contents, zoom: model.zoom)
        Header(model: model).draw(in: layout.header, on: &surface)
        if let scene {
            ProblemLines(scene: scene, link: model.link).draw(in: layout.problems, on: &surface)
        }
        if let scene, let detail = model.detail {
            DetailView(
                scene: scene, detail: detail, runbooks: model.runbooks, plans: model.shownPlans
            ).draw(
                in: layout.body, on: &surface)
        } else if scene == nil {
            drawEmpty(layout, on: &surface)
        } else {
            drawPanes(layout, contents, on: &surface)
        }
        Footer(model: model, hiddenPanes: layout.hidden.count).draw(in: layout.footer, on: &surface)
    }

    private func drawPanes(
        _ layout: OverviewLayout, _ contents: [PaneKind: PaneContent], on surface: inout Surface
    ) {
        drawLines(layout, on: &surface)
        let focus = model.focusedPane(layout)
        for pane in layout.panes {
            guard let content = contents[pane.kind] else { continue }
            PaneView(
                content: content, isFocused: pane.kind == focus,
                selected: model.selection[pane.kind],
                linesPerRow: pane.linesPerRow
            ).draw(in: pane.area, on: &surface)
        }
    }

    private func drawLines(_ layout: OverviewLayout, on surface: inout Surface) {
        var lines = LineGrid()
        let body = layout.body
        for x in layout.uprights { lines.vertical(x: x, from: body.y, through: body.maxY - 1) }
        for pane in layout.panes {
            let reach = layout.isFramed ? 1 : 0
            lines.horizontal(
                y: pane.area.y, from: pane.area.x - reach, through: pane.area.maxX - 1 + reach)
        }
        if let first = layout.uprights.first, let last = layout.uprights.last {
            lines.horizontal(y: body.maxY - 1, from: first, through: last)
        }
        lines.draw(in: body, on: &surface)
    }

    /// Before the first snapshot: an empty frame, so that nothing jumps when data arrives.
    private func drawEmpty(_ layout: OverviewLayout, on surface: inout Surface) {
        var lines = LineGrid()
        let body = layout.body
        lines.horizontal(y: body.y, from: body.x, through: body.maxX - 1)
        lines.draw(in: body, on: &surface)
    }
}

/// A screen too small for panes: the counts, then the worst problems, a line each.
struct SmallView {
    var model: Model

    func draw(in area: Rect, on surface: inout Surface) {
        guard let scene = model.scene else {
            surface.write(cut("dogwatch …", to: area.width), at: area.origin, in: area, as: .brand)
            return
        }
        let counts = StateCounts(scene.snapshot).spans(within: area.width)
        surface.write(counts, at: area.origin, in: area)
        if area.height == 1 {
            let rest = area.inset(left: counts.width + 2)
            if let worst = scene.problems.first {
                surface.write(
                    cut(worst.what, to: rest.width), at: rest.origin, in: rest, as: .strong)
            }
            return
        }
        for (index, problem) in scene.problems.prefix(area.height - 1).enumerated() {
            let row = area.row(index + 1)
            let spans = [
                Span("\(problem.health.look.glyph) ", problem.health.look.role),
                Span(problem.what, .strong), Span(" \(problem.why)", .text),
            ]
            surface.write(spans.fitted(to: row.width), at: row.origin, in: row)
        }
    }
}

extension Model {
    /// What the panes are made from; nil before the first snapshot.
    var scene: Scene? {
        shown.map { shown in
            var scene = Scene(snapshot: shown.snapshot, now: shown.now, filter: filter)
            if zoom == .checklist { scene.plans = shownPlans }
            return scene
        }
    }

    /// The pane with the focus among those on the screen.
    func focusedPane(_ layout: OverviewLayout) -> PaneKind? {
        layout.panes.contains { $0.kind == focus } ? focus : layout.panes.first?.kind
    }
}

extension Scene {
    /// Every pane that has something to show; with `zoom` that one alone, if it has.
    func contents(zoom: PaneKind? = nil) -> [PaneKind: PaneContent] {
        if let zoom, var content = content(zoom) {
            if zoom == .alerts { content.extras += receiverLines }
            return [zoom: content]
        }
        var contents: [PaneKind: PaneContent] = [:]
        for kind in PaneKind.allCases { contents[kind] = content(kind) }
        return contents
    }
}
