import Snapshot
import Targets
import Terminal
import TimeSeries

/// Something that has a limit, and how much of it is used.
struct LimitUse: Hashable {
    /// "conn jobs", "disk /var".
    var what: String
    /// "71 of 97", "83 %".
    var text: String
    /// Used ÷ limit: 1 is the limit.
    var share: Double
}

extension Scene {
    /// What is nearest to a limit, nearest first.
    func limits() -> PaneContent? {
        let uses = (kpiUses + snapshot.targets.flatMap { $0.limitUses(at: now) })
            .filter { $0.share.isFinite && $0.share >= 0.1 && passes($0.what) }
            .sorted { ($1.share, $0.what) < ($0.share, $1.what) }
        guard !uses.isEmpty || !filter.isEmpty else { return nil }
        var content = PaneContent(
            kind: .limits,
            columns: [
                Column("", 12...28, fitsContent: true),
                Column("", 10...22, priority: 2, fitsContent: true),
                Column("of the limit", 6...40, priority: 1), Column("", 5...5, right: true, gap: 1),
            ],
            lines: uses.prefix(24).map { use in
                .init(id: .limit(use.what), row: use.row, health: use.health)
            },
            empty: [Span("no limit matches the filter", .dim)])
        content.modestRows = 5
        return content
    }

    private var kpiUses: [LimitUse] {
        snapshot.kpis.compactMap { kpi in
            guard let headroom = kpi.headroom, let value = kpi.value, let target = kpi.targetText,
                headroom > 0, kpi.judgement == .met
            else { return nil }
            let text = "\(Quantity(value, unit: kpi.unit).text) \(target)"
            return LimitUse(what: kpi.name, text: text, share: 1 / headroom)
        }
    }
}

extension LimitUse {
    var health: Health { share >= 1 ? .degraded : .ok }

    fileprivate var row: Row {
        let role: Role = share >= 1 ? .degraded : share >= 0.85 ? .strong : .text
        let bar: Role = share >= 1 ? .graphDegraded : .graph
        return Row([
            .text(what, .text), .text(text, .dim), .meter(Meter(share, bar)),
            .text(share > 9.99 ? ">999%" : "\(Int((share * 100).rounded(.down)))%", role),
        ])
    }
}

extension TargetState {
    /// The limits of this target that its fresh facts name.
    fileprivate func limitUses(at now: Timestamp) -> [LimitUse] {
        guard freshness(at: now) == .fresh, let detail else { return [] }
        switch detail {
        case .postgres(let server): return server.limitUses(id.name)
        case .redis(let server): return server.limitUses(id.name)
        case .containers(let engine): return engine.containers.flatMap(\.limitUses)
        case .host(let host): return host.limitUses(id.name)
        case .probe, .scrape, .command: return []
        }
    }
}

private func limitUse(_ what: String, _ used: Double, of limit: Double, unit: String) -> LimitUse {
    let text = "\(Quantity(used, unit: unit).text) of \(Quantity(limit, unit: unit).text)"
    return LimitUse(what: what, text: text, share: limit > 0 ? used / limit : 0)
}

extension PostgresDetail {
    fileprivate func limitUses(_ name: String) -> [LimitUse] {
        let (used, limit) = (Double(connections.used), Double(connections.max))
        var uses: [LimitUse] = []
        if limit > 0 { uses.append(limitUse("connections \(name)", used, of: limit, unit: "")) }
        if let wraparound, wraparound > 0.1 {
            uses.append(
                LimitUse(
                    what: "wraparound \(name)", text: Quantity(wraparound, unit: "%").text,
                    share: wraparound))
        }
        return uses
    }
}

extension RedisDetail {
    fileprivate func limitUses(_ name: String) -> [LimitUse] {
        var uses: [LimitUse] = []
        if let usedMemoryBytes, let maxMemoryBytes, maxMemoryBytes > 0 {
            uses.append(limitUse("memory \(name)", usedMemoryBytes, of: maxMemoryBytes, unit: "B"))
        }
        if let clients, let maxClients, maxClients > 0 {
            uses.append(
                limitUse("clients \(name)", Double(clients), of: Double(maxClients), unit: ""))
        }
        return uses
    }
}

extension ContainersDetail.Container {
    fileprivate var limitUses: [LimitUse] {
        var uses: [LimitUse] = []
        if let memoryBytes, let memoryLimitBytes, memoryLimitBytes > 0 {
            uses.append(limitUse("memory \(name)", memoryBytes, of: memoryLimitBytes, unit: "B"))
        }
        if let cpuOfQuota {
            let text = "\(Quantity(cpuOfQuota, unit: "%").text) of quota"
            uses.append(LimitUse(what: "cpu \(name)", text: text, share: cpuOfQuota))
        }
        return uses
    }
}

extension HostDetail {
    fileprivate func limitUses(_ name: String) -> [LimitUse] {
        var uses = mounts.map {
            limitUse("disk \($0.path)", $0.usedBytes, of: $0.sizeBytes, unit: "B")
        }
        if memoryTotalBytes > 0 {
            let taken = memoryTotalBytes - memoryAvailableBytes
            uses.append(limitUse("memory \(name)", taken, of: memoryTotalBytes, unit: "B"))
        }
        return uses
    }
}
