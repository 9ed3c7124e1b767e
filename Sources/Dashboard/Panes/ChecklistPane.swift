import Snapshot
import Targets
import Terminal

extension Scene {
    func checklist() -> PaneContent {
        let columns = [
            Column("", 10...30), Column("", 6...40, priority: 1),
            Column("done", 9...9, right: true, gap: 1),
            Column("failed", 6...6, right: true, priority: 2),
        ]
        guard let progress = snapshot.checklist else {
            return PaneContent(
                kind: .checklist, columns: columns, lines: [], empty: [Span("no plan loaded", .dim)]
            )
        }
        return PaneContent(
            kind: .checklist, columns: columns,
            lines: progress.plans.map { plan in
                let share = plan.total > 0 ? Double(plan.done) / Double(plan.total) : 0
                let row = Row([
                    .text(plan.title, .text), .meter(Meter(share)),
                    .text([Span("\(plan.done)", .text), Span(" of \(plan.total)", .dim)]),
                    .text("\(plan.failed)", plan.failed > 0 ? .degraded : .dim),
                ])
                return .init(id: .plan(plan.file), row: row, health: .ok)
            })
    }
}
