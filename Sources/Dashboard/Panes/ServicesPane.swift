import Snapshot
import Targets
import Terminal
import TimeSeries

extension Scene {
    /// Scraped endpoints and commands.
    func others() -> PaneContent? {
        guard snapshot.targets.contains(where: { [.scrape, .command].contains($0.id.kind) }) else {
            return nil
        }
        return headlines(.others, targets(.scrape, .command), empty: "no target matches the filter")
    }

    /// Everything that is neither an endpoint nor a container, in one table, for small screens.
    func services() -> PaneContent? {
        let kinds: [TargetKind] = [.postgres, .redis, .host, .scrape, .command]
        guard snapshot.targets.contains(where: { kinds.contains($0.id.kind) }) else { return nil }
        return headlines(
            .services, targets(.postgres, .redis, .host, .scrape, .command),
            empty: "no service matches the filter")
    }

    private func headlines(_ kind: PaneKind, _ targets: [TargetState], empty: String) -> PaneContent
    {
        PaneContent(
            kind: kind,
            columns: [
                Columns.glyph, Columns.name(8...18),
                Column("", 8...8, priority: 5, fitsContent: true),
                Columns.word(priority: 1), Column("", 20...64, yields: true, fitsContent: true),
                Columns.graph(6...24, priority: 3), Columns.top(priority: 4),
            ],
            lines: targets.map { target in
                .init(
                    id: .target(target.id), row: target.headlineRow(at: now), health: target.health)
            },
            empty: [Span(empty, .dim)], step: targets.first?.history.step)
    }
}

extension TargetState {
    fileprivate func headlineRow(at now: Timestamp) -> Row {
        let isFresh = freshness(at: now) == .fresh
        let words = detail.map { Item.text($0.headline, isFresh ? .text : .dim) } ?? .none
        return Row(
            [
                .text(look.glyph, look.role), .text(id.name, .text), .text(id.kind.word, .dim),
                .text(lastTry == nil ? "" : look.word, stateRole),
                words,
            ] + graphItems(history, unit: id.kind.historyUnit, role: isFresh ? .graph : .faint),
            note: note(at: now), tail: noteTail(at: now))
    }
}

extension TargetKind {
    /// As people say it.
    var word: String {
        switch self {
        case .http: "http"
        case .tcp: "tcp"
        case .postgres: "postgres"
        case .redis: "redis"
        case .containers: "engine"
        case .host: "host"
        case .scrape: "scrape"
        case .command: "command"
        }
    }

    /// The unit of the headline number that a target's history keeps.
    var historyUnit: String {
        switch self {
        case .http, .tcp, .scrape, .command: "s"
        case .postgres: "tx/s"
        case .redis: "ops/s"
        case .containers, .host: "cores"
        }
    }
}
