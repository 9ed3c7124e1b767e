import Lint
import Checklist
import Configuration
import PromQL
import Rules
import Snapshot
import TimeSeries
import Watch

/// Judges the plans of a running watch again and again and hands the engine their progress.
///
/// Plans and bindings are read again when their files change; a bad file is said in the log, and
/// what was read before goes on.
actor ChecklistBoard {
    private let engine: Watch.Engine
    private var loaded: [PlanSource: (stamps: [FileStamp?], plan: BoundPlan?)] = [:]
    private var memory = ChecklistMemory()
    private let complain: @Sendable (String) -> Void
    private let signatures: SignatureBook
    private let runs: RunBook
    private let surveys: Surveys
    private let bell = Bell()
    /// Those who wait for the next judgement.
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var hasEnded = false
    /// Whether the last look saw neither an open incident nor an open run.
    private var isQuiet = false
    private var wanted = Wanted()
    private var since = Timestamp.distantPast
    private var runbooks: Set<String> = []
    /// Classes of the audit log that a signature covered at the last look.
    private var signedClasses: Set<String> = []
    private var series = VerdictSeries()
    private var live = LiveSeries()
    private var revision = 0
    /// Every plan as it was judged last; a new value only where something has changed.
    nonisolated let reports = Newest<[ChecklistReport]>()

    /// From one look to the next: half of the shortest cadence that matters for a plan's progress.
    static let rhythm = Duration.seconds(5)
    /// The same while something green waits for the look that confirms it.
    private static let haste = Duration.seconds(1)

    init(
        _ engine: Watch.Engine, signatures: SignatureBook, runs: RunBook, surveys: Surveys,
        complain: @escaping @Sendable (String) -> Void
    ) {
        self.engine = engine
        self.signatures = signatures
        self.runs = runs
        self.surveys = surveys
        self.complain = complain
    }

    /// Looks until the task is cancelled. What surveys ask is waited for by nobody.
    func run() async {
        await withTaskGroup { group in
            group.addTask { await self.surveys.run { await self.wanted } }
            group.addTask { await self.tick() }
            group.addTask { await self.judge() }
        }
    }

    /// Judges now; returns once that is done.
    func refresh() async {
        guard !hasEnded else { return }
        await withCheckedContinuation { continuation in
            waiting.append(continuation)
            bell.ring()
        }
    }

    /// Has everything looked at anew, without waiting for its turn.
    func lookAgain() {
        since = wallClock()
        wanted.since = since
    }

    private func judge() async {
        for await _ in bell.rings() {
            let served = waiting
            waiting = []
            let files = await engine.planFiles
            await engine.show(checklist: progress(of: files.map(PlanSource.init)))
            for waiter in served { waiter.resume() }
        }
        hasEnded = true
        for waiter in waiting { waiter.resume() }
    }

    private func tick() async {
        while !Task.isCancelled {
            let isSoon =
                memory.isWaiting(at: wallClock())
                || wallClock().duration(since: since) < Self.rhythm * 4
            try? await Task.sleep(
                for: isSoon ? Self.haste : Self.rhythm, tolerance: .milliseconds(500))
            bell.ring()
        }
    }

    private func progress(of sources: [PlanSource]) async -> ChecklistProgress? {
        loaded = loaded.filter { sources.contains($0.key) }
        for source in sources { read(source) }
        let plans = sources.compactMap { source in loaded[source]?.plan.map { (source, $0) } }
        // Where the clock was set back since, it would mean everything for ever.
        if since > wallClock() { since = .distantPast }
        wanted = Wanted(plans.map(\.1), targets: await engine.targets)
        wanted.since = since
        wanted.origins = plans.map { source, _ in source.origin }
        wanted.isQuiet = isQuiet
        wanted.runbooks = runbooks
        let surveyed = await surveys.known
        let signatures = await signatures.all
        guard let snapshot = engine.snapshots.value else { return nil }
        let now = wallClock()
        let name = snapshot.watch.name
        guard !plans.isEmpty else {
            write([], [], of: name, at: now)
            publish([])
            return nil
        }
        var evidence = Evidence(snapshot, at: now)
        evidence.engine = PromQL.Engine(engine.store)
        evidence.surveyed = surveyed
        evidence.expect(plans.map(\.1))
        evidence.mark = await mark(of: plans.map(\.0))
        if !wanted.checks.isDisjoint(with: Self.ownChecks) {
            let watch = WatchFacts(
                await engine.current, rules: engine.ruleGroups.value ?? [], snapshot)
            runbooks = Set(watch.rules.compactMap(\.runbook))
            evidence.watch = watch
        }
        evidence.wanted = wanted.checks
        var facts = PlanFacts(results: memory.look(at: evidence), engine: evidence.engine)
        facts.lastFailures = memory.lastFailures
        evidence.signedClasses = signedClasses
        facts.figures = evidence.figures
        var hasOpenRun = false
        var verdicts: [VerdictSeries.Judged] = []
        var reports: [ChecklistReport] = []
        var signed: Set<String> = []
        for (source, plan) in plans {
            facts.attestations = signatures.attestations(of: source.plan)
            let (verdict, run) = await judge(plan, of: source, by: facts, at: now)
            hasOpenRun = hasOpenRun || run.map { $0.closed == nil } == true
            signed.formUnion(plan.signedClasses(by: verdict))
            verdicts.append(.init(name: source.name, plan: plan, verdict: verdict))
            reports.append(
                ChecklistReport(
                    of: plan, verdict, file: source.plan, evidence: "the watch \"\(name)\"",
                    run: run, facts: facts))
        }
        isQuiet = !hasOpenRun && !snapshot.alerts.contains(where: \.isIncident)
        signedClasses = signed
        let figures = VerdictSeries.figures(of: zip(verdicts.map(\.name), reports).map { ($0, $1) })
        write(verdicts, figures, of: name, at: now)
        publish(reports)
        return ChecklistProgress(plans: reports.map(\.progress), revision: revision)
    }

    /// What is judged by the watch's own rules, people and signs of life.
    private static let ownChecks: Set<String> = [
        "prom.rules.loaded", "prom.rules.runbooks", "oncall.now", "alert.watchdog",
        "deploy.watch-window",
    ]

    /// When the newest run was started.
    private func mark(of sources: [PlanSource]) async -> Timestamp? {
        var starts: [Timestamp] = []
        for source in sources {
            if let run = await runs.newest(of: source.name) { starts.append(run.started) }
        }
        return starts.max()
    }

    /// Judges one plan, and latches the steps of its run that are verified now.
    private func judge(
        _ plan: BoundPlan, of source: PlanSource, by facts: PlanFacts, at now: Timestamp
    ) async -> (PlanVerdict, Run?) {
        guard var run = await runs.newest(of: source.name) else {
            var verdict = PlanVerdict(of: plan, by: facts, at: now)
            memory.note(verdict)
            verdict.items = Run.awaited(verdict.items, of: plan)
            return (verdict, nil)
        }
        var facts = facts
        facts.release = run.name
        facts.attestations = run.own(facts.attestations, of: plan)
        var verdict = PlanVerdict(of: plan, by: facts, at: now)
        memory.note(verdict)
        let earlier = run
        run.take(verdict.items, of: plan, at: now)
        await runs.note(run.newLatches(since: earlier, plan: source.name))
        verdict.items = run.shown(verdict.items, of: plan)
        return (verdict, run)
    }

    private func publish(_ new: [ChecklistReport]) {
        guard reports.value != new else { return }
        revision += 1
        reports.publish(new)
    }

    private func write(
        _ verdicts: [VerdictSeries.Judged], _ figures: [(labels: Labels, value: Double)],
        of watch: String, at now: Timestamp
    ) {
        let all = series.samples(of: verdicts, at: now) + figures
        let samples = all.map { labels, value in
            RuleSample(
                labels.with("job", "dogwatch").with("instance", watch), Sample(now, value))
        }
        _ = live.append(samples, at: now, to: { engine.head.append($0, $1) })
    }

    private func read(_ source: PlanSource) {
        let stamps = source.stamps
        guard loaded[source]?.stamps != stamps else { return }
        do {
            loaded[source] = (stamps, try source.load().plan)
        } catch {
            complain("\(error)")
            loaded[source] = (stamps, loaded[source]?.plan)
        }
    }
}

extension ChecklistReport {
    /// The plan in one line.
    fileprivate var progress: ChecklistProgress.Plan {
        .init(
            title: plan, file: file, done: done, failed: failed, unknown: unknown, total: total)
    }
}

extension AlertCondition {
    /// Whether somebody may be woken by it.
    fileprivate var isIncident: Bool {
        guard case .firing = state else { return false }
        return severity != "info"
    }
}
