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
    private let surveys: Surveys
    private var wanted = Wanted()
    private var series = VerdictSeries()
    private var live = LiveSeries()

    /// From one look to the next: half of the shortest cadence that matters for a plan's progress.
    static let rhythm = Duration.seconds(5)

    init(
        _ engine: Watch.Engine, signatures: SignatureBook, surveys: Surveys,
        complain: @escaping @Sendable (String) -> Void
    ) {
        self.engine = engine
        self.signatures = signatures
        self.surveys = surveys
        self.complain = complain
    }

    /// Looks until the task is cancelled. What surveys ask is waited for by nobody.
    func run() async {
        await withTaskGroup { group in
            group.addTask { await self.surveys.run { await self.wanted } }
            group.addTask { await self.judge() }
        }
    }

    private func judge() async {
        while !Task.isCancelled {
            let files = await engine.planFiles
            await engine.show(checklist: progress(of: files.map(PlanSource.init)))
            try? await Task.sleep(for: Self.rhythm, tolerance: .milliseconds(500))
        }
    }

    private func progress(of sources: [PlanSource]) async -> ChecklistProgress? {
        loaded = loaded.filter { sources.contains($0.key) }
        for source in sources { refresh(source) }
        let plans = sources.compactMap { source in loaded[source]?.plan.map { (source, $0) } }
        wanted = Wanted(plans.map(\.1), targets: await engine.targets)
        let surveyed = await surveys.known
        let signed = await signatures.all
        guard let snapshot = engine.snapshots.value else { return nil }
        let now = wallClock()
        guard !plans.isEmpty else {
            write([], of: snapshot.watch.name, at: now)
            return nil
        }
        var evidence = Evidence(snapshot, at: now)
        let queries = PromQL.Engine(engine.store)
        evidence.engine = queries
        evidence.surveyed = surveyed
        let results = memory.look(at: evidence)
        var progress = ChecklistProgress(
            plan: plans.count == 1 ? plans[0].1.plan.title : "\(plans.count) plans", done: 0,
            total: 0
        )
        var verdicts: [VerdictSeries.Judged] = []
        for (source, plan) in plans {
            let facts = PlanFacts(
                results: results, attestations: signed.attestations(of: source.plan),
                lastFailures: memory.lastFailures, engine: queries)
            let verdict = PlanVerdict(of: plan, by: facts, at: now)
            memory.note(verdict)
            progress.done += verdict.done
            progress.total += verdict.items.count
            verdicts.append(
                .init(name: PlanSource.name(of: source.plan), plan: plan, verdict: verdict))
        }
        write(verdicts, of: snapshot.watch.name, at: now)
        return progress
    }

    private func write(
        _ verdicts: [VerdictSeries.Judged], of watch: String, at now: Timestamp
    ) {
        let samples = series.samples(of: verdicts, at: now).map { labels, value in
            RuleSample(
                labels.with("job", "dogwatch").with("instance", watch), Sample(now, value))
        }
        _ = live.append(samples, at: now, to: { engine.head.append($0, $1) })
    }

    private func refresh(_ source: PlanSource) {
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
