import Checklist
import PromQL
import Snapshot
import Targets
import Terminal
import TimeSeries

// The risk register.
extension PlanPane {
    var risks: PaneContent {
        PaneContent(
            kind: .checklist,
            columns: [
                Columns.glyph, Column("risk", 14...36, gap: 1, fitsContent: true),
                Column("state", 9...9, stays: true), Column("likely", 6...8, priority: 3),
                Column("impact", 8...8, priority: 2),
                Column("signals", 7...7, right: true, priority: 1),
                Column("mitigation", 16...100, priority: 4),
            ],
            lines: byPlan { report in
                report.risks.filter { passes($0.name, $0.mitigation) }.map { risk in
                    .init(
                        id: .planRisk(report.file, risk.anchor), row: row(risk),
                        health: risk.state == .exposed ? .degraded : .ok)
                }
            }, empty: [Span("no plan has a register of risks", .dim)])
    }

    private func row(_ risk: ChecklistReport.Risk) -> Row {
        let look = risk.state.look
        let held = risk.checks.count { $0.verdict == .pass }
        let signals: [Span] =
            risk.checks.isEmpty
            ? [] : [Span("\(held)", .text), Span(" of \(risk.checks.count)", .dim)]
        return Row([
            .text(look.glyph, look.role), .text(cleaned(risk.name, limit: 80), .text),
            .text(look.word, look.role), .text(cleaned(risk.probability, limit: 20), .dim),
            .text(cleaned(risk.impact, limit: 20), .dim), .text(signals),
            .text(cleaned(risk.mitigation, limit: 200), .dim),
        ])
    }
}

// The steps of a run.
extension PlanPane {
    var run: PaneContent {
        let reports = plans.reports.filter { !$0.steps.isEmpty }
        var content = PaneContent(
            kind: .checklist,
            columns: [
                Columns.glyph, Column("step", 22...60, gap: 1, fitsContent: true),
                Column("planned", 7...7, right: true, priority: 1),
                Column("verified", 8...8, right: true, stays: true),
                Column("late", 6...6, right: true, priority: 3),
                Column("gate and evidence", 16...100, priority: 2),
            ], lines: byPlan(stepLines),
            empty: [Span("no plan has steps: bind items with life = \"run\"", .dim)])
        content.lead = reports.map(head)
        return content
    }

    private func head(_ report: ChecklistReport) -> [Span] {
        let isOnly = plans.reports.count { !$0.steps.isEmpty } == 1
        return (isOnly ? [] : [Span("\(cleaned(report.plan, limit: 30))  ", .text)])
            + state(of: report)
    }

    private func state(of report: ChecklistReport) -> [Span] {
        let done = report.steps.count(where: \.isDone)
        let progress = "  \(done) of \(report.steps.count) steps"
        guard let run = report.run else {
            return [
                Span("no run", .text), Span(progress, .dim), Span("   :run start NAME", .dim),
            ]
        }
        let name = Span(cleaned(run.name, limit: 40), .strong)
        if let closed = run.closed {
            return [
                name, Span("  closed \(closed.timeText.prefix(5))Z", .dim), Span(progress, .dim),
            ]
        }
        let age = scene.now.duration(since: run.started)
        return [
            name, Span("  under way for \(shortAge(age))", .pending), Span(progress, .text),
            Span("   :run close", .dim),
        ]
    }

    private func stepLines(_ report: ChecklistReport) -> [PaneContent.Line] {
        var lines: [PaneContent.Line] = []
        var section: Int?
        for step in report.steps where passes(step.text) {
            let id = step.section.map {
                RowID.planSection(report.file, report.sections[$0].line)
            }
            let isFolded = id.map(plans.folded.contains) ?? false
            if step.section != section, let place = step.section, let id {
                lines.append(
                    .init(id: id, row: row(report.sections[place], isFolded), health: .ok))
            }
            section = step.section
            if isFolded { continue }
            lines.append(
                .init(
                    id: .planItem(report.file, step.anchor),
                    row: row(step, planned: report.planned(step), hasRun: report.run != nil),
                    health: .ok))
        }
        return lines
    }

    private func row(_ section: ChecklistReport.Section, _ isFolded: Bool) -> Row {
        let planned = section.planned.map { section.hasHour ? "\($0.timeText.prefix(5))" : "" }
        return Row([
            .text(isFolded ? "▸" : "▾", .dim), .text(cleaned(section.title, limit: 100), .title),
            .text(planned ?? "", .dim),
            .text([Span("\(section.done)", .text), Span(" of \(section.total)", .dim)]),
        ])
    }

    private func row(
        _ step: ChecklistReport.Item, planned: Timestamp?, hasRun: Bool
    ) -> Row {
        let look = step.look
        let time = step.verifiedAt.map { "\($0.timeText.prefix(5))" } ?? ""
        return Row([
            .text(look.glyph, look.role),
            .text([Span("  "), Span(cleaned(step.name, limit: 100), .text)]), .none,
            .text(time.isEmpty ? look.word : time, time.isEmpty ? look.role : .text),
            .text(lateness(step, planned)), hasRun ? .text(step.reason.cleanedSpans) : .none,
        ])
    }

