import Snapshot
import Targets
import Terminal
import TimeSeries

extension Scene {
    func redis() -> PaneContent? {
        guard snapshot.targets.contains(where: { $0.id.kind == .redis }) else { return nil }
        let servers = targets(.redis)
        var content = PaneContent(
            kind: .redis,
            columns: [
                Columns.glyph, Columns.name(), Columns.word(),
                Column("commands", 11...11, right: true, priority: 1), Columns.graph(priority: 3),
                Columns.top(priority: 5),
                Column("memory", 8...8, right: true, priority: 2, yields: true),
                Column("hit", 7...7, right: true, priority: 3, yields: true),
                Column("ping", 8...8, right: true, priority: 6, yields: true),
            ],
            lines: servers.map { target in
                .init(id: .target(target.id), row: target.redisRow(at: now), health: target.health)
            },
            empty: [Span("no server matches the filter", .dim)],
            step: servers.first?.history.step)
        for case .redis(let server)? in servers.map(\.detail) { content.extras += server.extras }
        return content
    }
}

extension TargetState {
    fileprivate func redisRow(at now: Timestamp) -> Row {
        guard case .redis(let server)? = detail else {
            return bareRow(columns: 9, at: now, graphAt: 4, unit: "ops/s")
        }
        let isStale = freshness(at: now) != .fresh
        let rate = figure(
            server.operationsPerSecond, unit: "ops/s", unitWidth: 5, role: .strong, isStale: isStale
        )
        return Row(
            [
                .text(look.glyph, look.role), .text(id.name, .text), .text(look.word, stateRole),
                .text(rate),
            ] + graphItems(history, unit: "ops/s", role: isStale ? .faint : .graph) + [
                .text(figure(server.usedMemoryBytes, unit: "B", unitWidth: 2, isStale: isStale)),
                .text(figure(server.hitRatio, unit: "%", unitWidth: 1, isStale: isStale)),
                .text(figure(server.ping, unit: "s", unitWidth: 2, isStale: isStale)),
            ],
            note: note(at: now), tail: noteTail(at: now),
            facts: aged(server.facts, at: now))
    }
}

extension RedisDetail {
    /// Databases, then the newest slow commands.
    fileprivate var extras: [[Span]] {
        let spaces = keyspaces.prefix(4).map { space -> [Span] in
            let expiring = Quantity(space.expiring).text
            return [
                Span(right("db\(space.database)", 6), .dim),
                Span(left(Quantity(space.keys).text, 6)),
            ]
                + [Span(" keys, \(expiring) expire", .dim)]
        }
        let slow = slowCommands.prefix(6).map { command -> [Span] in
            [Span("\(Timestamp(seconds: command.at).timeText)Z", .dim)]
                + figure(command.duration, unit: "s") + [Span(" \(command.command)", .dim)]
        }
        return (spaces.isEmpty ? [] : [[Span("keyspace", .title)]] + spaces)
            + (slow.isEmpty ? [] : [[Span("slow log", .title)]] + slow)
    }

    /// What a second line says, what matters most first.
    fileprivate var facts: [[Span]] {
        let keys = keyspaces.reduce(0) { $0 + $1.keys }
        let limit = maxMemoryBytes.map { limit in
            fact("memory of limit", usedMemoryBytes.map { $0 / max(limit, 1) }, "%")
        }
        let noLimit = usedMemoryBytes.map { _ in fact("memory limit", "none") } ?? []
        return [
            masterLinkIsUp == false ? fact("master", "link down", .critical) : [],
            limit ?? noLimit,
            fact("ping", ping, "s"), fact("keys", keys, ""),
            fact("clients", clients.map(String.init) ?? "–"),
            blockedClients.map { $0 > 0 ? fact("blocked", "\($0)") : [] } ?? [],
            (evictedPerSecond ?? 0) > 0 ? fact("evicted", evictedPerSecond, "/s") : [],
            fact("expired", expiredPerSecond, "/s"),
            fragmentationRatio.map { fact("fragmentation", $0, "") } ?? [],
            slowCommands.isEmpty ? [] : fact("slow", "\(slowCommands.count)"),
            lastSaveFailed == true ? fact("save", "failed", .degraded) : [],
            replicas.map { $0 > 0 ? fact("replicas", "\($0)") : [] } ?? [],
            version.isEmpty ? [] : [Span("\(server) \(version)", .dim)],
        ]
    }
}
