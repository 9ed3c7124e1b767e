import Snapshot
import Targets
import Terminal
import TimeSeries

extension Scene {
    func kpis() -> PaneContent? {
        guard !snapshot.kpis.isEmpty else { return nil }
        let kpis = snapshot.kpis.filter { passes($0.name) }.sortedByNeed { $0.health ?? .ok }
        var content = PaneContent(
            kind: .kpis,
            columns: [
                Columns.glyph, Columns.name(10...26), Column("value", 12...12),
                Columns.graph(priority: 4), Columns.top(priority: 5),
                Column("target", 12...12, priority: 2, fitsContent: true),
                Column("headroom", 17...17, yields: true),
            ],
            lines: kpis.map { kpi in
                .init(id: .kpi(kpi.name), row: kpi.row, health: kpi.health ?? .ok)
            },
            empty: [Span("no KPI matches the filter", .dim)],
            step: kpis.first?.history.step)
        content.tall = .init(
            columns: [
                Columns.glyph, Column("", 14...26, gap: 1, fitsContent: true),
                Columns.graph(priority: 4), Columns.top(priority: 5),
                Column("target", 17...20, yields: true),
            ], rows: kpis.map(\.tallRow), lines: [2, 3, 4, 5])
        return content
    }
}

extension KPIState {
    var look: Look {
        switch judgement {
        case .warming: Look(glyph: "◔", word: "warming", role: .pending)
        case .met: Look(glyph: "●", word: "met", role: .ok)
        case .missed: Look(glyph: "▲", word: "missed", role: .degraded)
        case .unknown: Look(glyph: "?", word: "unknown", role: .unknown)
        case .unjudged: Look(glyph: "○", word: "no target", role: .dim)
        }
    }

    /// "< 100 ms"; nil without a target.
    var targetText: String? {
        guard let comparison, let limit else { return nil }
        let words = ["<=": "≤", ">=": "≥"]
        return "\(words[comparison] ?? comparison) \(Quantity(limit, unit: unit).text)"
    }

    /// "9.7× clear", "4 % clear", "missed by 1.9 %", "warming 0:40/5:00".
    var verdict: [Span] {
        switch judgement {
        case .warming(let observed, let needed):
            [Span("warming \(clock(observed))/\(clock(needed))", .pending)]
        case .met: [Span(clearance ?? "met", .dim)]
        case .missed: [Span(shortfall ?? "missed", .degraded)]
        case .unknown(let reason): [Span("unknown  ", .unknown), Span(reason, .dim)]
        case .unjudged: [Span("no target", .dim)]
        }
    }

    var graphLimit: Sparkline.Limit? {
        guard let limit, let comparison else { return nil }
        return Sparkline.Limit(limit, isCeiling: comparison.hasPrefix("<"))
    }

    fileprivate var row: Row {
        let target = targetText.map { Item.text($0, .dim) } ?? .none
        return Row(
            [.text(look.glyph, look.role), .text(name, .text), .text(valueSpans)]
                + graphItems(history, unit: unit, limit: graphLimit) + [target, .text(verdict)],
            note: note)
    }

    /// The value below the name, the headroom below the target, beside a higher graph.
    fileprivate var tallRow: Row {
        let quantity = value.map { Quantity($0, unit: unit) }
        let number: [Span] = [
            Span(quantity?.number ?? "–", quantity == nil ? .dim : .strong),
            Span(" \(quantity?.unit ?? "")", .dim),
        ]
        return Row(
            [.text(look.glyph, look.role), .stack([[Span(name, .text)], number])]
                + graphItems(history, unit: unit, limit: graphLimit)
                + [.stack([[Span(targetText ?? "", .dim)], verdict])], note: note)
    }

    private var valueSpans: [Span] { figure(value, unit: unit, unitWidth: 6, role: .strong) }

    /// An unknown value needs the room of more than one column for its reason.
    private var note: [Span] {
        if case .unknown = judgement { return verdict }
        return []
    }

    private var clearance: String? {
        guard let headroom else {
            return value == 0 && comparison?.hasPrefix("<") == true ? "all clear" : nil
        }
        if headroom >= 2 { return "\(Quantity(headroom).number)× clear" }
        return "\(Quantity((headroom - 1) * 100).number) % clear"
    }

    private var shortfall: String? {
        guard let value, let limit else { return nil }
        return "missed by \(Quantity(abs(value - limit), unit: unit).text)"
    }
}
