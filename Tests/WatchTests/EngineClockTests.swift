import Configuration
import Logging
import Snapshot
import Synchronization
import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Watch

@Suite("the engine and its clocks", .timeLimit(.minutes(1)))
struct EngineClockTests {
    private let time = FakeTime()
    private let world = PagerWorld()

    /// A watch of one target that pages when it is down.
    private func engine(
        every interval: Duration = .milliseconds(100), keeping samples: [(Labels, Sample)] = [],
        isUp: @escaping @Sendable (Int) -> Bool
    ) -> Watch.Engine {
        var configuration = world.configuration()
        configuration.targets = [
            TargetSpec(
                id: TargetID(.scrape, "api"), interval: interval, timeout: .seconds(1),
                settings: .scrape(ScrapeSettings(url: "http://127.0.0.1")))
        ]
        configuration.alerts = [
            AlertSpec(
                name: "down", value: "up{instance=\"api\"}", breach: Goal(.less, 1),
                severity: .page)
        ]
        var ports = Watch.Engine.Ports(
            makeCollector: { spec in
                Scripted(spec.id) { call throws(CollectionFailure) in
                    guard isUp(call) else { throw CollectionFailure(.unreachable, "refused") }
                    return Reading(
                        detail: .scrape(
                            ScrapeDetail(url: "", samples: 1, bytes: 1, duration: 0.1)))
                }
            },
            reach: { _ in true }, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        ports.paging = world.ports
        ports.time = time.source
        ports.openHistory = { head in
            for (labels, sample) in samples { head.append(labels, sample) }
            return nil
        }
        return Watch.Engine(
            configuration: configuration,
            watch: WatchState(
                name: "test", startedAt: start, length: .seconds(60), owner: 1, isServed: false,
                configuration: "config.toml"), ports: ports)
    }

    private func says(_ text: String, _ engine: Watch.Engine) -> Bool {
        engine.snapshots.value?.notices.contains { $0.text.hasPrefix(text) } ?? false
    }

    private func running(_ engine: Watch.Engine, _ body: () async -> Void) async {
        let task = Task { await engine.run() }
        await body()
        task.cancel()
        await task.value
    }

    @Test(
        "a clock that is set blinds nobody: who goes down after it is paged about",
        arguments: [3600, -3600, 365 * 86_400, -365 * 86_400])
    func clockSet(seconds: Int) async {
        let shared = Shared()
        let engine = engine { _ in !shared.isDown }
        await running(engine) {
            #expect(await waits { engine.snapshots.value?.targets.first?.health == .ok })
            #expect(await waits { await engine.warmSince != nil })
            time.set(by: .seconds(seconds))
            try? await Task.sleep(for: .milliseconds(500))
            shared.goDown()
            #expect(await waits { world.log.contains("phone trigger #1") })
            #expect(await waits { says("the clock was set by", engine) })
        }
    }

    @Test("after a sleep everything is looked at anew before anything is judged")
    func sleep() async {
        let shared = Shared()
        // The next look is an hour away, and all that is known says that it is up.
        let engine = engine(every: .seconds(3600)) { _ in shared.look() }
        await running(engine) {
            #expect(await waits { await engine.warmSince != nil })
            #expect(shared.looks == 1)
            shared.goDown()
            time.sleep(.seconds(7200))
            #expect(await waits { shared.looks == 2 })
            #expect(await waits { world.log.contains("phone trigger #1") })
            #expect(await waits { says("nothing ran for 2 h", engine) })
        }
    }

    @Test("its time goes on after its own last look, whatever targets date ahead")
    func kept() async {
        let now = time.source.wall()
        let engine = engine(keeping: [
            (["__name__": "up", "job": "api"], Sample(now + .seconds(60), 1)),
            (["__name__": "theirs"], Sample(now + .seconds(540), 1)),
        ]) { _ in true }
        #expect(engine.clock.lead > .seconds(50) && engine.clock.lead <= .seconds(61))
        await running(engine) {
            #expect(await waits { says("the clock lies behind what was kept", engine) })
        }
    }

    private final class Shared: Sendable {
        private let state = Mutex((isDown: false, looks: 0))

        var isDown: Bool { state.withLock(\.isDown) }
        var looks: Int { state.withLock(\.looks) }

        func goDown() { state.withLock { $0.isDown = true } }

        func look() -> Bool {
            state.withLock { state in
                state.looks += 1
                return !state.isDown
            }
        }
    }
}
