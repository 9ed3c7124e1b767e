import Alerting
import Configuration
import Logging
import Rules
import Snapshot
import Targets
import TimeSeries

/// The owner of a watch: collects every target, keeps the series, judges, and publishes what it
/// sees as one immutable snapshot after another.
public actor Engine {
    /// What the engine needs from the world.
    public struct Ports: Sendable {
        public var makeCollector: CollectorFactory
        /// Whether a canary, "host:port", answers within two seconds.
        public var reach: @Sendable (String) async -> Bool
        /// From one round of canaries to the next.
        public var canaryInterval = Duration.seconds(5)
        /// Opens what keeps the samples of the head, which is new; nil where nothing does.
        public var openHistory: @Sendable (Head) -> (any SampleHistory)? = { _ in nil }
        /// How people are told.
        public var paging = PagingPorts()
        /// What time it is.
        public var time = TimeSource.system
        public var log: Logger

        public init(
            makeCollector: @escaping CollectorFactory,
            reach: @escaping @Sendable (String) async -> Bool, log: Logger
        ) {
            self.makeCollector = makeCollector
            self.reach = reach
            self.log = log
        }
    }

    /// So long without a beat is a pause: a busy machine is late, and not as late as that.
    static let longestPause = Duration.seconds(10)

    public nonisolated let head: Head
    /// All that is kept: what queries read.
    public nonisolated let store: any SeriesStore
    public nonisolated let snapshots = Newest<Snapshot>()
    /// The rule files as they were last evaluated.
    public nonisolated let ruleGroups = Newest<[RuleGroupState]>()

    /// What people are told, and what they do.
    public nonisolated let paging: Paging

    let ports: Ports
    /// The time of samples and of judging.
    nonisolated let clock: WatchClock
    var clocks = ClockWatch()
    let history: (any SampleHistory)?
    var configuration: Configuration
    /// Takes targets that are to be looked at now, whatever their interval.
    var hurry: AsyncStream<TargetID>.Continuation?
    var runners: [TargetID: TargetRunner] = [:]
    var records: [TargetID: TargetRecord] = [:]
    let evaluator: Evaluator
    var evaluated = Evaluator.Result()
    let ruleEvaluator: RuleEvaluator
    var ruled = RuleEvaluator.Result()
    var ownAlerts = OwnAlerts()
    var ownSeries = LiveSeries()
    var ownNetwork = Isolation()
    var notices = Notices()
    var checklist: ChecklistProgress?
    var watch: WatchState
    var usage: UsageMeter
    var sequence = 0
    let inbox = Inbox()
    /// Targets that were looked at since the pager was told.
    var looked: [(id: String, at: Timestamp)] = []
    /// When the targets had been looked at often enough to judge; nil before.
    var warmSince: Timestamp?
    let startedAt: Timestamp
    /// When the watch went on after a time in which nothing ran; nil: there was none.
    var resumedAt: Timestamp?
    private var reloadSource: AsyncStream<Void>.Continuation?

    public init(configuration: Configuration, watch: WatchState, ports: Ports) {
        self.configuration = configuration
        self.watch = watch
        self.ports = ports
        let head = Head(seriesLimit: configuration.watch.seriesLimit)
        let history = ports.openHistory(head)
        clock = WatchClock(ports.time)
        clock.begin(after: Self.lastLook(in: head))
        let store: any SeriesStore = history?.store ?? head
        self.head = head
        self.history = history
        self.store = store
        evaluator = Evaluator(head: head, store: store, configuration: configuration)
        ruleEvaluator = RuleEvaluator(head: head, store: store, configuration: configuration)
        usage = UsageMeter(at: .now)
        paging = Paging(
            configuration: configuration, ports: ports.paging, clock: clock, log: ports.log)
        startedAt = clock.now()
    }

    /// When a target was last looked at, by what the history has put back.
    private static func lastLook(in head: Head) -> Timestamp? {
        let up = Matcher(Labels.metricName, equals: "up")
        return head.select([up], from: .distantPast, through: .distantFuture)
            .compactMap { $0.chunks.last?.last }.max()
    }

    /// Watches until the task is cancelled. A reload ends every loop but the pager's and starts the
    /// new configuration's; collectors of unchanged targets keep their connections.
    public func run() async {
        await evaluator.restore(
            await paging.restore(), through: clock.now() + Timestamp.longestLead)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.paging.run() }
            group.addTask { await self.watchLoop() }
        }
        for runner in runners.values { await runner.close(endingSeries: false) }
        await history?.close()
        snapshots.finish()
        ruleGroups.finish()
    }

    private func watchLoop() async {
        while !Task.isCancelled {
            await awaitReach()
            clocks = ClockWatch()
            let start = ContinuousClock.now
            let (reloads, source) = AsyncStream.makeStream(of: Void.self)
            reloadSource = source
            let (awaited, hurry) = AsyncStream.makeStream(
                of: TargetID.self, bufferingPolicy: .bufferingNewest(100))
            self.hurry = hurry
            let runners = await arrangeRunners()
            await withTaskGroup(of: Void.self) { group in
                for runner in runners {
                    group.addTask(executorPreference: runner.preference) {
                        await runner.run(since: start, inbox: self.inbox)
                    }
                }
                group.addTask { await self.beatLoop() }
                group.addTask { await self.publishLoop() }
                group.addTask { await self.canaryLoop() }
                group.addTask { await self.judgeLoop() }
                group.addTask { await self.ruleLoop() }
                group.addTask { await self.historyLoop() }
                group.addTask { await self.hurryLoop(awaited) }
                group.addTask { for await _ in reloads { return } }
                await group.next()
                group.cancelAll()
            }
        }
    }

    /// One collection of every target at once, each within its own deadline; `publish` then shows
    /// what came.
    public func collectOnce() async {
        let runners = await arrangeRunners()
        await withTaskGroup(of: Void.self) { group in
            for runner in runners {
                group.addTask { await runner.collectOnce(inbox: self.inbox) }
            }
        }
        takeInbox()
        warmSince = clock.now()
        await ruleEvaluator.evaluateAll(at: clock.now())
        await takeRules()
        await judge(recordsHistory: false)
        await paging.show()
    }

    /// Takes a new configuration: from the next moment on it is what runs.
    public func reload(_ new: Configuration) {
        configuration = new
        notices.clear(.reload)
        ownAlerts.refusedConfiguration = nil
        ports.log.info("configuration reloaded", metadata: ["targets": "\(new.targets.count)"])
        restart()
    }

    /// Ends every loop but the pager's, and begins them anew.
    func restart() { reloadSource?.yield() }

    /// What is watched now.
    public var targets: [TargetSpec] { configuration.targets }

    /// The configuration as it is now.
    public var current: Configuration { configuration }

    /// The plans that the configuration names now.
    public var planFiles: [WatchSettings.PlanFile] { configuration.watch.plans }

    /// Shows how far the plans are ticked; nil: none is loaded.
    public func show(checklist progress: ChecklistProgress?) {
        guard checklist != progress else { return }
        checklist = progress
        inbox.touch()
    }

    /// A configuration that was refused: what runs goes on, and the screen says so.
    public func refuseReload(_ reason: String) {
        ports.log.error("configuration refused", metadata: ["reason": "\(reason)"])
        notices.set(
            .reload, .degraded, "configuration not reloaded, the old one runs: \(reason)",
            at: clock.now())
        ownAlerts.refusedConfiguration = reason
        inbox.touch()
    }

    /// Says on the screen why the query API has not got its port; nil takes that back.
    public func note(portFailure: String?) {
        if let portFailure {
            ports.log.error("query API", metadata: ["reason": "\(portFailure)"])
            notices.set(.api, .degraded, portFailure, at: clock.now())
        } else {
            notices.clear(.api)
        }
        inbox.touch()
    }
}

