import Snapshot
import Targets
import Terminal
import TimeSeries

extension RedisDetail {
    func blocks(at now: Timestamp) -> [DetailBlock] {
        [.heading("Server"), .facts(serverFacts)] + keyspaceBlocks + slowBlocks(at: now)
            + clientBlocks
    }

    private var serverFacts: [(label: String, value: [Span])] {
        [
            ("server", [Span("\(server) \(version)")]), ("role", [Span(role)]),
            ("up for", [Span(uptime.map { ageText(.seconds($0)) } ?? "–")]),
            ("ping", number(ping, "s")),
            ("commands", number(operationsPerSecond, "ops/s")),
            ("hit ratio", number(hitRatio, "%")),
            ("memory", number(usedMemoryBytes, "B")), ("memory limit", number(maxMemoryBytes, "B")),
            ("fragmentation", number(fragmentationRatio, "")), ("clients", count(clients)),
            ("client limit", count(maxClients)),
            ("blocked", count(blockedClients)), ("evicted", number(evictedPerSecond, "/s")),
            ("expired", number(expiredPerSecond, "/s")),
            ("rejected", number(rejectedConnections, "")),
            ("replicas", count(replicas)),
            ("last save", lastSave),
            ("master link", masterLink),
        ]
    }

    private func count(_ value: Int?) -> [Span] {
        [value.map { Span("\($0)") } ?? Span("–", .dim)]
    }

    private var lastSave: [Span] {
        [lastSaveFailed.map { $0 ? Span("failed", .degraded) : Span("well") } ?? Span("–", .dim)]
    }

    private var masterLink: [Span] {
        guard let masterLinkIsUp else { return [Span("–", .dim)] }
        let age = masterLastIOSeconds.map { ", heard \(ageText(.seconds($0))) ago" } ?? ""
        return [masterLinkIsUp ? Span("up\(age)") : Span("down\(age)", .critical)]
    }

    private var keyspaceBlocks: [DetailBlock] {
        guard !keyspaces.isEmpty else { return [] }
        return [
            .heading("Keyspace"),
            .facts(
                keyspaces.map { space in
                    (
                        "db\(space.database)",
                        [
                            Span("\(Quantity(space.keys).text) keys"),
                            Span(", \(Quantity(space.expiring).text) expire", .dim),
                        ]
                    )
                }),
        ]
    }

    private func slowBlocks(at now: Timestamp) -> [DetailBlock] {
        guard !slowCommands.isEmpty else { return [] }
        let columns = [
            Column("at", 9...9), Column("took", 8...8, right: true),
            Column("client", 10...22, priority: 1, fitsContent: true),
            Column("command", 12...160),
        ]
        let rows = slowCommands.prefix(30).map { slow in
            Row([
                .text("\(Timestamp(seconds: slow.at).timeText)Z", .dim),
                .text(figure(slow.duration, unit: "s")),
                .text(slow.client, .dim), .text(slow.command, .text),
            ])
        }
        return [.heading("Slow log"), .table(columns, Array(rows))]
    }

    private var clientBlocks: [DetailBlock] {
        guard !topClients.isEmpty else { return [] }
        let columns = [
            Column("address", 12...22), Column("name", 6...18, priority: 2, fitsContent: true),
            Column("user", 6...12, priority: 4, fitsContent: true),
            Column("db", 3...3, right: true, priority: 5),
            Column("age", 8...8, right: true, priority: 3),
            Column("idle", 8...8, right: true, priority: 3),
            Column("memory", 8...8, right: true, priority: 1),
            Column("command", 8...24),
        ]
        let rows = topClients.prefix(20).map { client in
            Row([
                .text(client.address), .text(client.name, .dim), .text(client.user, .dim),
                .text("\(client.database)", .dim), .text(figure(client.ageSeconds, unit: "s")),
                .text(figure(client.idleSeconds, unit: "s")),
                .text(figure(client.memoryBytes, unit: "B")),
                .text(client.command, .dim),
            ])
        }
        return [.heading("Clients by memory"), .table(columns, Array(rows))]
    }
}
