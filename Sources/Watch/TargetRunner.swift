import Reactor
import Snapshot
import Targets
import TimeSeries

/// Makes the collector of a target; throws `.ours` when a secret or a file is missing.
public typealias CollectorFactory =
    @Sendable (TargetSpec) async throws(CollectionFailure) -> any Collector

/// Collects one target for as long as the watch runs. Keeps its collector over a reload that leaves
/// the target alone.
///
/// It lives on the I/O thread, as its sleep and most of its collectors do: with a thousand probes a
/// second, hops between threads cost more than the probes.
actor TargetRunner {
    nonisolated var unownedExecutor: UnownedSerialExecutor { IO.shared.unownedExecutor }

    /// Probes come by the thousand and compute little; other collectors decode long answers, away
    /// from the I/O thread.
    nonisolated var preference: (any TaskExecutor)? {
        switch spec.id.kind {
        case .http: IO.preference
        case .tcp, .postgres, .redis, .containers, .host, .scrape, .command: nil
        }
    }

    /// A collection ends at its deadline, or so soon after it on a busy machine.
    private static let longestDelay = Duration.seconds(5)

    nonisolated let spec: TargetSpec
    private let factory: CollectorFactory
    private let now: @Sendable () -> Timestamp
    private let schedule: Schedule
    private var clock: SampleClock
    private var ingest: Ingest
    private var collector: (any Collector)?
    private var failures = 0
    private var isCollecting = false

    init(
        spec: TargetSpec, head: Head, factory: @escaping CollectorFactory,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.spec = spec
        self.factory = factory
        self.now = now
        schedule = Schedule(spec: spec)
        clock = SampleClock(interval: schedule.interval)
        ingest = Ingest(spec: spec, head: head)
    }

    /// Collects on schedule until the task is cancelled.
    func run(since start: Deadline, inbox: Inbox) async {
        var next = min(schedule.phase, .milliseconds(400))
        while (try? await Reactor.sleep(until: start + next)) != nil, !Task.isCancelled {
            await collectOnce(lag: max(.zero, (start + next).duration(to: .now)), inbox: inbox)
            next = schedule.next(after: start.duration(to: .now), failures: failures)
        }
    }

    /// One collection with all that follows from it; none where one is under way. A cancelled one
    /// leaves no trace.
    func collectOnce(lag: Duration = .zero, inbox: Inbox) async {
        guard !isCollecting else { return }
        isCollecting = true
        defer { isCollecting = false }
        let (began, awake) = (ContinuousClock.now, SuspendingClock.now)
        let time = clock.time(at: now())
        let result = await collect(deadline: began + spec.timeout)
        if case .failure(let failure) = result, failure.reason == .cancelled { return }
        let duration = began.duration(to: .now)
        // What the machine slept through, or the process was stopped in, is no answer and no silence.
        let slept = duration - awake.duration(to: .now)
        guard slept <= .seconds(1), duration <= spec.timeout + Self.longestDelay else { return }
        switch result {
        case .success(let reading):
            failures = 0
            ingest.append(reading, at: time, took: duration)
        case .failure:
            failures += 1
            ingest.appendFailure(at: time, took: duration)
        }
        inbox.post(
            Inbox.Item(id: spec.id, result: result, at: now(), counts: ingest.counts, lag: lag))
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
