import Configuration
import Logging
import Snapshot
import Synchronization
import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Watch

/// A history that says what a script says, and notes what it was asked.
private final class ScriptedHistory: SampleHistory {
    struct Asked: Equatable {
        var retention: Duration
        var sizeBytes: Int
    }

    let store: Head
    let asked = Mutex<[Asked]>([])
    let closes = Mutex(0)
    let notices = Mutex<[String]>([])

    init(_ head: Head) { store = head }

    func save(at now: Timestamp, retention: Duration, sizeBytes: Int) -> [String] {
        asked.withLock { $0.append(Asked(retention: retention, sizeBytes: sizeBytes)) }
        return notices.withLock { $0 }
    }

    func close() { closes.withLock { $0 += 1 } }
}

@Suite("a watch with a history", .timeLimit(.minutes(1)))
struct HistoryTests {
    private func engine() throws -> (Watch.Engine, ScriptedHistory) {
        var configuration = Configuration(path: "config.toml")
        configuration.watch.retention = .seconds(86_400)
        configuration.watch.retentionSize = 5_000_000_000
        let opened = Mutex<ScriptedHistory?>(nil)
        var ports = Watch.Engine.Ports(
            makeCollector: { _ throws(CollectionFailure) in
                throw CollectionFailure(.unreachable, "none")
            },
            reach: { _ in true }, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        ports.openHistory = { head in
            let history = ScriptedHistory(head)
            opened.withLock { $0 = history }
            return history
        }
        let watch = WatchState(
            name: "test", startedAt: start, length: .seconds(60), owner: 1, isServed: false,
            configuration: "config.toml")
        let engine = Watch.Engine(configuration: configuration, watch: watch, ports: ports)
        return (engine, try #require(opened.withLock { $0 }))
    }

    @Test("says on screen what the history says, for as long as it does")
    func notices() async throws {
        let (engine, history) = try engine()
        history.notices.withLock { $0 = ["no room", "set aside"] }
        await engine.saveHistory()
        await engine.publish()
        #expect(Set(engine.snapshots.value?.notices.map(\.text) ?? []) == ["no room", "set aside"])
        history.notices.withLock { $0 = ["set aside"] }
        await engine.saveHistory()
        await engine.publish()
        #expect(engine.snapshots.value?.notices.map(\.text) == ["set aside"])
        #expect(
            history.asked.withLock { $0 }.last
                == .init(retention: .seconds(86_400), sizeBytes: 5_000_000_000))
    }

    @Test("the last samples are made safe when it ends")
    func end() async throws {
        let (engine, history) = try engine()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await engine.run() }
            for await _ in engine.snapshots.follow() { break }
            group.cancelAll()
        }
        #expect(history.closes.withLock { $0 } == 1)
    }

    @Test("samples of a steady target lie at equal steps; one that is late does not")
    func clock() {
        var clock = SampleClock(interval: .seconds(5))
        let times = [0, 5003, 9998, 15_004, 21_000, 26_001].map {
            clock.time(at: start + .milliseconds($0)).milliseconds - start.milliseconds
        }
        #expect(times == [0, 5000, 10_000, 15_000, 21_000, 26_000])
    }
}
