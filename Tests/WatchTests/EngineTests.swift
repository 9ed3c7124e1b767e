import Alerting
import Configuration
import Logging
import Rules
import Snapshot
import Synchronization
import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Watch

/// A collector that does what a script says, and counts.
final class Scripted: Collector {
    let id: TargetID
    private let calls = Mutex(0)
    private let act: @Sendable (Int) async throws(CollectionFailure) -> Reading

    init(_ id: TargetID, act: @escaping @Sendable (Int) async throws(CollectionFailure) -> Reading)
    {
        self.id = id
        self.act = act
    }

    func collect(deadline: ContinuousClock.Instant) async throws(CollectionFailure) -> Reading {
        try await act(
            calls.withLock {
                $0 += 1; return $0
            })
    }

    func close() async {}
}

@Suite("the engine", .timeLimit(.minutes(1)))
struct EngineTests {
    private static let detail = TargetDetail.scrape(
        ScrapeDetail(url: "", samples: 1, bytes: 1, duration: 0.1))

    private func configuration(_ names: [String], milliseconds: Int = 100) -> Configuration {
        var configuration = Configuration(path: "config.toml")
        configuration.watch.name = "test"
        configuration.targets = names.map {
            TargetSpec(
                id: TargetID(.scrape, $0), interval: .milliseconds(milliseconds),
                timeout: .milliseconds(milliseconds),
                settings: .scrape(ScrapeSettings(url: "http://127.0.0.1")))
        }
        return configuration
    }

