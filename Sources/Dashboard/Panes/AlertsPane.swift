import PromQL
import Snapshot
import Targets
import Terminal
import TimeSeries

extension Scene {
    /// Conditions that hold: firing ones, then those that still wait for their hold time.
    func alerts() -> PaneContent {
        let alerts = snapshot.alerts.filter { passes("\($0.name) \($0.place)") }
        return PaneContent(
            kind: .alerts,
            columns: [
                Columns.glyph, Column("", 6...6, gap: 1),
                Column("", 18...34, gap: 1, fitsContent: true),
                Column("", 6...20, priority: 2, fitsContent: true),
                Column("", 7...16, priority: 2, fitsContent: true),
                Column("value", 8...10, right: true, priority: 4),
                Column("since", 9...9, right: true, priority: 1),
            ],
            lines: alerts.map { alert in
                .init(
                    id: .alert(alert.name, alert.place), row: alert.row(at: now),
                    health: alert.health)
            },
            empty: [
                Span("● ", .ok),
                Span(filter.isEmpty ? "no condition holds" : "none matches the filter", .dim),
            ], extras: lostLines + silenceLines)
    }

    /// Messages that are not tried again.
    private var lostLines: [[Span]] {
        (snapshot.paging?.lost ?? []).reversed().map { page in
            [
                Span("▲ lost ", .degraded),
                Span("\(page.kind) of \(cleaned(page.key, limit: 40))", .text),
                Span(
                    " by \(cleaned(page.receiver, limit: 20)) at \(page.at.timeText.prefix(5)): "
                        + cleaned(page.said, limit: 60), .dim),
            ]
        }
    }

    /// How each receiver does, one below the other: when it last took something, when somebody last
    /// confirmed that a test arrived, how often it failed lately.
    var receiverLines: [[Span]] {
        guard let paging = snapshot.paging, !paging.receivers.isEmpty else { return [] }
        let names = paging.receivers.map { cleaned($0.name, limit: 20) }
        let width = names.map { columns(of: $0) }.max() ?? 0
        let lines = zip(paging.receivers, names).map { receiver, name in
            let look = PagingLine.look(of: receiver, at: now)
            let padding = String(repeating: " ", count: width - columns(of: name) + 1)
            let failures = receiver.failures
            var line = [
                Span("\(look.glyph) ", look.role), Span(name + padding, .text),
                Span("took \(age(of: receiver.lastAccepted))", .dim),
                Span(" · confirmed \(age(of: receiver.lastConfirmed))", .dim),
                Span(" · \(failures == 0 ? "none" : "\(failures)") failed in 24 h", .dim),
            ]
            if failures > 0, let why = receiver.failure {
                line.append(Span(": \(cleaned(why, limit: 60))", look.role == .ok ? .dim : .text))
            }
            return line
        }
        return [[]] + lines
    }

    private func age(of time: Timestamp?) -> String {
        let age = time.map { shortAge(now.duration(since: $0)) } ?? "never"
        return String(repeating: " ", count: max(0, 5 - columns(of: age))) + age
    }

    /// What is silenced, and by whom: with the id that ends it.
    private var silenceLines: [[Span]] {
        (snapshot.paging?.silences ?? []).map { silence in
            let matchers =
                silence.matchers.isEmpty ? "everything" : silence.matchers.joined(separator: " ")
            return [
                Span("○ silence \(silence.id) ", .dim), Span(cleaned(matchers, limit: 60), .text),
                Span(
                    " until \(silence.end.timeText.prefix(5)) by \(cleaned(silence.author, limit: 20)): "
                        + cleaned(silence.reason, limit: 80), .dim),
            ]
        }
    }
}

extension AlertCondition {
    /// Which element it is, in short: the value of the label that says most.
    var place: String {
        for name in ["instance", "container", "name", "job"] where !labels[name].isEmpty {
            return labels[name]
        }
        return labels.all.first { $0.name != Labels.metricName && $0.name != "alertname" }?.value
            ?? ""
    }

    var look: Look {
        guard case .firing = state else { return .pending }
        return severity == "info"
            ? Look(glyph: "·", word: "firing", role: .dim)
            : Look(glyph: health.look.glyph, word: "firing", role: health.look.role)
    }

    /// Who has it, or why nobody is told: "unacked", "ack bea", "snoozed until 14:00".
    var answer: [Span] {
        guard case .firing = state else { return [] }
        if let first = quiet.first { return [Span(cleaned(first, limit: 40), .dim)] }
        switch response {
        case .acknowledged(let person, _): return [Span("ack \(cleaned(person, limit: 16))", .text)]
        case .snoozed(_, let until): return [Span("snoozed › \(until.timeText.prefix(5))", .dim)]
        case .open:
            if isFlapping { return [Span("flapping", .degraded)] }
            return key == nil || told == nil ? [] : [Span("unacked", look.role)]
        }
    }

    fileprivate func row(at now: Timestamp) -> Row {
        let time: String
        switch state {
        case .pending(let since, let hold):
            time = "\(clock(now.duration(since: since)))/\(clock(hold))"
        case .firing(let since): time = clock(now.duration(since: since))
        }
        return Row([
            .text(look.glyph, look.role), .text(severity, look.role), .text(name, .text),
            .text(place, .dim), .text(answer), .text(Quantity(value).text),
            .text(time, look.role == .pending ? .pending : .dim),
        ])
    }
}
