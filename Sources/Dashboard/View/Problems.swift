import Snapshot
import Targets
import Terminal
import TimeSeries

/// One thing that is wrong now: how bad, what, why, since when.
struct Problem: Equatable {
    var health: Health
    var what: String
    var why: String
    var since: Timestamp?
    var remedy: String?
    /// True when another problem explains this one.
    var isExplained = false

    /// "✖ http/search  status is 500, wanted 200  for 4 min".
    func spans(at now: Timestamp, withRemedy: Bool = false) -> [Span] {
        var spans = [
            Span("\(health.look.glyph) \(health.look.word)  ", health.look.role),
            Span(what, .strong), Span("  \(why)", .text),
        ]
        if let since { spans.append(Span("  for \(ageText(now.duration(since: since)))", .dim)) }
        if withRemedy, let remedy { spans.append(Span("  → \(remedy)", .dim)) }
        return spans
    }
}

extension Scene {
    /// Everything that is wrong now: the worst first, of equals what explains others, then the oldest.
    var problems: [Problem] {
        var problems = snapshot.targets.filter { $0.health != .ok && $0.lastTry != nil }.map {
            Problem(
                health: $0.health, what: $0.id.description, why: $0.reason, since: $0.since,
                remedy: $0.remedy, isExplained: $0.cause != nil)
        }
        problems += snapshot.alerts.filter { $0.health != .ok }.map { alert in
            var since: Timestamp?
            if case .firing(let begin) = alert.state { since = begin }
            let value = Quantity(alert.value).text
            let place = alert.place.isEmpty ? "" : " on \(alert.place)"
            return Problem(
                health: alert.health, what: alert.name + place,
                why: "\(alert.severity) fires at \(value) \(alert.condition)", since: since,
                remedy: alert.runbook)
        }
        problems += snapshot.kpis.compactMap(problem)
        return problems.sorted { left, right in
            if left.health != right.health { return left.health > right.health }
            if left.isExplained != right.isExplained { return right.isExplained }
            return (left.since ?? now) < (right.since ?? now)
        }
    }

    private func problem(_ kpi: KPIState) -> Problem? {
        guard let health = kpi.health, health != .ok else { return nil }
        if case .unknown(let reason) = kpi.judgement {
            return Problem(health: .unknown, what: kpi.name, why: reason)
        }
        let value = kpi.value.map { Quantity($0, unit: kpi.unit).text } ?? "–"
        return Problem(
            health: health, what: kpi.name, why: "\(value), wanted \(kpi.targetText ?? "")")
    }
}

/// The lines that always say what is wrong now.
struct ProblemLines {
    var scene: Scene
    var link: Model.Link

    func draw(in area: Rect, on surface: inout Surface) {
        guard !area.isEmpty else { return }
        var lines = area
        if let warning {
            surface.paint(area.row(0), .banner)
            let row = area.row(0).inset(left: 1, right: 1)
            surface.write(warning.fitted(to: row.width), at: row.origin, in: row)
            lines = area.splitTop(1).rest
        }
        drawProblems(in: lines.inset(left: 1, right: 1), on: &surface)
    }

    /// What makes everything else doubtful: no owner, old data, no network of our own.
    private var warning: [Span]? {
        let age = scene.now.duration(since: scene.snapshot.takenAt)
        if case .lost(let reason) = link {
            return [
                Span("✖ the watch is out of reach: ", .critical), Span(reason, .text),
                Span("  what is shown is \(ageText(age)) old", .strong),
            ]
        }
        if age > .seconds(5) {
            return [
                Span("▲ stale  ", .degraded),
                Span("the newest data is \(ageText(age)) old", .strong),
            ]
        }
        guard let since = scene.snapshot.watch.isolatedSince else { return nil }
        return [
            Span("? isolated  ", .unknown), Span("our own network is down", .strong),
            Span(
                " for \(ageText(scene.now.duration(since: since))); results say nothing about targets"
            ),
        ]
    }

    private func drawProblems(in area: Rect, on surface: inout Surface) {
        guard !area.isEmpty else { return }
        let problems = scene.problems
        guard let worst = problems.first else {
            surface.write(calm.fitted(to: area.width), at: area.origin, in: area)
            let under = Flow(underWay, separator: Span("   ")).spans(within: area.width)
            surface.write(under, at: Point(x: area.x, y: area.y + 1), in: area)
            return
        }
        let first = area.row(0)
        let more = problems.count - 1
        let moreText = more > 0 && area.height == 1 ? "  +\(more) more" : ""
        let room = first.inset(right: columns(of: moreText))
        let spans = worst.spans(at: scene.now, withRemedy: true).fitted(to: room.width)
        surface.write(spans, at: room.origin, in: room)
        surface.writeRight([Span(moreText, .strong)], in: first)
        if area.height > 1, more > 0 {
            drawOthers(problems.dropFirst(), in: area.row(1), on: &surface)
        }
    }

    private func drawOthers(_ others: ArraySlice<Problem>, in row: Rect, on surface: inout Surface)
    {
        let items = others.prefix(12).map { problem in
            [
                Span("\(problem.health.look.glyph) ", problem.health.look.role),
                Span(problem.what, .text),
            ]
        }
        let room = row.inset(right: 12)
        let spans = Flow(items, separator: Span("   ")).spans(within: room.width)
        surface.write(spans, at: row.origin, in: row)
        surface.writeRight([Span("\(others.count + 1) problems", .dim)], in: row)
    }

    /// What is neither good nor bad yet, for the second line of a calm watch.
    private var underWay: [[Span]] {
        let pending = scene.snapshot.alerts.filter { $0.health == .ok }.prefix(3).map { alert in
            [Span("◔ ", .pending), Span(alert.name, .text), Span(" waits", .dim)]
        }
        let warming = scene.snapshot.kpis.count { kpi in
            if case .warming = kpi.judgement { true } else { false }
        }
        let text = "\(warming) KPI\(warming > 1 ? "s" : "") warming"
        return pending + (warming > 0 ? [[Span("◔ ", .pending), Span(text, .dim)]] : [])
    }

    private var calm: [Span] {
        let targets = scene.snapshot.targets
        guard !targets.isEmpty else { return [Span("no target is configured", .dim)] }
        let waiting = targets.count { $0.lastTry == nil }
        if waiting > 0 {
            return [
                Span("◌ ", .pending),
                Span("waiting for the first result of \(waiting) targets", .dim),
            ]
        }
        let since = targets.map(\.since).max()
        let text = since.map { " since \($0.timeText)Z" } ?? ""
        return [Span("● ", .ok), Span("nothing is wrong", .text), Span(text, .dim)]
    }
}
