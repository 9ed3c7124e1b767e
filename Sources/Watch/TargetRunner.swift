import Snapshot
import Targets
import TimeSeries

/// Makes the collector of a target; throws `.ours` when a secret or a file is missing.
public typealias CollectorFactory =
    @Sendable (TargetSpec) async throws(CollectionFailure) -> any Collector

/// Collects one target for as long as the watch runs. Keeps its collector over a reload that leaves
/// the target alone.
actor TargetRunner {
    /// What one collection came to, beside its result.
    struct Facts: Sendable {
        /// What became of its samples.
        var counts: AppendCounts
        /// How far behind its schedule it began; never negative.
        var lag: Duration
    }

    typealias Report =
        @Sendable (
            TargetID, Result<Reading, CollectionFailure>, Facts
        ) async -> Void

    nonisolated let spec: TargetSpec
    private let factory: CollectorFactory
    private let now: @Sendable () -> Timestamp
    private let schedule: Schedule
    private var ingest: Ingest
    private var collector: (any Collector)?
    private var failures = 0

    init(
        spec: TargetSpec, head: Head, factory: @escaping CollectorFactory,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.spec = spec
        self.factory = factory
        self.now = now
        schedule = Schedule(spec: spec)
        ingest = Ingest(spec: spec, head: head)
    }

    /// Collects on schedule until the task is cancelled.
    func run<C: Clock<Duration>>(clock: C, since start: C.Instant, report: Report) async {
        var next = min(schedule.phase, .milliseconds(400))
        while true {
            let due = start.advanced(by: next)
            let isOver = (try? await clock.sleep(until: due, tolerance: .milliseconds(2))) == nil
            if isOver || Task.isCancelled { return }
            await collectOnce(lag: max(.zero, due.duration(to: clock.now)), report: report)
            next = schedule.next(after: start.duration(to: clock.now), failures: failures)
        }
    }

    /// One collection with all that follows from it. A cancelled one leaves no trace.
    func collectOnce(lag: Duration = .zero, report: Report) async {
        let began = ContinuousClock.now
        let time = now()
        let result = await collect(deadline: began + spec.timeout)
        if case .failure(let failure) = result, failure.reason == .cancelled { return }
        let duration = began.duration(to: .now)
        switch result {
        case .success(let reading):
            failures = 0
            ingest.append(reading, at: time, took: duration)
        case .failure:
            failures += 1
            ingest.appendFailure(at: time, took: duration)
        }
        await report(spec.id, result, Facts(counts: ingest.counts, lag: lag))
    }

    /// Ends the target's connections; its series end too when it leaves the watch.
    func close(endingSeries: Bool) async {
        if endingSeries { ingest.endSeries(at: now()) }
        await collector?.close()
        collector = nil
    }

    private func collect(
        deadline: ContinuousClock.Instant
    ) async -> Result<Reading, CollectionFailure> {
        do throws(CollectionFailure) {
            if let collector { return .success(try await collector.collect(deadline: deadline)) }
            let made = try await factory(spec)
            collector = made
            return .success(try await made.collect(deadline: deadline))
        } catch {
            return .failure(error)
        }
    }
}
