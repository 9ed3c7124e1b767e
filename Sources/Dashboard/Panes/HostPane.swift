import Snapshot
import Targets
import Terminal
import TimeSeries

extension Scene {
    func hosts() -> PaneContent? {
        guard snapshot.targets.contains(where: { $0.id.kind == .host }) else { return nil }
        let hosts = targets(.host)
        var content = PaneContent(
            kind: .host,
            columns: [
                Columns.glyph, Columns.name(6...22), Columns.word(),
                Column("cpu", 7...7, right: true, priority: 1),
                Column("", 6...14, priority: 4, gap: 1),
                Column("memory", 7...7, right: true, priority: 1, yields: true),
                Column("", 6...14, priority: 5, gap: 1),
                Column("disk", 7...7, right: true, priority: 2, yields: true),
                Column("", 6...14, priority: 6, gap: 1),
            ],
            lines: hosts.map { target in
                .init(id: .target(target.id), row: target.hostRow(at: now), health: target.health)
            },
            empty: [Span("no host matches the filter", .dim)])
        content.tall = .init(
            columns: [
                Columns.glyph, Column("", 8...14, gap: 1, fitsContent: true),
                Column("", 8...8), Column("", 8...40, priority: 1),
                Column("", 4...24, priority: 2, yields: true, fitsContent: true),
            ], rows: hosts.map { $0.tallHostRow(at: now) }, lines: [4])
        return content
    }
}

extension TargetState {
    fileprivate func hostRow(at now: Timestamp) -> Row {
        guard case .host(let host)? = detail else {
            return bareRow(columns: 9, at: now, graphAt: 4, unit: "")
        }
        let role: Role = freshness(at: now) == .fresh ? .text : .dim
        func pair(_ share: Double?) -> [Item] {
            [
                .text(figure(share, unit: "%", unitWidth: 1, role: role)),
                share.map { .meter(Meter($0, role == .dim ? .faint : .graph)) } ?? .none,
            ]
        }
        return Row(
            [.text(look.glyph, look.role), .text(id.name, .text), .text(look.word, stateRole)]
                + pair(host.cpu) + pair(host.memoryShare) + pair(host.fullest?.share),
            note: note(at: now), tail: noteTail(at: now), facts: aged(host.facts, at: now))
    }
}

extension TargetState {
    /// A line for each of cpu, memory and the fullest disk.
    fileprivate func tallHostRow(at now: Timestamp) -> Row {
        let name: [Span] = [Span(id.name, .text)]
        guard case .host(let host)? = detail else {
            return Row(
                [.text(look.glyph, look.role), .text(name)], note: note(at: now),
                tail: noteTail(at: now))
        }
        let isFresh = freshness(at: now) == .fresh
        let shares = [host.cpu, host.memoryShare, host.fullest?.share]
        let labels = ["cpu", "memory", "disk"].map { [Span($0, .dim)] }
        let numbers = shares.map {
            figure($0, unit: "%", unitWidth: 1, role: isFresh ? .text : .dim)
        }
        let meters = shares.map { share in share.map { Meter($0, isFresh ? .graph : .faint) } }
        let load = Quantity(host.load1).number
        return Row([
            .text(look.glyph, look.role), .stack([name] + labels),
            .stack([[Span(look.word, stateRole)]] + numbers), .meters([nil] + meters),
            .stack([
                [Span("load \(load)", .dim)], [Span("\(host.cores) cores", .dim)],
                [Span("of " + Quantity(host.memoryTotalBytes, unit: "B").text, .dim)],
                [Span(host.fullest?.path ?? "", .dim)],
            ]),
        ])
    }
}

extension HostDetail {
    /// Used memory ÷ all; nil when the total is unknown.
    var memoryShare: Double? {
        memoryTotalBytes > 0 ? 1 - memoryAvailableBytes / memoryTotalBytes : nil
    }

    /// The file system with the least room left, as a share.
    var fullest: Mount? { mounts.max { $0.share < $1.share } }

    fileprivate var facts: [[Span]] {
        let swap = swapTotalBytes > 0 ? 1 - swapFreeBytes / swapTotalBytes : nil
        return [
            fact("load", "\(Quantity(load1).number) on \(cores) cores"),
            fullest.map { fact("disk", $0.path) } ?? [],
            swap.map { fact("swap", $0, "%") } ?? [],
            cpuPressure.map { fact("pressure cpu", $0, "%") } ?? [],
            memoryPressure.map { fact("memory", $0, "%") } ?? [],
            ioPressure.map { fact("io", $0, "%") } ?? [],
        ]
    }
}

extension HostDetail.Mount {
    var share: Double { sizeBytes > 0 ? usedBytes / sizeBytes : 0 }
}
