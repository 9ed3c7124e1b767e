import Snapshot
import Targets
import Terminal
import TimeSeries

/// All facts about one row, on the whole body of the screen.
struct DetailView {
    var scene: Scene
    var detail: Model.Detail
    var runbooks: [String: Runbook] = [:]
    var plans = PlansView()

    /// The most lines a detail has; what is beyond is left out.
    static let scrollLimit = Surface.limit.height

    func draw(in area: Rect, on surface: inout Surface) {
        guard !area.isEmpty else { return }
        let rule = area.row(0)
        surface.write(
            String(repeating: "─", count: rule.width), at: rule.origin, in: rule, as: .faint)
        let title = title.fitted(to: rule.width - 4)
        surface.write(
            [Span(" ")] + title + [Span(" ")], at: Point(x: rule.x + 1, y: rule.y), in: rule)
        let body = area.inset(left: 1, top: 1, right: 1)
        let page = page(width: body.width)
        let scroll = min(detail.scroll, max(0, page.size.height - body.height))
        surface.paste(page, from: scroll, into: body)
        let below = page.size.height - scroll - body.height
        if below > 0 {
            surface.writeRight([Span(" \(below) more lines ", .dim)], in: rule.inset(right: 2))
        }
    }

    /// How far this can be scrolled.
    func lastScroll(in area: Rect) -> Int {
        let body = area.inset(left: 1, top: 1, right: 1)
        return max(0, page(width: body.width).size.height - body.height)
    }

    /// The whole document, as high as it is.
    private func page(width: Int) -> Surface {
        let blocks = blocks
        let heights = blocks.map { $0.height(width: width) }
        var page = Surface(
            Size(width: width, height: min(heights.reduce(0, +), DetailView.scrollLimit)))
        var y = 0
        for (block, height) in zip(blocks, heights) {
            let area = Rect(x: 0, y: y, width: width, height: height)
            block.draw(in: area, on: &page)
            y += height
        }
        return page
    }

    private var title: [Span] {
        switch detail.row {
        case .target(let id), .container(let id, _):
            guard let target = target(id) else { return [Span(id.description, .focus)] }
            var name = id.description
            if case .container(_, let container) = detail.row { name += "  \(container)" }
            let age = ageText(scene.now.duration(since: target.since))
            return [Span(name + "  ", .focus)] + target.look.spans + [Span("  for \(age)", .dim)]
        case .kpi(let name): return [Span("KPI  \(name)", .focus)]
        case .slo(let name): return [Span("SLO  \(name)", .focus)]
        case .alert(let name, let place): return [Span("Alert  \(name)  \(place)", .focus)]
        case .limit(let what): return [Span("Limit  \(what)", .focus)]
        case .plan(let file), .planSection(let file, _): return [Span("Plan  \(file)", .focus)]
        case .planItem(let file, let anchor):
            let look = plans.item(file, anchor)?.look.spans ?? []
            return [Span("Item  \(anchor)  ", .focus)] + look
        case .planRisk(_, let anchor): return [Span("Risk  \(anchor)", .focus)]
        case .planKPI(_, let anchor): return [Span("Plan KPI  \(anchor)", .focus)]
        case .planFigure(_, let name): return [Span(name, .focus)]
        case .planNote: return [Span("What the plan contradicts", .focus)]
        }
    }

    func target(_ id: TargetID) -> TargetState? { scene.snapshot.targets.first { $0.id == id } }

    private var blocks: [DetailBlock] {
        switch detail.row {
        case .target(let id): target(id).map(targetBlocks) ?? gone
        case .container(let id, let name): containerBlocks(id, name) ?? gone
        case .kpi(let name): scene.snapshot.kpis.first { $0.name == name }?.blocks ?? gone
        case .slo(let name): scene.snapshot.slos.first { $0.name == name }?.blocks ?? gone
        case .alert(let name, let place):
            scene.snapshot.alerts.first { $0.name == name && $0.place == place }?
                .blocks(at: scene.now, runbooks, scene.snapshot.paging) ?? gone
        case .limit(let what): scene.limitBlocks(what) ?? gone
        case .plan, .planSection, .planItem, .planRisk, .planKPI, .planFigure,
            .planNote:
            planBlocks ?? gone
        }
    }

    private var gone: [DetailBlock] { [.line([Span("it is not there any more", .dim)])] }

    private func containerBlocks(_ id: TargetID, _ name: String) -> [DetailBlock]? {
        guard let target = target(id), case .containers(let engine)? = target.detail,
            let container = engine.containers.first(where: { $0.name == name })
        else { return nil }
        return container.blocks(at: scene.now) + target.findingBlocks
    }

    private func targetBlocks(_ target: TargetState) -> [DetailBlock] {
        var blocks = target.stateBlocks(at: scene.now) + target.findingBlocks
        let hasHistory = target.history.values.contains { $0 != nil }
        if hasHistory {
            blocks += [
                .heading(target.id.kind.historyTitle),
                .graph(target.history, unit: target.id.kind.historyUnit, limit: nil),
            ]
        }
        switch target.detail {
        case .probe(let probe): blocks += probe.blocks(at: scene.now)
        case .postgres(let server): blocks += server.blocks
        case .redis(let server): blocks += server.blocks(at: scene.now)
        case .containers(let engine): blocks += engine.blocks
        case .host(let host): blocks += host.blocks
        case .scrape(let scrape): blocks += scrape.blocks
        case .command(let command): blocks += command.blocks
        case nil: break
        }
        return blocks
    }
}

extension TargetState {
    fileprivate func stateBlocks(at now: Timestamp) -> [DetailBlock] {
        var blocks: [DetailBlock] = []
        if !reason.isEmpty { blocks.append(.text(reason, look.role)) }
        if let remedy { blocks.append(.text("→ \(remedy)", .text)) }
        let seen = lastSuccess.map { "\(ageText(now.duration(since: $0))) ago" } ?? "never"
        let tried = lastTry.map { "\(ageText(now.duration(since: $0))) ago" } ?? "never"
        blocks.append(
            .facts([
                ("last success", [Span(seen, freshness(at: now) == .fresh ? .text : .degraded)]),
                ("last try", [Span(tried)]), ("every", [Span(ageText(interval))]),
                ("state since", [Span("\(since.timeText)Z")]),
            ]))
        return blocks
    }

    var findingBlocks: [DetailBlock] {
        guard !findings.isEmpty else { return [] }
        return [.heading("Findings")]
            + findings.flatMap { finding -> [DetailBlock] in
                var blocks: [DetailBlock] = [
                    .line(finding.health.look.spans + [Span("  \(finding.title)", .strong)])
                ]
                if finding.actual != nil || finding.expected != nil {
                    blocks.append(
                        .line([
                            Span("  was ", .dim), Span(finding.actual ?? "–", .text),
                            Span("  wanted ", .dim), Span(finding.expected ?? "–", .text),
                        ]))
                }
                if let remedy = finding.remedy { blocks.append(.text("→ \(remedy)", .text)) }
                return blocks
            }
    }
}

extension TargetKind {
    fileprivate var historyTitle: String {
        switch self {
        case .http, .tcp: "Time of each probe"
        case .scrape: "Time of each scrape"
        case .command: "Time of each run"
        case .postgres: "Transactions per second"
        case .redis: "Commands per second"
        case .containers, .host: "Cores in use"
        }
    }
}
