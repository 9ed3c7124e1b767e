import Snapshot
import Targets
import Terminal
import TimeSeries

extension Scene {
    func endpoints() -> PaneContent? {
        guard snapshot.targets.contains(where: { $0.id.kind == .http || $0.id.kind == .tcp }) else {
            return nil
        }
        let endpoints = targets(.http, .tcp)
        var content = PaneContent(
            kind: .endpoints,
            columns: [
                Columns.glyph, Columns.name(), Columns.word(),
                Column("time", 8...8, right: true, priority: 1), Columns.graph(priority: 3),
                Columns.top(priority: 5), Column("phases", 14...16, priority: 6, yields: true),
                Column("tls", 4...4, right: true, priority: 4, yields: true),
            ],
            lines: endpoints.map { target in
                .init(
                    id: .target(target.id), row: target.endpointRow(at: now), health: target.health)
            },
            empty: [Span("no endpoint matches the filter", .dim)],
            step: endpoints.first?.history.step)
        content.tall = .init(
            columns: content.columns, rows: content.lines.map(\.row), lines: [2, 3])
        content.extras = endpoints.flatMap(\.failureLines).sorted { $0.at > $1.at }.prefix(12).map(
            \.line)
        if !content.extras.isEmpty { content.extras.insert([Span("last failures", .dim)], at: 0) }
        return content
    }
}

extension TargetState {
    fileprivate func endpointRow(at now: Timestamp) -> Row {
        guard case .probe(let probe)? = detail else {
            return bareRow(columns: 8, at: now, graphAt: 4, unit: "s")
        }
        let isStale = freshness(at: now) != .fresh
        let answered = probe.status != nil || health != .critical
        let time = figure(
            answered ? probe.duration : nil, unit: "s", unitWidth: 2, role: .text,
            isStale: isStale)
        return Row(
            [
                .text(look.glyph, look.role), .text(id.name, .text), .text(answerWord(probe)),
                .text(time),
            ]
                + graphItems(history, unit: "s", role: isStale ? .faint : .graph) + [
                    probe.phases.meter(of: probe.duration).map {
                        .captioned($0, probe.phases.slowest)
                    }
                        ?? .none,
                    probe.expiry(at: now),
                ],
            note: note(at: now), tail: noteTail(at: now))
    }

    /// "200 ok"; where something is wrong its state, whose reason stands beside it.
    private func answerWord(_ probe: ProbeDetail) -> [Span] {
        guard health == .ok else { return [Span(look.word, look.role)] }
        let answer = probe.status.map(String.init) ?? (id.kind == .tcp ? "open" : "–")
        return [Span(answer, .text), Span(" ok", .dim)]
    }

    fileprivate var failureLines: [(at: Int64, line: [Span])] {
        guard case .probe(let probe)? = detail else { return [] }
        return probe.failures.prefix(4).map { failure in
            let time = Timestamp(milliseconds: failure.at).timeText
            return (
                failure.at,
                [Span("\(time)Z  ", .dim), Span("\(id.name)  "), Span(failure.reason, .dim)]
            )
        }
    }

    /// The word of an ok target is nothing to look at.
    var stateRole: Role { look.role == .ok ? .dim : look.role }

    /// A row of a target that has no facts yet, or none any more.
    func bareRow(columns: Int, at now: Timestamp, graphAt: Int, unit: String) -> Row {
        var items = [Item](repeating: .none, count: columns)
        items[0] = .text(look.glyph, look.role)
        items[1] = .text(id.name, .text)
        items[2] = .text(lastTry == nil ? "" : look.word, stateRole)
        let graph = graphItems(history, unit: unit, role: .faint)
        if history.values.contains(where: { $0 != nil }) {
            items[graphAt] = graph[0]
            if graphAt + 1 < columns { items[graphAt + 1] = graph[1] }
        }
        return Row(items, note: note(at: now), tail: noteTail(at: now))
    }
}

extension ProbeDetail.Phases {
    /// In order, with their words and roles; nil where a phase was not reached.
    var all: [(word: String, seconds: Double?, role: Role)] {
        [
            ("dns", resolve, .phaseOne), ("connect", connect, .phaseTwo), ("tls", tls, .phaseThree),
            ("wait", wait, .phaseFour), ("body", transfer, .phaseFive),
        ]
    }

    /// "wait 6.37 ms": the longest phase.
    var slowest: [Span] {
        let known = all.compactMap { phase in phase.seconds.map { (phase.word, $0) } }
        return known.max { $0.1 < $1.1 }.map {
            [Span("\($0.0) \(Quantity($0.1, unit: "s").text)", .dim)]
        } ?? []
    }

    /// The share of each phase; nil when none is known.
    func meter(of duration: Double) -> Meter? {
        let known = all.compactMap { phase in phase.seconds.map { ($0, phase.role) } }
        let sum = max(duration, known.reduce(0) { $0 + $1.0 })
        guard sum > 0, !known.isEmpty else { return nil }
        return Meter(known.map { Meter.Part($0.0 / sum, $0.1) })
    }
}

extension ProbeDetail {
    /// "41 d" until the chain expires; a role that rises as it nears.
    fileprivate func expiry(at now: Timestamp) -> Item {
        guard let certificate else { return .none }
        if certificate.verifyError != nil { return .text("bad", .critical) }
        let days = (certificate.chainExpires - now.seconds) / 86_400
        let role: Role = days < 3 ? .critical : days < 14 ? .degraded : .dim
        return .text(days < 0 ? "over" : days < 2 ? "\(Int(days * 24)) h" : "\(Int(days)) d", role)
    }
}