// MARK: - Targets

extension Engine {
    /// Makes the runners agree with the configuration: unchanged targets keep theirs.
    private func arrangeRunners() async -> [TargetRunner] {
        let wanted = Dictionary(
            configuration.targets.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var closing: [TargetRunner] = []
        for (id, runner) in runners where wanted[id] != runner.spec {
            closing.append(runner)
            runners[id] = nil
            records[id] = nil
        }
        for runner in closing { await runner.close(endingSeries: true) }
        for spec in configuration.targets where runners[spec.id] == nil {
            runners[spec.id] = TargetRunner(
                spec: spec, head: head, factory: ports.makeCollector, now: clock.now)
            records[spec.id] = TargetRecord(spec: spec, addedAt: clock.now())
        }
        await evaluator.use(configuration)
        await ruleEvaluator.use(configuration)
        await paging.use(configuration, rules: await watchedRules)
        await takeRules()
        notices.clearConfiguration()
        for warning in configuration.warnings {
            notices.set(
                .configuration("\(warning)"), .degraded, warning.firstLine, at: clock.now())
        }
        watch.name = configuration.watch.name
        watch.length = configuration.watch.length
        inbox.touch()
        return configuration.targets.compactMap { runners[$0.id] }
    }

    /// Takes what the runners have collected since the last time.
    func takeInbox() {
        for item in inbox.drain() {
            switch item.result {
            case .success(let reading): records[item.id]?.record(reading, at: item.at)
            case .failure(let failure): records[item.id]?.record(failure, at: item.at)
            }
            usage.note(item)
            looked.append((item.id.description, item.at))
            notice(item.counts, of: item.id, at: item.at)
        }
    }

    private func notice(_ counts: AppendCounts, of id: TargetID, at now: Timestamp) {
        if counts.seriesLimit > 0 {
            notices.set(
                .seriesLimit, .degraded,
                "series limit of \(head.seriesLimit) reached: new series of \(id) are not kept."
                    + " Raise [watch] series_limit or watch less.", at: now)
        }
        if counts.ahead > 0 {
            notices.set(
                .futureSamples, .degraded,
                "\(id): samples were refused whose own time is more than"
                    + " \(ageText(Ingest.mostAhead)) ahead of our clock: set the clock of one of both",
                at: now)
        }
        if counts.outOfOrder > 0 {
            notices.set(
                .refusedSamples, .degraded,
                "\(id): samples older than what is stored were refused (did the clock go back?)",
                at: now)
        }
    }
}