    /// How long after its time a step was verified, where both are of one day.
    private func lateness(_ step: ChecklistReport.Item, _ planned: Timestamp?) -> [Span] {
        guard let planned, let at = step.verifiedAt else { return [] }
        let late = at.duration(since: planned)
        guard late > .zero, late < .seconds(86_400) else { return [] }
        return [Span("+\(shortAge(late))", .pending)]
    }
}

// Tables of targets, and the figures over the whole plan.
extension PlanPane {
    var kpis: PaneContent {
        PaneContent(
            kind: .checklist,
            columns: [
                Columns.glyph, Column("", 22...36, gap: 1, fitsContent: true),
                Column("target", 8...14, fitsContent: true),
                Column("measured", 10...12, right: true),
                Column("claimed", 7...14, priority: 3, fitsContent: true),
                Column("due", 6...12, priority: 4, fitsContent: true),
                Column("verdict", 16...90, priority: 1),
            ],
            lines: byPlan { report in
                // Those over all that is watched stand once, in the first plan.
                report.figuresOfTheirOwn.filter { !$0.isOfWatch || report == plans.reports.first }
                    .map { figureLine($0, report) }
                    + report.kpis.filter { passes($0.name) }.map { kpiLine($0, report) }
            }, empty: [Span("no plan has a table of targets", .dim)])
    }

    private func figureLine(
        _ figure: ChecklistReport.Figure, _ report: ChecklistReport
    ) -> PaneContent.Line {
        let value = figure.measured
        return .init(
            id: .planFigure(report.file, figure.name),
            row: Row([
                .text("Σ", .dim), .text(figure.name, .text), .none,
                .text(value ?? "–", value == nil ? .dim : .strong), .none, .none,
                .text(figure.text, .dim),
            ]), health: .ok)
    }

    private func kpiLine(
        _ row: ChecklistReport.KPI, _ report: ChecklistReport
    ) -> PaneContent.Line {
        let kpi = tile(of: row)
        let figure = kpi == nil ? report.figure(row) : nil
        let look = kpi?.look ?? Look(glyph: figure == nil ? "·" : "Σ", word: "unbound", role: .dim)
        let value = kpi?.value.map { Quantity($0, unit: kpi?.unit ?? "").text } ?? figure?.measured
        return .init(
            id: .planKPI(report.file, row.anchor),
            row: Row([
                .text(look.glyph, look.role), .text(cleaned(row.name, limit: 60), .text),
                .text(cleaned(row.target, limit: 30), .dim),
                .text(value ?? "–", value == nil ? .dim : .strong),
                .text(cleaned(row.claim ?? "", limit: 30), .dim),
                .text(cleaned(row.due ?? "", limit: 20), .dim),
                .text(
                    kpi?.verdict ?? [
                        Span(
                            row.kpi.map { "no KPI is named \(cleaned($0, limit: 40))" }
                                ?? figure.map { cleaned($0.text, limit: 200) }
                                ?? "nothing measures it", .dim)
                    ]),
            ]), health: kpi?.health ?? .ok)
    }

    /// The KPI of the configuration that measures a row.
    func tile(of row: ChecklistReport.KPI) -> KPIState? {
        row.kpi.flatMap { name in scene.snapshot.kpis.first { $0.name == name } }
    }
}

// What a plan itself contradicts.
extension PlanPane {
    var notes: PaneContent {
        PaneContent(
            kind: .checklist,
            columns: [
                Column("line", 4...6, right: true), Column("what the plan contradicts", 20...200),
            ],
            lines: byPlan { report in
                report.notes.enumerated().filter { passes($0.element.text) }.map { index, note in
                    .init(
                        id: .planNote(report.file, index),
                        row: Row([
                            .text("\(note.line)", .dim),
                            .text(cleaned(note.text, limit: 300), .text),
                        ]), health: .ok)
                }
            }, empty: [Span("● ", .ok), Span("no plan contradicts itself", .dim)])
    }
}

extension ChecklistReport {
    /// The figure that a row of targets names.
    fileprivate func figure(_ row: KPI) -> Figure? {
        scores.first { $0.name.lowercased() == row.name.lowercased() }
    }

    /// Figures that no row of targets names.
    fileprivate var figuresOfTheirOwn: [Figure] {
        scores.filter { figure in !kpis.contains { self.figure($0) == figure } }
    }
}

extension ChecklistReport.Figure {
    /// Never rounded up to a target.
    fileprivate var measured: String? {
        value.map { value in
            switch unit {
            case .share: "\(Int((value * 100 + 1e-9).rounded(.down))) %"
            case .count: Quantity(value, unit: "").text
            }
        }
    }
}
