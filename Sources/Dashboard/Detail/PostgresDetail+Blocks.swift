import Snapshot
import Targets
import Terminal

extension PostgresDetail {
    var blocks: [DetailBlock] {
        [.heading("Server"), .facts(serverFacts), .heading("Connections"), .facts(stateFacts)]
            + blockerBlocks + sessionBlocks + statementBlocks + replicationBlocks
    }

    private var serverFacts: [(label: String, value: [Span])] {
        [
            ("version", [Span(version + (isInRecovery ? ", standby" : ""))]),
            ("up for", [Span(ageText(.seconds(uptime)))]),
            ("commits", number(transactionsPerSecond, "tx/s")),
            ("rolled back", number(rollbackShare, "%")), ("cache hit", number(cacheHitRatio, "%")),
            ("deadlocks", number(deadlocksPerSecond, "/s")),
            ("temp files", number(tempBytesPerSecond, "B/s")),
            ("wal", number(walBytesPerSecond, "B/s")),
            ("size", number(databaseSizeBytes, "B")),
            ("longest tx", number(longestTransaction, "s")),
            ("waiting", [Span("\(waiting)", waiting > 0 ? .degraded : .text)]),
            ("wraparound", number(wraparound, "%")),
            ("replication lag", number(replicationLagSeconds, "s")),
        ]
    }

    private var stateFacts: [(label: String, value: [Span])] {
        [("used", share(connections.used, of: connections.max))]
            + connections.byState.sorted { $0.value > $1.value }.map { state in
                (state.key, [Span("\(state.value)")])
            }
    }

    private var blockers: Set<Int> { Set(sessions.flatMap(\.blockedBy)) }

    private var blockerBlocks: [DetailBlock] {
        let blocked = sessions.filter { !$0.blockedBy.isEmpty }
        guard !blocked.isEmpty else { return [] }
        let lines = blocked.prefix(20).map { session -> DetailBlock in
            let by = session.blockedBy.map { $0 == 0 ? "a prepared transaction" : "\($0)" }
            return .line([
                Span("\(session.pid)", .degraded), Span(" waits for ", .dim),
                Span(by.joined(separator: ", "), .strong), Span("  \(session.wait)  ", .dim),
                Span(session.query, .text),
            ])
        }
        return [.heading("Who blocks whom")] + lines
    }

    private var sessionBlocks: [DetailBlock] {
        guard !sessions.isEmpty else { return [] }
        let columns = [
            Column("pid", 7...7, right: true),
            Column("user", 6...14, priority: 4, fitsContent: true),
            Column("database", 8...14, priority: 5, fitsContent: true),
            Column("state", 6...20, priority: 1, fitsContent: true),
            Column("tx", 8...8, right: true, priority: 2),
            Column("query", 8...8, right: true, priority: 3),
            Column("waits for", 9...22, priority: 3, fitsContent: true), Column("text", 12...160),
        ]
        let rows = sessions.prefix(40).map { session in
            Row([
                .text("\(session.pid)", blockers.contains(session.pid) ? .degraded : .text),
                .text(session.user), .text(session.database, .dim),
                .text(session.state, session.state.hasPrefix("idle in") ? .degraded : .text),
                .text(figure(session.transactionAge, unit: "s")),
                .text(figure(session.queryAge, unit: "s")),
                .text(session.wait, .dim), .text(session.query, .dim),
            ])
        }
        return [.heading("Sessions"), .table(columns, Array(rows))]
    }

    private var statementBlocks: [DetailBlock] {
        guard !statements.isEmpty else { return [] }
        let columns = [
            Column("time", 7...7, right: true), Column("", 6...12, priority: 4, gap: 1),
            Column("calls", 9...9, right: true, priority: 2),
            Column("mean", 8...8, right: true, priority: 1),
            Column("rows", 6...6, right: true, priority: 3), Column("statement", 12...160),
        ]
        let rows = statements.prefix(20).map { statement in
            Row([
                .text(figure(statement.timeShare, unit: "%", unitWidth: 1)),
                .meter(Meter(statement.timeShare)),
                .text(figure(statement.callsPerSecond, unit: "/s")),
                .text(figure(statement.meanSeconds, unit: "s")),
                .text(Quantity(statement.rowsPerCall).number), .text(statement.query, .dim),
            ])
        }
        return [.heading("Statements by their share of time"), .table(columns, Array(rows))]
    }

    private var replicationBlocks: [DetailBlock] {
        var blocks: [DetailBlock] = []
        if !replicas.isEmpty {
            blocks.append(.heading("Replicas"))
            blocks += replicas.map { replica in
                .line(
                    Flow([
                        [Span(replica.name, .strong)], [Span(replica.state)],
                        [Span(replica.sync, .dim)],
                        fact("lag", replica.lagSeconds, "s"), fact("behind", replica.lagBytes, "B"),
                    ]).spans(within: 120))
            }
        }
        if !slots.isEmpty {
            blocks.append(.heading("Replication slots"))
            blocks += slots.map { slot in
                let state = slot.isActive ? Span("active") : Span("inactive", .degraded)
                return .line([
                    Span(slot.name, .strong), Span("  "), state,
                    Span("  retains ", .dim),
                    Span(slot.retainedBytes.map { Quantity($0, unit: "B").text } ?? "–"),
                    Span("  \(slot.walStatus)", .dim),
                ])
            }
        }
        return blocks
    }
}

/// A number with its unit, or a dim dash.
func number(_ value: Double?, _ unit: String) -> [Span] {
    [value.map { Span(Quantity($0, unit: unit).text) } ?? Span("–", .dim)]
}
