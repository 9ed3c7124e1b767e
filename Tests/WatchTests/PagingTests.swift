import Alerting
import Configuration
import Logging
import Records
import Synchronization
import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Watch

/// A disk and receivers that do as they are told, and what happened to them in order.
final class PagerWorld: Sendable {
    private struct State {
        var log: [String] = []
        var records: [StateRecord.ID: StateRecord] = [:]
        var lines = 0
        var refusal: String?
        var verdict = SendResult(.accepted, "200")
        var delay = Duration.zero
        var diskDelay = Duration.zero
        var pings: [[String]] = []
    }

    private let state = Mutex(State())

    var log: [String] { state.withLock(\.log) }
    var pings: [[String]] { state.withLock(\.pings) }
    var lines: Int { state.withLock(\.lines) }

    func slowDisk(_ delay: Duration) { state.withLock { $0.diskDelay = delay } }
    func refuseWrites(_ why: String?) { state.withLock { $0.refusal = why } }
    func answer(_ verdict: DeliveryVerdict, _ said: String, after delay: Duration = .zero) {
        state.withLock { ($0.verdict, $0.delay) = (SendResult(verdict, said), delay) }
    }

    var ports: PagingPorts {
        PagingPorts(
            store: Disk(world: self),
            makeSenders: { configuration in
                Dictionary(
                    uniqueKeysWithValues: configuration.paging.receivers.map {
                        ($0.name, Phone(name: $0.name, world: self) as any PageSender)
                    })
            },
            makeDeadMan: { $0.paging.deadMan == nil ? nil : Ping(world: self) })
    }

    func configuration(deadMan: Bool = false) -> Configuration {
        var configuration = Configuration(path: "config.toml")
        configuration.watch.name = "shop"
        configuration.paging.receivers = [
            PagingSettings.Receiver(
                name: "phone", kind: .command, fallback: nil,
                settings: .command(CommandReceiverSettings(run: ["true"])))
        ]
        configuration.paging.route = PagingSettings.Route(
            matchers: [], destinations: [.page: [Destination(.receiver, "phone")]],
            groupBy: ["instance"], continues: false, routes: [])
        if deadMan {
            configuration.paging.deadMan = DeadManSettings(urls: [.plain("https://hc.test/x")])
        }
        return configuration
    }

