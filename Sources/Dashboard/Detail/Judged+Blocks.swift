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
    func blocks(
        at now: Timestamp, _ runbooks: [String: Runbook], _ paging: PagingState?
    ) -> [DetailBlock] {
        var facts: [(String, [Span])] = [
            ("severity", [Span(severity, look.role)]), ("state", [Span(time(at: now), look.role)]),
            ("value", [Span(Quantity(value).text)]), ("condition", [Span(condition)]),
        ]
        if let key {
            facts += [("people", answer), ("key", [Span(cleaned(key), .dim)])]
            if let told { facts.append(("told", [Span(cleaned(told))])) }
        }
        let said = summary.map { [DetailBlock.text(cleaned($0, limit: 500), .strong), .line([])] }
        var blocks = (said ?? []) + [.facts(facts)]
        blocks += quiet.map { .text("quiet: \(cleaned($0))", .dim) }
        blocks += [
            .heading("Labels"), .facts(labels.all.map { ($0.name, [Span(cleaned($0.value))]) }),
        ]
        blocks += noteBlocks(paging?.notes ?? [])
        return blocks + runbookBlocks(runbooks)
    }

    private func time(at now: Timestamp) -> String {
        switch state {
        case .pending(let since, let hold):
            return "pending \(clock(now.duration(since: since))) of \(clock(hold))"
        case .firing(let since):
            let more = isFlapping ? ", flapping" : isRecovering ? ", recovering" : ""
            return "firing for \(ageText(now.duration(since: since)))\(more)"
        }
    }

    private func noteBlocks(_ notes: [NoteState]) -> [DetailBlock] {
        let own = notes.filter { $0.key == nil || $0.key == key }.prefix(5)
        guard !own.isEmpty else { return [] }
        return [.heading("Notes")]
            + own.map {
                .text(
                    "\($0.at.timeText)Z \(cleaned($0.author)): \(cleaned($0.text, limit: 500))",
                    .text)
            }
    }

    private func runbookBlocks(_ runbooks: [String: Runbook]) -> [DetailBlock] {
        guard let runbook else { return [.heading("Runbook"), .text("none is named", .dim)] }
        guard Runbook.isFile(runbook) else {
            return [.heading("Runbook"), .text(cleaned(runbook, limit: 500), .focus)]
        }
        let place = cleaned(runbook, limit: 200)
        return [.heading("Runbook  \(place)")]
            + (runbooks[runbook]?.blocks(at: runbook) ?? [.text("reading …", .dim)])
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
