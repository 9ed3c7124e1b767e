import Snapshot
import Targets
import Terminal

extension Scene {
    func checklist() -> PaneContent {
        let columns = [
            Column("", 10...30), Column("", 6...40, priority: 1),
            Column("done", 9...9, right: true, gap: 1),
        ]
        guard let progress = snapshot.checklist else {
            return PaneContent(
                kind: .checklist, columns: columns, lines: [], empty: [Span("no plan loaded", .dim)]
            )
        }
        let share = progress.total > 0 ? Double(progress.done) / Double(progress.total) : 0
        let row = Row([
            .text(progress.plan, .text), .meter(Meter(share)),
            .text([Span("\(progress.done)", .text), Span(" of \(progress.total)", .dim)]),
        ])
        return PaneContent(
            kind: .checklist, columns: columns,
            lines: [.init(id: .checklist, row: row, health: .ok)])
    }
}
