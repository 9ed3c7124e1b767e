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
    private let ports: PagingPorts
    let now: @Sendable () -> Timestamp
    private let log: Logger
    var desk: Desk
    var configuration: Configuration
    private var senders: [String: any PageSender]
    private var random = SystemRandomNumberGenerator()
    /// What is not on disk yet.
    private var pending = RecordBatch()
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
    private var noted: String?
    /// What people signed about plans, as it is on disk; others know what it says.
    public private(set) var signatures: [StateRecord] = []
    static let signatureKind = "signature"

    /// A disk that refuses writes keeps this many lines of the history waiting.
    private static let lineLimit = 10_000

    private let executor = QueueExecutor("dogwatch.pager")
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    public init(
        configuration: Configuration, ports: PagingPorts,
        now: @escaping @Sendable () -> Timestamp, log: Logger
    ) {
        self.configuration = configuration
        self.ports = ports
        self.now = now
        self.log = log
        desk = Desk(instance: configuration.watch.name, plan: configuration.paging.plan)
        senders = ports.makeSenders(configuration)
        desk.links = ports.makeLinks(configuration)
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
            signatures = kept.records.filter { $0.kind == Self.signatureKind }
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

    private func resumeWaiters(after turn: Int = .max) {
        let done = waiters.filter { $0.turn <= turn }
        waiters.removeAll { $0.turn <= turn }
        for waiter in done { waiter.continuation.resume() }
    }
}

/// What comes from outside.
extension Paging {
    /// What it writes of itself as series.
    func ownSamples(at now: Timestamp) -> [(labels: Labels, value: Double)] {
        meter.samples(
            of: desk.pager.outbox, to: configuration.paging.receivers.map(\.name),
            lastPing: deadMan?.lastPing, at: now)
    }

    /// Takes evaluations; gives the alerts of their rules as series are written of them.
    @discardableResult
    public func judge(_ passes: [RulePass], at time: Timestamp) -> [RuleAlerts] {
        desk.judge(passes, at: time)
        bell.ring()
        return passes.map { RuleAlerts($0.rule, desk) }
    }

    /// Keeps records of others with its own, so that one commit is for all.
    func keep(_ records: [StateRecord], removing removals: [StateRecord.ID] = []) {
        guard !records.isEmpty || !removals.isEmpty else { return }
        pending.append(RecordBatch(puts: records, removals: removals))
        bell.ring()
    }

    /// Does what a person asks for, and returns once that is on disk.
    public func perform(_ act: Act, by person: String) async throws(ActRefusal) -> String {
        let said = try desk.perform(act, by: person, at: now())
        log.info("act", metadata: ["by": "\(person)", "said": "\(said)"])
        bell.ring()
        let turn = turns + 1
        await withCheckedContinuation { waiters.append((turn, $0)) }
        if let notDurable { return "\(said) (not on disk: \(notDurable))" }
        return said
    }

    /// Keeps what somebody signed, with a line of the history, and returns once that is on disk. Never
    /// changed and never removed.
    public func keep(signature body: [UInt8], of subject: String) async throws(RecordFailure) {
        let record = StateRecord(
            kind: Self.signatureKind, key: "\(signatures.count)/\(subject)", body: body)
        signatures.append(record)
        pending.append(
            RecordBatch(
                puts: [record],
                lines: [
                    HistoryLine(
                        at: now(), kind: Self.signatureKind, subject: subject, body: body)
                ]))
        bell.ring()
        let turn = turns + 1
        await withCheckedContinuation { waiters.append((turn, $0)) }
        if let notDurable { throw RecordFailure(notDurable) }
    }

    /// The same, for those that hand the answer on.
    public func result(of act: Act, by person: String) async -> Result<String, ActRefusal> {
        do throws(ActRefusal) {
            return .success(try await perform(act, by: person))
        } catch {
            return .failure(error)
        }
    }

    /// Takes a new configuration. The alerts of rules and targets that are gone end.
    func use(_ new: Configuration, rules: Set<String>) {
        let isChanged = configuration.paging != new.paging
        if noted != new.digest { desk.noteConfiguration(new.digest, of: new.path, at: now()) }
        noted = new.digest
        configuration = new
        senders = ports.makeSenders(new)
        desk.links = ports.makeLinks(new)
        if isChanged { desk.use(new.paging.plan, at: now()) }
        desk.keepTargets(Set(new.targets.map(\.id.description)), at: now())
        desk.keepRules(rules, at: now())
        shifts = ShiftCalendar()
        bell.ring()
    }

    /// What a link in a page is about; nil for one that is good for nothing, or no longer.
    public func page(of token: String) -> LinkedPage? { desk.page(of: token) }

    /// The targets that must be looked at before some page goes out.
    var awaited: [TargetID] {
        let names = desk.awaited
        guard !names.isEmpty else { return [] }
        return configuration.targets.map(\.id).filter { names.contains($0.description) }
    }

    /// A target was looked at.
    func looked(at targets: [(id: String, at: Timestamp)]) {
        guard !desk.awaited.isEmpty else { return }
        for target in targets { desk.looked(at: target.id, target.at) }
        bell.ring()
    }

    /// Shows what is known without delivering anything.
    func show() { publish(at: now()) }

    func mention(_ text: String) { desk.mention(text, at: now()) }
}

/// What nobody waits for.
extension Paging {
    /// Forgets once an hour what was long quiet, and says once a day in the log what is silenced.
    private func upkeepLoop() async {
        var hours = 0
        while (try? await Task.sleep(for: .seconds(3600), tolerance: .seconds(60))) != nil {
            desk.forgetOld(at: now())
            bell.ring()
            hours += 1
            if hours % 24 == 0 { logSilences() }
        }
    }

    private func logSilences() {
        for (id, silence) in desk.silences.sorted(by: { $0.key < $1.key }) where !silence.isEnded {
            log.info(
                "silenced",
                metadata: [
                    "id": "\(id)", "until": "\(silence.end.text)", "by": "\(silence.author)",
                    "what": "\(silence.matchers.map(\.description).joined(separator: " "))",
                    "why": "\(silence.comment)",
                ])
        }
    }
}

/// The service outside that notices when we are gone.
extension Paging {
    private func deadManLoop() async {
        var failures = 0
        while !Task.isCancelled {
            if let ping = ports.makeDeadMan(configuration) {
                let complaints = complaints(at: now())
                let refusal = await ping.ping(complaints)
                failures = refusal == nil ? 0 : failures + 1
                deadMan = DeadManState(
                    lastPing: refusal == nil ? now() : deadMan?.lastPing,
                    complaints: complaints + (refusal.map { [$0] } ?? []))
            } else {
                deadMan = nil
            }
            let pause: Duration = (1...2).contains(failures) ? .seconds(5) : DeadManSwitch.interval
            guard (try? await Task.sleep(for: pause)) != nil else { return }
        }
    }

    private func complaints(at now: Timestamp) -> [String] {
        let isLate = meter.lastJudged.map { now.duration(since: $0) > meter.patience } ?? false
        let sinceSync = notDurable == nil ? .zero : syncedAt.map { now.duration(since: $0) }
        var state = desk.pager.deadManSwitch(
            pageChannels: Set(configuration.paging.pageReceivers), lastEvaluationWasOnTime: !isLate,
            sinceSync: sinceSync ?? .seconds(3600), isClockSane: true,
            freeBytes: ports.freeBytes(), at: now)
        if configuration.paging.pageReceivers.isEmpty { state.pageChannels = 1 }
        return state.complaints
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
