import Snapshot
import Targets
import Terminal
import TimeSeries

extension Scene {
    func postgres() -> PaneContent? {
        guard snapshot.targets.contains(where: { $0.id.kind == .postgres }) else { return nil }
        let servers = targets(.postgres)
        var content = PaneContent(
            kind: .postgres,
            columns: [
                Columns.glyph, Columns.name(), Columns.word(),
                Column("commits", 10...10, right: true, priority: 1), Columns.graph(priority: 3),
                Columns.top(priority: 5),
                Column("conn", 7...7, right: true, priority: 2, yields: true),
                Column("hit", 7...7, right: true, priority: 3, yields: true),
                Column("longest", 8...8, right: true, priority: 6, yields: true),
            ],
            lines: servers.map { target in
                .init(
                    id: .target(target.id), row: target.postgresRow(at: now), health: target.health)
            },
            empty: [Span("no server matches the filter", .dim)],
            step: servers.first?.history.step)
        for case .postgres(let server)? in servers.map(\.detail) { content.extras += server.extras }
        return content
    }
}

extension TargetState {
    fileprivate func postgresRow(at now: Timestamp) -> Row {
        guard case .postgres(let server)? = detail else {
            return bareRow(columns: 9, at: now, graphAt: 4, unit: "tx/s")
        }
        let isStale = freshness(at: now) != .fresh
        let rate = figure(
            server.transactionsPerSecond, unit: "tx/s", unitWidth: 4, role: .strong,
            isStale: isStale)
        return Row(
            [
                .text(look.glyph, look.role), .text(id.name, .text), .text(look.word, stateRole),
                .text(rate),
            ] + graphItems(history, unit: "tx/s", role: isStale ? .faint : .graph) + [
                .text(
                    share(
                        server.connections.used, of: server.connections.max,
                        role: isStale ? .dim : .text)),
                .text(figure(server.cacheHitRatio, unit: "%", unitWidth: 1, isStale: isStale)),
                .text(figure(server.longestTransaction, unit: "s", unitWidth: 2, isStale: isStale)),
            ],
            note: note(at: now), tail: noteTail(at: now),
            facts: aged(server.facts, at: now))
    }
}

extension PostgresDetail {
    /// Sessions, those that block or wait first, then the statements that take the most time.
    fileprivate var extras: [[Span]] {
        let blockers = Set(sessions.flatMap(\.blockedBy))
        let busy = sessions.sorted { left, right in
            let (one, other) = (blockers.contains(left.pid), blockers.contains(right.pid))
            return one == other ? (left.transactionAge ?? 0) > (right.transactionAge ?? 0) : one
        }
        let lines = busy.prefix(6).map { session -> [Span] in
            let role: Role = blockers.contains(session.pid) ? .degraded : .dim
            let doing =
                session.blockedBy.isEmpty
                ? session.state
                : "waits for \(session.blockedBy.map(String.init).joined(separator: ", "))"
            return [Span(left("\(session.pid)", 7), role)]
                + figure(session.transactionAge, unit: "s")
                + [Span(" \(doing)  ", role), Span(session.query, .dim)]
        }
        let slow = statements.prefix(6).map { statement -> [Span] in
            figure(statement.timeShare, unit: "%", unitWidth: 1)
                + figure(statement.meanSeconds, unit: "s") + [Span(" \(statement.query)", .dim)]
        }
        return (lines.isEmpty ? [] : [[Span("sessions", .title)]] + lines)
            + (slow.isEmpty ? [] : [[Span("statements by share of time", .title)]] + slow)
    }

    /// What a second line says, what matters most first.
    fileprivate var facts: [[Span]] {
        let active = connections.byState["active"] ?? 0
        let idle = connections.byState["idle in transaction"] ?? 0
        return [
            waiting > 0 ? fact("waiting", "\(waiting)", .degraded) : fact("waiting", "0"),
            fact("active", "\(active)"),
            idle > 0 ? fact("idle in tx", "\(idle)") : [],
            fact("longest", longestTransaction, "s"),
            replicationLagSeconds.map { fact("lag", $0, "s") } ?? [],
            (rollbackShare ?? 0) > 0.01 ? fact("rollbacks", rollbackShare, "%") : [],
            fact("wal", walBytesPerSecond, "B/s"),
            (tempBytesPerSecond ?? 0) > 0 ? fact("temp", tempBytesPerSecond, "B/s") : [],
            fact("size", databaseSizeBytes, "B"),
            (deadlocksPerSecond ?? 0) > 0
                ? fact("deadlocks", deadlocksPerSecond, "/s", .degraded) : [],
            (wraparound ?? 0) > 0.01 ? fact("wraparound", wraparound, "%") : [],
            isInRecovery ? [Span("standby", .dim)] : [],
        ]
    }
}