    func paging(deadMan: Bool = false, clock: WatchClock = WatchClock()) -> Paging {
        Paging(
            configuration: configuration(deadMan: deadMan), ports: ports, clock: clock,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    static func pass(_ value: Double, instance: String = "api") -> RulePass {
        let rule = WatchedRule(
            id: "alert/slow", name: "slow", severity: .page,
            cycle: AlertRule(Threshold(unguarded: .greater, 1)), comparison: ">", threshold: 1)
        return RulePass(
            rule,
            .elements([
                AlertElement(
                    labels: ["instance": instance], finding: .value(value), value: value)
            ]))
    }

    private struct Disk: RecordStore {
        let world: PagerWorld

        func load() async throws(RecordFailure) -> KeptRecords {
            KeptRecords(world.state.withLock { Array($0.records.values) })
        }

        func commit(_ batch: RecordBatch) async throws(RecordFailure) {
            let delay = world.state.withLock(\.diskDelay)
            if delay > .zero { try? await Task.sleep(for: delay) }
            let refusal = world.state.withLock { state in
                guard state.refusal == nil else { return state.refusal }
                state.log.append("commit")
                state.lines += batch.lines.count
                for record in batch.puts { state.records[record.id] = record }
                for id in batch.removals { state.records[id] = nil }
                return nil
            }
            if let refusal { throw RecordFailure(refusal) }
        }
    }

    private struct Phone: PageSender {
        let name: String
        let world: PagerWorld

        func send(_ page: Page, at now: Timestamp) async -> SendResult {
            let (result, delay) = world.state.withLock { state in
                state.log.append("\(name) \(page.event.rawValue) #\(page.sequence)")
                return (state.verdict, state.delay)
            }
            try? await Task.sleep(for: delay)
            return result
        }
    }

    private struct Ping: DeadManPing {
        let world: PagerWorld

        func ping(_ complaints: [String]) async -> String? {
            world.state.withLock { $0.pings.append(complaints) }
            return nil
        }

        func sayGoodbye() async { world.state.withLock { $0.log.append("goodbye") } }
    }
}

/// Whether something comes to be so within twenty seconds.
func waits(_ what: () async -> Bool) async -> Bool {
    let end = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < end {
        if await what() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return false
}

@Suite("The pager at work")
struct PagingTests {
    private let world = PagerWorld()

    /// Runs the pager while the body lasts.
    private func running(_ paging: Paging, _ body: () async throws -> Void) async rethrows {
        let task = Task { await paging.run() }
        defer { task.cancel() }
        try await body()
    }

    @Test("writes a page down before it is sent, and that it was taken before anything else")
    func order() async {
        let paging = world.paging()
        await running(paging) {
            await paging.judge([PagerWorld.pass(5)])
            #expect(await waits { world.log.contains("phone trigger #1") })
            #expect(await waits { await paging.isIdle })
        }
        #expect(world.log.prefix(3) == ["commit", "phone trigger #1", "commit"])
        #expect(world.lines >= 2)
    }

    @Test("pages though the disk refuses, says so, and writes all of it once the disk is back")
    func notDurable() async {
        let paging = world.paging()
        world.refuseWrites("no space left on device")
        await running(paging) {
            await paging.judge([PagerWorld.pass(5)])
            #expect(await waits { world.log == ["phone trigger #1"] })
            #expect(
                await waits { await paging.condition.notDurable == "no space left on device" })
            var own = OwnAlerts()
            own.pager = await paging.condition
            #expect(summaries(of: own).contains { $0.contains("no space left on device") })
            world.refuseWrites(nil)
            #expect(await waits { await paging.isIdle })
            #expect(await paging.condition.notDurable == nil)
        }
        let restarted = world.paging()
        await restarted.restore()
        #expect(await restarted.desk.alerts.values.map(\.name) == ["slow"])
    }

    @Test("a disk that takes long to sync holds a page up no longer than that, and loses none")
    func slowDisk() async {
        let paging = world.paging()
        world.slowDisk(.milliseconds(700))
        await running(paging) {
            let began = ContinuousClock.now
            for round in 0..<3 {
                await paging.judge(
                    [PagerWorld.pass(5, instance: "api-\(round)")])
                try? await Task.sleep(for: .milliseconds(50))
            }
            #expect(await waits { world.log.filter { $0 == "phone trigger #1" }.count == 3 })
            #expect(began.duration(to: .now) > .milliseconds(700))
            #expect(await waits { await paging.isIdle })
        }
        #expect(world.log.first == "commit")
    }

    @Test("reloads one after the other neither lose a page nor send it twice")
    func reloadStorm() async {
        let paging = world.paging()
        world.answer(.accepted, "200", after: .milliseconds(30))
        await running(paging) {
            for round in 0..<40 {
                var configuration = world.configuration()
                configuration.paging.routeOptions.acknowledgeFor = .seconds(60 + round)
                await paging.use(configuration, rules: ["alert/slow"])
                if round == 5 {
                    await paging.judge([PagerWorld.pass(5)])
                }
            }
            #expect(await waits { await paging.isIdle })
            await paging.judge([PagerWorld.pass(0)])
            #expect(await waits { world.log.contains("phone resolve #2") })
        }
        let told = world.log.filter { $0.hasPrefix("phone") }
        #expect(told == ["phone trigger #1", "phone resolve #2"])
    }

    @Test("counts what becomes of pages, receiver by receiver")
    func series() async {
        let paging = world.paging()
        world.answer(.never, "404 gone")
        await running(paging) {
            await paging.judge([PagerWorld.pass(5)])
            #expect(await waits { await value("dogwatch_pages_dead_total", paging) == 1 })
        }
        #expect(await value("dogwatch_pages_queued_total", paging) == 1)
        #expect(await value("dogwatch_pages_accepted_total", paging) == 0)
        #expect(await value("dogwatch_outbox_oldest_seconds", paging) != nil)
        #expect(await value("dogwatch_page_attempt_delay_seconds_count", paging) == 1)
        #expect(await value("dogwatch_page_delivery_seconds_count", paging) == 0)
        #expect((await value("dogwatch_pager_commit_seconds_count", paging) ?? 0) > 0)
    }

    private func value(_ name: String, _ paging: Paging) async -> Double? {
        await paging.ownSamples(at: wallClock()).first { $0.labels[Labels.metricName] == name }?
            .value
    }

    @Test("an orderly end waits for the attempts under way and says goodbye outside")
    func drains() async {
        let paging = world.paging(deadMan: true)
        world.answer(.accepted, "200", after: .milliseconds(300))
        await running(paging) {
            await paging.judge([PagerWorld.pass(5)])
            #expect(await waits { world.log.contains("phone trigger #1") })
            await paging.drain(within: .seconds(5))
            #expect(world.log.last == "goodbye")
            #expect(await value("dogwatch_pages_accepted_total", paging) == 1)
        }
        #expect(await waits { world.pings.first?.isEmpty == true })
    }

    @Test("goes on after a restart with what was open, under the same key")
    func restart() async throws {
        let first = world.paging()
        world.answer(.retry, "503")
        await running(first) {
            await first.judge([PagerWorld.pass(5)])
            #expect(await waits { world.log.contains("phone trigger #1") })
            #expect(await waits { await value("dogwatch_pages_failed_total", first) == 1 })
        }
        let key = try #require(await first.desk.pager.outbox.open.first?.key)
        let second = world.paging()
        world.answer(.accepted, "200")
        await second.restore()
        #expect(await second.desk.pager.outbox.open.first?.key == key)
        await running(second) {
            #expect(await waits { await value("dogwatch_pages_accepted_total", second) == 1 })
            #expect(await waits { await second.isIdle })
        }
    }

    @Test("an act is done once it is on disk")
    func acts() async throws {
        let paging = world.paging()
        try await running(paging) {
            await paging.judge([PagerWorld.pass(5)])
            #expect(await waits { await paging.isIdle })
            let said = try await paging.perform(
                .acknowledge(key: "slow", lasting: nil), by: "bea")
            #expect(said == "slow: acknowledged")
            world.refuseWrites("read-only file system")
            let again = try await paging.perform(
                .note(text: "looking", key: nil), by: "bea")
            #expect(again.hasSuffix("(not on disk: read-only file system)"))
        }
        let restarted = world.paging()
        await restarted.restore()
        #expect(
            await restarted.desk.alerts.values.first?.incident.response.isTaken == true)
    }

    private func summaries(of own: OwnAlerts) -> [String] {
        own.passes(interval: .seconds(5)).flatMap { pass in
            guard case .elements(let elements) = pass.outcome else { return [String]() }
            return elements.compactMap(\.summary)
        }
    }

    @Test("the watch's own alerts are quiet while all is well, and name what is not")
    func own() {
        var own = OwnAlerts()
        #expect(summaries(of: own).isEmpty)
        own.isolatedSince = start
        own.failing = ["a": "no series"]
        own.refusedConfiguration = "config.toml:1:1"
        own.pager.broken = ["phone": "401"]
        own.pager.holes = ["db": "from Saturday"]
        own.pager.damage = "two pages lost"
        own.lag = 16
        #expect(summaries(of: own).count == 7)
        #expect(OwnAlerts.ruleIDs.count == own.passes(interval: .seconds(5)).count)
    }

    @Test("says to the dead man's switch that nothing is judged, and that the clock is wrong")
    func complaints() async {
        let time = FakeTime(start)
        let paging = world.paging(deadMan: true, clock: WatchClock(time.source))
        await paging.judge([PagerWorld.pass(0)])
        #expect(await paging.complaints(at: paging.now()) == [])
        time.sleep(.seconds(7200))
        #expect(await paging.complaints(at: paging.now()) == [], "nobody was late in a sleep")
        time.pass(.seconds(121))
        #expect(
            await paging.complaints(at: paging.now()).first
                == "the last evaluation did not end in time")
        await paging.judge([PagerWorld.pass(0)])
        #expect(await paging.complaints(at: paging.now()) == [])
        time.set(by: .seconds(-365 * 86_400))
        #expect(await paging.complaints(at: paging.now()) == ["the clock cannot be trusted"])
    }
}