    private func engine(
        _ configuration: Configuration,
        act: @escaping @Sendable (TargetID, Int) async throws(CollectionFailure) -> Reading
    ) -> Watch.Engine {
        let ports = Watch.Engine.Ports(
            makeCollector: { spec in
                Scripted(spec.id) { call throws(CollectionFailure) in try await act(spec.id, call) }
            },
            reach: { _ in true }, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let watch = WatchState(
            name: "test", startedAt: start, length: .seconds(60), owner: 1, isServed: false,
            configuration: "config.toml")
        return Watch.Engine(configuration: configuration, watch: watch, ports: ports)
    }

    /// Runs an engine until a snapshot is as asked; nil after 200 snapshots.
    private func first(
        _ engine: Watch.Engine, where isWanted: @escaping @Sendable (Snapshot) async -> Bool
    ) async -> Snapshot? {
        await withTaskGroup(of: Snapshot?.self) { group in
            group.addTask {
                await engine.run()
                return nil
            }
            group.addTask {
                var seen = 0
                for await snapshot in engine.snapshots.follow() {
                    seen += 1
                    if await isWanted(snapshot) { return snapshot }
                    if seen > 200 { return nil }
                }
                return nil
            }
            let found = await group.next() ?? nil
            group.cancelAll()
            return found
        }
    }

    @Test("rule groups are evaluated, published and shown")
    func ruleGroups() async throws {
        var configuration = configuration(["a"])
        let yaml = """
            groups:
            - name: g
              rules:
              - {record: double, expr: 'count(up) * 2'}
              - {alert: Two, expr: double == 2, labels: {severity: critical}}
            """
        configuration.rules.groups = try RuleFile.read(yaml: Array(yaml.utf8), path: "r").get()
            .groups
        let engine = engine(configuration) { _, _ in Reading(detail: Self.detail) }
        await engine.collectOnce()
        await engine.publish()
        let snapshot = try #require(engine.snapshots.value)
        #expect(snapshot.alerts.map(\.name) == ["Two"])
        #expect(snapshot.health == .critical)
        let group = try #require(engine.ruleGroups.value?.first)
        #expect(group.rules.map(\.outcome) == [.ok, .ok])
        #expect(group.lastEvaluation != nil)
    }

    @Test("a hung target never delays another, and its number grows old")
    func hungTarget() async {
        let forever = AsyncStream<Void>.makeStream()
        let engine = engine(configuration(["good", "hung"])) { id, _ throws(CollectionFailure) in
            if id.name == "hung" { for await _ in forever.stream {} }
            return Reading(detail: Self.detail)
        }
        let snapshot = await first(engine) { $0.targets.first?.history.values.count ?? 0 > 8 }
        #expect(snapshot?.targets.map(\.health) == [.ok, .unknown])
        #expect(snapshot?.targets.last?.reason == "connecting")
        #expect(snapshot?.targets.last?.lastSuccess == nil)
    }

    @Test("a failing target says why and keeps its last numbers with their age")
    func failing() async {
        let engine = engine(configuration(["api"])) { _, call throws(CollectionFailure) in
            if call > 1 { throw CollectionFailure(.unreachable, "connect: refused") }
            return Reading(detail: Self.detail)
        }
        let snapshot = await first(engine) { $0.targets.first?.health == .critical }
        #expect(snapshot?.targets.first?.reason == "connect: refused")
        #expect(snapshot?.targets.first?.detail == Self.detail)
        #expect(snapshot?.targets.first?.lastSuccess != nil)
    }

    @Test("a page waits for a look at what its target stands on, which is made at once")
    func parents() async throws {
        let world = PagerWorld()
        var configuration = world.configuration()
        configuration.targets = self.configuration(["api", "db"]).targets
        configuration.targets[0].dependsOn = [TargetID(.scrape, "db")]
        configuration.targets[1].interval = .seconds(3600)
        configuration.paging.dependencies = TargetDependencies(configuration.targets)
        configuration.alerts = [
            AlertSpec(
                name: "api is down", value: "up{instance=\"api\"}", breach: Goal(.less, 1),
                severity: .page)
        ]
        let looks = Mutex(0)
        var ports = Watch.Engine.Ports(
            makeCollector: { spec in
                Scripted(spec.id) { call throws(CollectionFailure) in
                    if spec.id.name == "db" { looks.withLock { $0 += 1 } }
                    if spec.id.name == "api", call > 5 {
                        throw CollectionFailure(.unreachable, "refused")
                    }
                    return Reading(detail: Self.detail)
                }
            },
            reach: { _ in true }, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        ports.paging = world.ports
        let engine = Watch.Engine(
            configuration: configuration,
            watch: WatchState(
                name: "test", startedAt: start, length: .seconds(60), owner: 1, isServed: false,
                configuration: "config.toml"), ports: ports)
        // The next look by itself would be an hour away.
        let isPaged = await first(engine) { _ in world.log.contains("phone trigger #1") } != nil
        #expect(isPaged && looks.withLock(\.self) == 2, "\(looks.withLock(\.self)) looks")
    }

    @Test("a reload keeps unchanged collectors, adds and removes the others")
    func reload() async {
        let calls = Mutex<[String: Int]>([:])
        let engine = engine(configuration(["kept", "gone"])) { id, call throws(CollectionFailure) in
            calls.withLock { $0[id.name] = call }
            return Reading(detail: Self.detail)
        }
        let next = configuration(["kept", "new"])
        let snapshot = await first(engine) { snapshot in
            let names = snapshot.targets.map(\.id.name)
            if names == ["kept", "gone"], snapshot.targets.allSatisfy({ $0.health == .ok }) {
                await engine.reload(next)
            }
            return names == ["kept", "new"] && snapshot.targets.allSatisfy { $0.health == .ok }
        }
        #expect(snapshot != nil)
        #expect(calls.withLock { $0["kept"] ?? 0 } > 1, "the kept collector was made anew")
    }

    @Test("a refused reload is said and changes nothing")
    func refused() async {
        let engine = engine(configuration(["api"])) { _, _ throws(CollectionFailure) in
            Reading(detail: Self.detail)
        }
        await engine.refuseReload("config.toml:3:1: unknown key")
        let snapshot = await first(engine) { $0.targets.first?.health == .ok }
        #expect(snapshot?.notices.first?.text.contains("config.toml:3:1") == true)
    }

    @Test("own outage is told from theirs")
    func isolation() async {
        var configuration = configuration(["api"])
        configuration.watch.canary = [.init(host: "192.0.2.1", port: 443)]
        var ports = Watch.Engine.Ports(
            makeCollector: { spec in
                Scripted(spec.id) { _ throws(CollectionFailure) in
                    throw CollectionFailure(.timedOut, "no answer")
                }
            },
            reach: { _ in false }, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        ports.canaryInterval = .milliseconds(10)
        let engine = Watch.Engine(
            configuration: configuration,
            watch: WatchState(
                name: "test", startedAt: start, length: .seconds(60), owner: 1, isServed: false,
                configuration: "config.toml"), ports: ports)
        let snapshot = await first(engine) {
            $0.watch.isolatedSince != nil && $0.targets.first?.lastTry != nil
        }
        #expect(snapshot?.targets.first?.health == .unknown)
        #expect(snapshot?.targets.first?.reason.contains("our own network is down") == true)
    }

    @Test("one pass collects every target once")
    func onePass() async {
        let engine = engine(configuration(["a", "b"])) { id, _ throws(CollectionFailure) in
            guard id.name == "a" else { throw CollectionFailure(.denied, "no") }
            return Reading(detail: Self.detail)
        }
        await engine.collectOnce()
        await engine.publish()
        #expect(engine.snapshots.value?.targets.map(\.health) == [.ok, .unknown])
        #expect(engine.head.seriesCount == 6)
    }
}
