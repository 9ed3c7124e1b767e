import PromQL
import Snapshot
import Targets
import Terminal
import TimeSeries

extension KPIState {
    var blocks: [DetailBlock] {
        [
            .facts([
                ("value", number(value, unit)), ("target", [Span(targetText ?? "none")]),
                ("state", look.spans), ("headroom", verdict),
            ]),
            .heading("History"), .graph(history, unit: unit, limit: graphLimit),
            .heading("Expression"), .text(expression, .text),
        ]
    }
}

extension AlertCondition {
    func blocks(at now: Timestamp) -> [DetailBlock] {
        let time: String
        switch state {
        case .pending(let since, let hold):
            time = "pending \(clock(now.duration(since: since))) of \(clock(hold))"
        case .firing(let since):
            time = "firing for \(ageText(now.duration(since: since))), since \(since.timeText)Z"
        }
        return [
            .facts([
                ("severity", [Span(severity, look.role)]), ("state", [Span(time, look.role)]),
                ("value", [Span(Quantity(value).text)]), ("condition", [Span(condition)]),
                ("runbook", [Span(runbook ?? "none")]),
            ]), .heading("Labels"),
            .facts(labels.all.map { ($0.name, [Span($0.value)]) }),
        ]
    }
}

extension Scene {
    func limitBlocks(_ what: String) -> [DetailBlock]? {
        guard let content = limits(),
            let line = content.lines.first(where: { $0.id == .limit(what) })
        else { return nil }
        return [.table(content.columns, [line.row])]
    }
}
