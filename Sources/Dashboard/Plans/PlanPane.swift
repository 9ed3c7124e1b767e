import Checklist
import Snapshot
import Targets
import Terminal
import TimeSeries

/// The checklist on the whole screen: the tree of items, the risks, the run or the KPIs of each plan.
struct PlanPane {
    var plans: PlansView
    var scene: Scene

    var content: PaneContent {
        let isNone = scene.snapshot.checklist == nil
        guard !plans.reports.isEmpty, !isNone else {
            return PaneContent(
                kind: .checklist, columns: [Column("", 10...60)], lines: [],
                empty: [
                    Span(isNone ? "no plan loaded: set plans in [watch]" : "reading …", .dim)
                ])
        }
        var content =
            switch plans.part {
            case .items: items
            case .risks: risks
            case .run: run
            case .kpis: kpis
            case .notes: notes
            }
        content.tabs = tabs
        return content
    }

    /// The parts; the one on the screen stands out.
    private var tabs: [Span] {
        PlansView.Part.allCases.flatMap { part in
            [Span("\(part.rawValue)", part == plans.part ? .strong : .dim), Span("  ")]
        }
    }

    /// The lines of each plan that has any, below its name where there are several plans.
    func byPlan(
        _ lines: (ChecklistReport) -> [PaneContent.Line]
    ) -> [PaneContent.Line] {
        plans.reports.flatMap { report -> [PaneContent.Line] in
            let own = lines(report)
            guard plans.reports.count > 1, !own.isEmpty else { return own }
            let id = RowID.plan(report.file)
            let isFolded = plans.folded.contains(id)
            let head = Row([
                .text(isFolded ? "▸" : "▾", .dim), .text(cleaned(report.plan, limit: 100), .strong),
            ])
            return [.init(id: id, row: head, health: .ok)] + (isFolded ? [] : own)
        }
    }

    func passes(_ texts: String?...) -> Bool {
        scene.passes(texts.compactMap(\.self).joined(separator: " "))
    }

    // The tree of items.

    private var items: PaneContent {
        var content = PaneContent(
            kind: .checklist,
            columns: [
                Columns.glyph, Column("", 22...48, gap: 1, fitsContent: true),
                Column("state", 9...11, stays: true),
                Column("evidence", 34...120, priority: 1),
                Column("age", 4...4, right: true, priority: 3),
                Column("grade", 9...9, priority: 5, fitsContent: true),
                Column("by", 4...12, priority: 4, fitsContent: true),
            ], lines: plans.reports.flatMap(lines),
            empty: [Span("● ", .ok), Span("no such item", .dim)])
        content.lead = [counts]
        return content
    }

    /// How many items each choice shows.
    private var counts: [Span] {
        let all = plans.reports.flatMap { report in
            report.items.map { (item: $0, planned: report.planned($0)) }
        }
        return PlansView.Show.allCases.flatMap { show -> [Span] in
            var view = plans
            view.show = show
            let count = all.count { view.shows($0.item, planned: $0.planned, at: scene.now) }
            let isShown = show == plans.show
            return [
                Span(show.rawValue, isShown ? .strong : .dim),
                Span(" \(count)", isShown ? .strong : .text), Span("   "),
            ]
        }
    }

    private func lines(_ report: ChecklistReport) -> [PaneContent.Line] {
        let shown = report.items.filter {
            plans.shows($0, planned: report.planned($0), at: scene.now)
                && passes($0.text, $0.anchor, $0.checks.map(\.id).joined(separator: " "))
        }
        guard !shown.isEmpty else { return [] }
        let id = RowID.plan(report.file)
        let head = PaneContent.Line(id: id, row: row(report, id), health: .ok)
        if plans.folded.contains(id) { return [head] }
        let loose = shown.filter { $0.section == nil }.map { line($0, report, depth: 1) }
        return [head] + loose + sectionLines(report, shown)
    }

    private func sectionLines(
        _ report: ChecklistReport, _ shown: [ChecklistReport.Item]
    ) -> [PaneContent.Line] {
        var lines: [PaneContent.Line] = []
        /// The level of the folded section that the walk is in.
        var folded: Int?
        for (index, section) in report.sections.enumerated() {
            if let level = folded, section.level > level { continue }
            folded = nil
            let ids = report.below(index)
            guard shown.contains(where: { $0.section.map(ids.contains) == true }) else { continue }
            let id = RowID.planSection(report.file, section.line)
            let isFolded = plans.folded.contains(id)
            lines.append(.init(id: id, row: row(section, isFolded), health: .ok))
            if isFolded {
                folded = section.level
                continue
            }
            lines += shown.filter { $0.section == index }.map {
                line($0, report, depth: section.level)
            }
        }
        return lines
    }

    private func line(
        _ item: ChecklistReport.Item, _ report: ChecklistReport, depth: Int
    ) -> PaneContent.Line {
        let indent = String(repeating: "  ", count: max(0, depth - 1) + item.depth)
        let row = Row([
            .text(item.look.glyph, item.look.role),
            .text([Span(indent), Span(cleaned(item.name, limit: 100), .text)]),
            .text(item.stateSpans), .text(item.reason.cleanedSpans),
            .text(item.age(at: scene.now), .dim), .text(item.grade ?? "", .dim),
            .text(cleaned(item.signers.first ?? item.owner ?? "", limit: 20), .dim),
        ])
        return .init(
            id: .planItem(report.file, item.anchor), row: row,
            health: item.state == "failed" ? .degraded : .ok)
    }

    private func row(_ report: ChecklistReport, _ id: RowID) -> Row {
        Row([
            .text(plans.folded.contains(id) ? "▸" : "▾", .dim),
            .text(cleaned(report.plan, limit: 100), .strong),
            .text(progress(report.done, of: report.total)),
            .text(troubles(failed: report.failed, unknown: report.unknown)),
        ])
    }

    private func row(_ section: ChecklistReport.Section, _ isFolded: Bool) -> Row {
        let indent = String(repeating: "  ", count: max(0, section.level - 2))
        let stated = section.stated.map { [Span("the heading says \($0)", .dim)] } ?? []
        return Row([
            .text(isFolded ? "▸" : "▾", .dim),
            .text([Span(indent), Span(cleaned(section.title, limit: 100), .title)]),
            .text(progress(section.done, of: section.total)),
            .text(troubles(failed: section.failed, unknown: section.unknown) + stated),
        ])
    }

    private func progress(_ done: Int, of total: Int) -> [Span] {
        [Span("\(done)", done == total ? .ok : .text), Span(" of \(total)", .dim)]
    }

    private func troubles(failed: Int, unknown: Int) -> [Span] {
        var spans: [Span] = []
        if failed > 0 { spans += [Span("\(failed)", .degraded), Span(" failed  ", .dim)] }
        if unknown > 0 { spans += [Span("\(unknown)", .text), Span(" unknown  ", .dim)] }
        return spans
    }
}

extension ChecklistReport {
    /// When the section that an item stands in is planned for.
    func planned(_ item: Item) -> Timestamp? {
        item.section.flatMap { sections.indices.contains($0) ? sections[$0].planned : nil }
    }

    /// A section and those that stand in it.
    fileprivate func below(_ index: Int) -> Range<Int> {
        let level = sections[index].level
        let end = sections[(index + 1)...].firstIndex { $0.level <= level } ?? sections.count
        return index..<end
    }
}

extension [Span] {
    /// What comes from documents and targets.
    var cleanedSpans: [Span] { map { Span(cleaned($0.text, limit: 300), $0.role) } }
}
