import Snapshot
import Targets
import Terminal
import TimeSeries

extension Scene {
    /// Promises with what is left of their error budgets; nil where none is made.
    func slos() -> PaneContent? {
        guard !snapshot.slos.isEmpty else { return nil }
        let slos = snapshot.slos.filter { passes($0.name) }.sortedByNeed(\.health)
        return PaneContent(
            kind: .slos,
            columns: [
                Columns.glyph, Columns.name(10...26),
                Column("budget", 16...20, gap: 1, fitsContent: true),
                Column("", 6...24, priority: 3),
                Column("burn", 7...9, right: true, priority: 1),
                Column("gone in", 7...9, right: true, priority: 2),
                Column("seen", 5...5, right: true, priority: 4),
            ],
            lines: slos.map { .init(id: .slo($0.name), row: $0.row, health: $0.health) },
            empty: [Span("no SLO matches the filter", .dim)])
    }
}

extension SLOState {
    var health: Health {
        if failure != nil, remaining == nil { return .unknown }
        if burns.contains(where: { $0.isFiring && $0.severity == "page" }) { return .critical }
        guard let remaining else { return .ok }
        if remaining <= 0 { return .critical }
        return remaining <= 0.25 || burns.contains(where: \.isFiring) ? .degraded : .ok
    }

    var look: Look {
        remaining == nil && failure == nil
            ? Look(glyph: "◔", word: "no data yet", role: .pending) : health.look
    }

    /// "31 min of 43 min", with a "~" while the window has not run in full.
    var budgetText: String {
        guard let remaining else { return failure.map { cleaned($0, limit: 20) } ?? "–" }
        let left = Duration.seconds(allowedOutage.inSeconds * remaining)
        let words = left < .zero ? "−\(ageText(.zero - left))" : ageText(left)
        return "\(isEstimate ? "~" : "")\(words) of \(ageText(allowedOutage))"
    }

    fileprivate var row: Row {
        let share = min(max(remaining ?? 0, 0), 1)
        let burn = burns.compactMap(\.long).max()
        return Row([
            .text(look.glyph, look.role), .text(cleaned(name), .text),
            .text(budgetText, remaining == nil ? .dim : look.role == .ok ? .text : look.role),
            .meter(Meter(share)), .text(burn.map { "\(Quantity($0).text)×" } ?? "–"),
            .text(exhaustion.map { ageText(.seconds($0)) } ?? "–", .dim),
            .text("\(Int((coverage * 100).rounded()))%", .dim),
        ])
    }

    var blocks: [DetailBlock] {
        var facts: [(String, [Span])] = [
            ("state", look.spans),
            ("objective", [Span("\(Quantity(objective, unit: "%").text) in \(window)")]),
            ("budget left", [Span(budgetText)]),
            ("observed", [Span("\(Int((coverage * 100).rounded())) % of the window")]),
            (
                "gone in",
                [Span(exhaustion.map { "at least \(ageText(.seconds($0)))" } ?? "not at this rate")]
            ),
        ]
        if let failure { facts.append(("not judged", [Span(cleaned(failure), .unknown)])) }
        let rows = burns.map { burn in
            Row([
                .text(burn.tier, burn.isFiring ? .critical : .text), .text(burn.severity, .dim),
                .text(burn.long.map { "\(Quantity($0).text)×" } ?? "–"),
                .text(burn.short.map { "\(Quantity($0).text)×" } ?? "–"),
                .text("> \(Quantity(burn.factor).text)×", .dim),
                .text("\(burn.longWindow), \(burn.shortWindow)", .dim),
                .text("\(Int((burn.coverage * 100).rounded()))%", .dim),
            ])
        }
        return [
            .facts(facts), .heading("Burn rates: a tier fires while both windows burn faster"),
            .table(
                [
                    Column("tier", 8...12), Column("severity", 8...8),
                    Column("long", 8...8, right: true), Column("short", 8...8, right: true),
                    Column("fires at", 10...10, right: true), Column("windows", 14...20),
                    Column("seen", 5...5, right: true),
                ], rows),
        ]
    }
}
