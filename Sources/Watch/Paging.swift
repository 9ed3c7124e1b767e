import Alerting
import Configuration
import Execution
import Logging
import Records
import Snapshot
import Targets
import TimeSeries

/// Keeps the desk: commits what it decides, makes its attempts, and shows what it knows. All in this
/// order, so that nothing is sent or shown as done before it is on disk.
public actor Paging {
    /// What the screen shows of it.
    struct View: Sendable {
        var paging: PagingState?
        var alerts: [AlertCondition] = []
    }

    let bell = Bell()
    public nonisolated let beats = Heartbeats()
    nonisolated let view = Newest<View>()
    let ports: PagingPorts
    let clock: WatchClock
    private var clocks = ClockWatch()
    let log: Logger
    var desk: Desk
    var configuration: Configuration
    var senders: [String: any PageSender]
    private var random = SystemRandomNumberGenerator()
    /// What is not on disk yet.
    var pending = RecordBatch()
    private(set) var notDurable: String?
    /// When everything was last on disk.
    private(set) var syncedAt: Timestamp?
    private var turns = 0
    private var waiters: [(turn: Int, continuation: CheckedContinuation<Void, Never>)] = []
    private var underWay = 0
    private var isDraining = false
    private var shownAt: ContinuousClock.Instant?
    /// What opening the disk said, shown until somebody has read it.
    var damage: String?
    var meter = PagingMeter()
    var shifts = ShiftCalendar()
    var deadMan: DeadManState?
    /// The configuration that the history names last.
    var noted: String?
    /// What people signed and did about plans, as it is on disk; others know what it says.
    var planRecords: [PlanRecord: [StateRecord]] = [:]

    /// A disk that refuses writes keeps this many lines of the history waiting.
    private static let lineLimit = 10_000

    private let executor = QueueExecutor("dogwatch.pager")
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    public init(
        configuration: Configuration, ports: PagingPorts, clock: WatchClock = WatchClock(),
        log: Logger
    ) {
        self.configuration = configuration
        self.ports = ports
        self.clock = clock
        self.log = log
        desk = Desk(instance: configuration.watch.name, plan: configuration.paging.plan)
        senders = ports.makeSenders(configuration)
        desk.links = ports.makeLinks(configuration)
    }

    /// The time of day. Where somebody has set the clock, the desk hears of it first: everything that is
    /// measured in time that passes goes on as if nobody had.
    func now() -> Timestamp {
        let look = clocks.look(at: clock.source)
        // Nothing was judged late, and nothing written late, while the machine slept.
        meter.lastJudged = meter.lastJudged.map { $0 + look.step + look.slept }
        syncedAt = syncedAt.map { $0 + look.step + look.slept }
        guard look.step != .zero else { return look.wall }
        desk.clockWasSet(by: look.step)
        let text = "the clock was set by \(look.step.components.seconds) s"
        desk.mention(text, at: look.wall)
        log.warning("clock", metadata: ["what": "\(text)"])
        return look.wall
    }

    /// Goes on from what the disk holds; gives it, for those who keep theirs there too. To be called
    /// once, before anything is judged.
    @discardableResult
    public func restore() async -> [StateRecord] {
        guard let store = ports.store else { return [] }
        do throws(RecordFailure) {
            let kept = try await store.load()
            damage = kept.damage
            let lost = desk.restore(await Self.read(kept.records), at: now())
            if lost > 0 { damage = "\(lost) records of pager.db could not be understood" }
            if let damage { log.error("pager", metadata: ["damage": "\(damage)"]) }
            for kind in PlanRecord.allCases {
                planRecords[kind] = kept.records.filter { $0.kind == kind.rawValue }
            }
            return kept.records
        } catch {
            notDurable = "\(error)"
            log.error("pager", metadata: ["reason": "\(error)"])
            return []
        }
    }

    /// Reads many records on as many threads as there are cores.
    private nonisolated static func read(_ records: [StateRecord]) async -> [ReadRecords] {
        let size = max(500, records.count / 4 + 1)
        return await withTaskGroup(of: ReadRecords.self) { group in
            for start in stride(from: 0, to: records.count, by: size) {
                group.addTask { ReadRecords(records[start..<min(start + size, records.count)]) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Delivers until the task is cancelled.
    public func run() async {
        meter.lastJudged = now()
        await withDiscardingTaskGroup { group in
            group.addTask { await self.beat() }
            group.addTask { await self.deadManLoop() }
            group.addTask { await self.upkeepLoop() }
            for await _ in bell.rings() {
                await turn { attempt in group.addTask { await self.deliver(attempt) } }
            }
            group.cancelAll()
        }
        resumeWaiters()
    }

    /// Everything is told and on disk.
    public var isIdle: Bool {
        pending.isEmpty && underWay == 0 && desk.pager.outbox.openCount == 0 && !desk.hasChanges
    }

    /// Ends orderly: makes no new attempts and waits for those under way.
    public func drain(within limit: Duration) async {
        isDraining = true
        let end = ContinuousClock.now + limit
        while underWay > 0, .now < end { try? await Task.sleep(for: .milliseconds(20)) }
        await commit()
        await ports.makeDeadMan(configuration)?.sayGoodbye()
    }

    /// Rings when something becomes due, at least once a second.
    private func beat() async {
        while !Task.isCancelled {
            let due = desk.nextWake.map { $0.duration(since: now()) } ?? .seconds(1)
            let pause = min(max(due, .milliseconds(20)), .seconds(1))
            guard (try? await Task.sleep(for: pause, tolerance: .milliseconds(10))) != nil else {
                return
            }
            bell.ring()
        }
    }

    private func turn(_ start: (Attempt) -> Void) async {
        turns += 1
        beats.beat(.sender)
        desk.advance(at: now())
        await commit()
        if !isDraining {
            for attempt in desk.takeDue(at: now()) {
                underWay += 1
                meter.began(attempt, at: now())
                start(attempt)
            }
        }
        note(desk.takeOutboxEvents())
        publishInTurn()
        resumeWaiters(after: turns)
    }

    /// Many alerts are shown once a second, however often something happens to one.
    private func publishInTurn() {
        let isMuch = desk.alerts.count > 500
        if isMuch, let shownAt, shownAt.duration(to: .now) < .seconds(1) { return }
        shownAt = .now
        publish(at: now())
    }

    private func deliver(_ attempt: Attempt) async {
        let result = await send(attempt)
        underWay -= 1
        desk.finish(attempt, result.verdict, result.said, at: now(), using: &random)
        bell.ring()
    }

    private func send(_ attempt: Attempt) async -> SendResult {
        guard var page = attempt.entry.page, let sender = senders[attempt.entry.channel] else {
            return SendResult(.never, "no receiver is named \(attempt.entry.channel)")
        }
        let late = now().duration(since: attempt.entry.created)
        if late > .seconds(60) { page.remarks.append("delayed by \(ageText(late))") }
        return await sender.send(page, at: now())
    }

    /// Writes until nothing is left to write. What the disk refuses waits, and paging goes on.
    private func commit() async {
        while true {
            pending.append(desk.takeChanges())
            guard !pending.isEmpty else { return }
            guard let store = ports.store else { return pending = RecordBatch() }
            let batch = pending
            pending = RecordBatch()
            do throws(RecordFailure) {
                let began = ContinuousClock.now
                try await store.commit(batch)
                meter.commit.record(began.duration(to: .now))
                syncedAt = now()
                notDurable = nil
            } catch {
                if notDurable == nil { log.error("pager", metadata: ["reason": "\(error)"]) }
                notDurable = "\(error)"
                keep(batch)
                return
            }
        }
    }

    private func keep(_ batch: RecordBatch) {
        var batch = batch
        batch.append(pending)
        let surplus = batch.lines.count - Self.lineLimit
        if surplus > 0 { batch.lines.removeFirst(surplus) }
        pending = batch
    }

    private func note(_ events: [OutboxEvent]) {
        for event in events {
            meter.note(event, at: now())
            guard let line = event.logLine else { continue }
            log.warning("page", metadata: ["event": "\(line)"])
        }
    }

    /// Once all that was decided up to now is on disk; gives why it is not.
    func written() async -> String? {
        bell.ring()
        let turn = turns + 1
        await withCheckedContinuation { waiters.append((turn, $0)) }
        return notDurable
    }

    private func resumeWaiters(after turn: Int = .max) {
        let done = waiters.filter { $0.turn <= turn }
        waiters.removeAll { $0.turn <= turn }
        for waiter in done { waiter.continuation.resume() }
    }
}

extension OutboxEvent {
    /// What is worth a line of the log.
    fileprivate var logLine: String? {
        switch self {
        case .accepted, .cancelled: nil
        case .willRetry(let entry, _, let said):
            "\(entry.channel) did not take \(entry.kind.rawValue) #\(entry.sequence) of \(entry.key): \(said)"
        case .dead(let entry, let said):
            "\(entry.channel) refused \(entry.kind.rawValue) #\(entry.sequence) of \(entry.key): \(said)"
        case .fellBack(let entry, let channel):
            "\(channel) is told of \(entry.key) instead of \(entry.channel)"
        case .channelBroken(let channel): "\(channel) is broken"
        }
    }
}
