import Snapshot
import Targets
import TestSupport
import TimeSeries

/// A scene that goes on: a snapshot a second, in which each target has a new result every five.
struct LiveScene {
    private var snapshot: Snapshot
    private var tick = 0
    private let noise = wave(99, around: 1, spread: 0.3, count: 997)

    init(_ snapshot: Snapshot) { self.snapshot = snapshot }

    mutating func next(at now: Timestamp) -> Snapshot {
        tick += 1
        snapshot.sequence += 1
        snapshot.takenAt = now
        snapshot.cost.cpu = 0.004 * factor(0)
        for index in snapshot.targets.indices where (tick + index) % 5 == 0 {
            advance(&snapshot.targets[index], factor(index), now)
        }
        for index in snapshot.kpis.indices where tick % 5 == 0 {
            let base = snapshot.kpis[index].history.values.compactMap { $0 }.last ?? 1
            let value = base * (0.8 + 0.2 * factor(index))
            if snapshot.kpis[index].value != nil { snapshot.kpis[index].value = value }
            shift(&snapshot.kpis[index].history, value, now)
        }
        return snapshot
    }

    private func factor(_ salt: Int) -> Double {
        (noise[(tick * 31 + salt * 7) % noise.count] ?? 1)
    }

    private func shift(_ history: inout History, _ value: Double, _ now: Timestamp) {
        guard !history.values.isEmpty else { return }
        history.values.removeFirst()
        history.values.append(value)
        history.end = now
    }

    private func advance(_ target: inout TargetState, _ factor: Double, _ now: Timestamp) {
        guard target.health == .ok else { return }
        target.lastSuccess = now
        target.lastTry = now
        let middle = target.history.values.compactMap { $0 }.reduce(0, +) / 120
        shift(&target.history, middle * factor, now)
        switch target.detail {
        case .probe(var probe):
            probe.duration = middle * factor
            probe.phases.wait = probe.duration * 0.6
            target.detail = .probe(probe)
        case .postgres(var server):
            server.transactionsPerSecond = middle * factor
            server.walBytesPerSecond = 400_000 * factor
            target.detail = .postgres(server)
        case .redis(var server):
            server.operationsPerSecond = middle * factor
            server.ping = 0.000_18 * factor
            target.detail = .redis(server)
        case .host(var host):
            host.cpu = 0.38 * factor
            host.load1 = 1.4 * factor
            target.detail = .host(host)
        case .containers(var engine):
            for index in engine.containers.indices {
                engine.containers[index].cpu = engine.containers[index].cpu.map { _ in 0.4 * factor
                }
            }
            target.detail = .containers(engine)
        case .scrape, .command, nil: break
        }
    }
}
