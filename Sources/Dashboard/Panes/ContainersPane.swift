import Snapshot
import Targets
import Terminal
import TimeSeries

extension Scene {
    /// A row for each container; an engine that does not answer has a row of its own.
    func containers() -> PaneContent? {
        guard snapshot.targets.contains(where: { $0.id.kind == .containers }) else { return nil }
        let engines = targetsIgnoringFilter(.containers)
        let lines = engines.flatMap(containerLines).sortedByNeed(\.health)
        return PaneContent(
            kind: .containers,
            columns: [
                Columns.glyph, Columns.name(8...24),
                Column("", 7...11, priority: 3, stays: true, fitsContent: true),
                Column("cpu", 7...7, right: true, priority: 1),
                Column("", 5...14, priority: 6, yields: true, gap: 1),
                Column("memory", 8...8, right: true, priority: 2),
                Column("", 5...14, priority: 5, yields: true, gap: 1),
            ],
            lines: lines, empty: [Span(emptyText(engines), .dim)])
    }

    private func targetsIgnoringFilter(_ kind: TargetKind) -> [TargetState] {
        snapshot.targets.filter { $0.id.kind == kind }
    }

    private func containerLines(_ engine: TargetState) -> [PaneContent.Line] {
        var lines: [PaneContent.Line] = []
        var running: [ContainersDetail.Container] = []
        if case .containers(let detail)? = engine.detail { running = detail.containers }
        let isStale = engine.freshness(at: now) != .fresh
        if isStale || running.isEmpty, passes(engine.id.description) {
            lines.append(
                .init(
                    id: .target(engine.id),
                    row: engine.bareRow(columns: 7, at: now, graphAt: 4, unit: ""),
                    health: engine.health))
        }
        for container in running where passes("containers/\(container.name)") {
            lines.append(
                .init(
                    id: .container(engine.id, container.name),
                    row: container.row(isStale: isStale), health: isStale ? .ok : container.judged))
        }
        return lines
    }

    private func emptyText(_ engines: [TargetState]) -> String {
        filter.isEmpty ? "no container runs" : "no container matches the filter"
    }
}

extension ContainersDetail.Container {
    /// What its own facts say: an engine's findings carry the details.
    var judged: Health {
        if health == "unhealthy" || recentRestarts >= 3 || state == "dead" { return .critical }
        if state == "restarting" || (wasOOMKilled && state != "running") { return .critical }
        if state == "exited" { return exitCode ?? 0 == 0 ? .ok : .critical }
        if state == "paused" || health == "starting" || recentRestarts > 0 { return .degraded }
        return .ok
    }

    /// "healthy", "unhealthy", "exited 137", "looping".
    var word: String {
        if recentRestarts >= 3 { return "looping" }
        if state == "exited" { return wasOOMKilled ? "oom-killed" : "exited \(exitCode ?? 0)" }
        return state == "running" ? health ?? "running" : state
    }

    /// Not running by intent is neither good nor bad.
    private var glyph: (String, Role) {
        let look = judged.look
        return judged == .ok && state != "running" ? ("○", .dim) : (look.glyph, look.role)
    }

    fileprivate func row(isStale: Bool) -> Row {
        let role: Role = judged == .ok ? .dim : judged.look.role
        let memoryShare = memoryBytes.flatMap { used in memoryLimitBytes.map { used / max($0, 1) } }
        let text: Role = isStale ? .dim : .text
        var note: [Span] = []
        if judged != .ok, let said = reason { note = [Span(said, isStale ? .dim : .text)] }
        return Row(
            [
                isStale ? .text("○", .dim) : .text(glyph.0, glyph.1), .text(name, text),
                .text(word, isStale ? .dim : role),
                state == "running"
                    ? .text(figure(cpu, unit: "%", unitWidth: 1, role: text)) : .none,
                usage(cpuOfQuota, isStale),
                state == "running" ? .text(figure(memoryBytes, unit: "B", role: text)) : .none,
                usage(memoryShare, isStale),
            ], note: note, facts: isStale ? [] : facts)
    }

    /// What a second line says where there is room.
    private var facts: [[Span]] {
        func rate(_ label: String, _ value: Double?) -> [Span] {
            value.map { fact(label, $0, "B/s") } ?? []
        }
        return [
            restarts > 0 ? fact("restarts", "\(restarts)") : [],
            (throttled ?? 0) > 0.01 ? fact("throttled", throttled, "%") : [],
            rate("in", receiveBytesPerSecond), rate("out", transmitBytesPerSecond),
            rate("reads", readBytesPerSecond), rate("writes", writeBytesPerSecond),
            pids.map { fact("pids", "\($0)") } ?? [],
        ]
    }

    private func usage(_ share: Double?, _ isStale: Bool) -> Item {
        guard let share else { return .none }
        return .meter(Meter(share, isStale ? .faint : share > 0.9 ? .graphDegraded : .graph))
    }

    private var reason: String? {
        if recentRestarts > 0 { return "\(recentRestarts) restarts in 10 min" }
        if health == "unhealthy" { return healthOutput ?? "health check fails" }
        if wasOOMKilled { return "out of memory" }
        return nil
    }
}
