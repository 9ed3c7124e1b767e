import Snapshot
import Targets
import Terminal
import TimeSeries

extension Scene {
    func hosts() -> PaneContent? {
        guard snapshot.targets.contains(where: { $0.id.kind == .host }) else { return nil }
        return PaneContent(
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
            lines: targets(.host).map { target in
                .init(id: .target(target.id), row: target.hostRow(at: now), health: target.health)
            },
            empty: [Span("no host matches the filter", .dim)])
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
            note: note(at: now), facts: host.facts)
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
