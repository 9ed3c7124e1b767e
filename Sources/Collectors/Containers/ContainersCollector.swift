import FoundationEssentials
import Glibc
import Targets
import TimeSeries

/// Measures the containers of one engine, Docker or Podman, under cAdvisor's names:
/// `container_cpu_usage_seconds_total`, `container_memory_working_set_bytes`, … and of its own
/// `container_state`, `container_health_status`, `container_restarts_total`, `container_exit_code`.
///
/// Only reads. A collection lists all containers, inspects those that changed, and takes what the
/// open streams of statistics and events brought since the last one.
public actor ContainersCollector: Collector {
    /// The most containers that are watched; of more the first by name are, and a finding says so.
    static let containerLimit = 1000
    /// Requests made of the engine at one time.
    static let concurrency = 16
    /// The most findings of single containers; the rest are counted.
    static let findingLimit = 100
    /// What a deadline leaves for putting the reading together.
    static let margin = Duration.milliseconds(20)
    /// How far back the first look at the events goes, in seconds.
    static let eventHistory = ContainerTrack.loopWindow

    public nonisolated let id: TargetID
    let patterns: NamePatterns
    let client: EngineClient
    let streams: EngineStreams
    let patience: Duration
    /// Seconds since the epoch.
    let clock: @Sendable () -> Double

    var engine: EngineIdentity?
    var machine: InfoReply?
    var tracks: [String: ContainerTrack] = [:]

    init(
        id: TargetID, settings: ContainersSettings, transport: any EngineTransport,
        patience: Duration, clock: @escaping @Sendable () -> Double = wallClock
    ) {
        self.id = id
        patterns = NamePatterns(only: settings.only, except: settings.except)
        client = EngineClient(transport: transport)
        streams = EngineStreams(transport: transport)
        self.patience = patience
        self.clock = clock
    }

    public func collect(
        deadline: ContinuousClock.Instant
    ) async throws(CollectionFailure) -> Reading {
        let deadline = deadline - Self.margin
        let isFirst = engine == nil
        do throws(CollectionFailure) {
            let engine = try await identified(by: deadline)
            let all = try await client.containers(engine, by: deadline)
            var notes = observe(all)
            let events = await takeEvents(of: engine)
            notes += findings(about: events)
            notes += await inspect(
                engine, eventsAreLive: events.isLive && events.isComplete, by: deadline)
            notes += await measure(engine, by: deadline)
            if isFirst, patience > .zero { await settle(engine, by: deadline) }
            return reading(of: engine, notes: notes)
        } catch {
            // An engine that is gone may come back as another version.
            if error.reason != .timedOut { engine = nil }
            throw error
        }
    }

    public func close() async { await streams.close() }

    // MARK: Steps

    private func identified(
        by deadline: ContinuousClock.Instant
    ) async throws(CollectionFailure) -> EngineIdentity {
        if let engine { return engine }
        let found = try await client.identity(by: deadline)
        machine = try? await client.machine(found, by: deadline)
        engine = found
        return found
    }

    /// Takes the list over into what is remembered. Containers that are gone are forgotten.
    private func observe(_ all: [ContainerEntry]) -> [Finding] {
        let now = ContinuousClock.now
        let matching = all.filter { patterns.includes($0.name) }.sorted { $0.name < $1.name }
        var kept: [String: ContainerTrack] = [:]
        for entry in matching.prefix(Self.containerLimit) {
            var track = tracks[entry.id] ?? ContainerTrack(entry)
            track.observe(entry, at: now)
            kept[entry.id] = track
        }
        tracks = kept
        return findings(about: matching.count, names: all.map(\.name))
    }

    private func takeEvents(of engine: EngineIdentity) async -> EngineStreams.Events {
        let start = Int64((max(0, clock() - Self.eventHistory) * 1e9).clamped(to: 0...9e18))
        let client = client
        await streams.followEvents(at: .now) { last in
            client.eventsPath(engine, since: last > 0 ? last : start)
        }
        let events = await streams.takeEvents()
        for event in events.events { tracks[event.id]?.observe(event) }
        return events
    }

    private func inspect(
        _ engine: EngineIdentity, eventsAreLive: Bool, by deadline: ContinuousClock.Instant
    ) async -> [Finding] {
        // Podman's health checks make no events, and its list does not show their state.
        let isTold = eventsAreLive && engine.dialect == .docker
        let due = tracks.filter { $0.value.needsInspection(at: .now, eventsAreLive: isTold) }.map(
            \.key)
        let client = client
        let results = await concurrently(due, limit: Self.concurrency) { id in
            await outcome { () async throws(CollectionFailure) in
                try await client.inspection(engine, of: id, by: deadline)
            }
        }
        var failures: [CollectionFailure] = []
        for (id, result) in results {
            switch result {
            case .success(let inspection?): tracks[id]?.observe(inspection, at: .now, wall: clock())
            case .success(nil): tracks[id] = nil
            case .failure(let failure): failures.append(failure)
            }
        }
        return findings(about: failures, of: "inspected")
    }

    private func measure(
        _ engine: EngineIdentity, by deadline: ContinuousClock.Instant
    ) async -> [Finding] {
        switch engine.dialect {
        case .docker: await followStatistics(engine)
        case .podman: await pollStatistics(engine, by: deadline)
        }
    }

    /// Docker measures for a second before it answers a single request: streams stay open instead.
    private func followStatistics(_ engine: EngineIdentity) async -> [Finding] {
        let running = tracks.filter(\.value.hasStatistics).keys
        let paths = Dictionary(
            uniqueKeysWithValues: running.map { id in
                (id, client.statisticsPath(engine, of: id, isStream: true))
            })
        await streams.follow(paths, at: .now)
        let failures = take(await streams.frames)
        for id in tracks.keys { tracks[id]?.expire(at: .now) }
        return failures + boundFindings(running: running.count)
    }

    private func take(_ frames: [String: EngineStreams.Frame]) -> [Finding] {
        var failures: [CollectionFailure] = []
        for (id, frame) in frames where tracks[id]?.hasStatistics == true {
            guard
                let reply = try? JSONDecoder().decode(
                    StatisticsReply.self, from: Data(frame.line))
            else {
                failures.append(EngineFailure.unreadable(frame.line, of: "/containers/stats"))
                continue
            }
            observe(reply, of: id, dialect: .docker, at: frame.arrivedAt)
        }
        return findings(about: failures, of: "measured")
    }

    /// Podman answers at once, and streams only every five seconds.
    private func pollStatistics(
        _ engine: EngineIdentity, by deadline: ContinuousClock.Instant
    ) async -> [Finding] {
        let running = tracks.filter(\.value.hasStatistics).map(\.key)
        let client = client
        let results = await concurrently(running, limit: Self.concurrency) { id in
            await outcome { () async throws(CollectionFailure) in
                try await client.statistics(engine, of: id, by: deadline)
            }
        }
        var failures: [CollectionFailure] = []
        for (id, result) in results {
            switch result {
            case .success(let reply?): observe(reply, of: id, dialect: .podman, at: .now)
            case .success(nil): break
            case .failure(let failure): failures.append(failure)
            }
        }
        for id in tracks.keys { tracks[id]?.expire(at: .now) }
        return findings(about: failures, of: "measured")
    }

    private func observe(
        _ reply: StatisticsReply, of id: String, dialect: EngineIdentity.Dialect,
        at arrival: ContinuousClock.Instant
    ) {
        guard let usage = ContainerUsage(reply, dialect: dialect) else { return }
        let earlier = ContainerUsage(earlierIn: reply, dialect: dialect)
        tracks[id]?.observe(usage, earlier: earlier, at: arrival)
    }

    /// Waits for what a single look needs: rates of everything that runs, for at most `patience`.
    private func settle(_ engine: EngineIdentity, by deadline: ContinuousClock.Instant) async {
        let end = min(deadline, .now + patience)
        while tracks.values.contains(where: { $0.hasStatistics && $0.rates == nil }), .now < end {
            guard
                (try? await Task.sleep(until: .now + .milliseconds(100), clock: .continuous)) != nil
            else { return }
            _ = await measure(engine, by: end)
        }
    }
}

extension Double {
    func clamped(to range: ClosedRange<Double>) -> Double {
        isNaN ? range.lowerBound : Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}

/// The system's clock, in seconds since the epoch.
@Sendable func wallClock() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// `body` of each item, at most `limit` at one time; results in any order.
func concurrently<Item: Sendable, Result: Sendable>(
    _ items: [Item], limit: Int, _ body: @escaping @Sendable (Item) async -> Result
) async -> [(Item, Result)] {
    await withTaskGroup(of: (Item, Result).self) { group in
        var results: [(Item, Result)] = []
        var rest = items[...]
        func addNext() {
            guard let item = rest.popFirst() else { return }
            group.addTask { (item, await body(item)) }
        }
        for _ in 0..<limit { addNext() }
        while let result = await group.next() {
            results.append(result)
            addNext()
        }
        return results
    }
}

/// What came of a try, as a value.
func outcome<Success: Sendable>(
    _ body: () async throws(CollectionFailure) -> Success
) async -> Result<Success, CollectionFailure> {
    do throws(CollectionFailure) { return .success(try await body()) } catch {
        return .failure(error)
    }
}
