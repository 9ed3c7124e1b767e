import FoundationEssentials
import Targets

/// The answers that are kept open between collections: one stream of statistics for each running
/// container, and one of events. Each leaves what came last here, to be taken by a collection.
///
/// These are the collector's only tasks outside a collection. They are kept here, each until its
/// stream ends or until `close`, which waits for them.
actor EngineStreams {
    typealias Instant = ContinuousClock.Instant

    /// The most streams of statistics; each costs the engine a measurement a second.
    static let limit = 200
    /// The most events between two collections; beyond it the oldest go, and `Events.isComplete`
    /// says so.
    static let eventLimit = 2000
    /// Waits between tries of a stream that ends; the last one repeats.
    static let backOff: [Duration] = [
        .zero, .seconds(1), .seconds(2), .seconds(5), .seconds(10), .seconds(30),
    ]

    /// Silence after which a stream is taken for dead. Events may rightly be rare.
    static let statisticsQuiet = Duration.seconds(30)
    static let eventsQuiet = Duration.seconds(600)

    /// A line as it came. Frames come more often than they are looked at: decoding waits.
    struct Frame {
        var line: [UInt8]
        var arrivedAt: Instant
    }

    struct Events {
        var events: [ContainerEvent] = []
        var isLive = false
        /// Lines that were no events.
        var unreadable = 0
        /// Whether nothing was missed since the last look.
        var isComplete = true
        /// Why the stream does not stand, once that has lasted for several tries.
        var failure: CollectionFailure?
    }

    private struct Slot {
        var task: Task<Void, Never>?
        var frame: Frame?
        var failures = 0
        var retryAt: Instant?
        var failure: CollectionFailure?
    }

    private let transport: any EngineTransport
    private var slots: [String: Slot] = [:]
    private var events = Slot()
    private var pending = Events()
    private var lastNanoseconds: Int64 = 0
    private var isClosed = false

    init(transport: any EngineTransport) { self.transport = transport }

    // MARK: Statistics

    /// Opens the streams that are missing and ends those of other containers. `paths` is by id; of
    /// more than `limit` the first by id are followed.
    func follow(_ paths: [String: String], at now: Instant) {
        let wanted = paths.sorted { $0.key < $1.key }.prefix(Self.limit)
        let ids = Set(wanted.map(\.key))
        for (id, slot) in slots where !ids.contains(id) {
            slot.task?.cancel()
            slots[id] = nil
        }
        for (id, path) in wanted where isDue(slots[id], at: now) {
            slots[id, default: Slot()].task = Task { await self.statistics(of: id, path) }
        }
    }

    /// The newest frame of each stream, also when it has been looked at before.
    var frames: [String: Frame] { slots.compactMapValues(\.frame) }

    private func statistics(of id: String, _ path: String) async {
        let sink = LineSink { lines in await self.keep(lines, of: id) }
        let failure = await run(path, quiet: Self.statisticsQuiet, sink)
        guard !Task.isCancelled, slots[id] != nil else { return }
        end(&slots[id, default: Slot()], failure)
    }

    /// Only the newest counts.
    private func keep(_ lines: [[UInt8]], of id: String) {
        guard !Task.isCancelled, slots[id] != nil, let line = lines.last else { return }
        slots[id]?.frame = Frame(line: line, arrivedAt: .now)
        slots[id]?.failures = 0
    }

    // MARK: Events

    /// Opens the stream of events if it does not stand. `path` gets the time after which events are
    /// wanted, in nanoseconds since the epoch; 0 where none has been seen.
    func followEvents(at now: Instant, path: @Sendable (Int64) -> String) {
        guard isDue(events, at: now) else { return }
        let address = path(lastNanoseconds)
        events.task = Task { await self.readEvents(address) }
    }

    /// What came since the last call.
    func takeEvents() -> Events {
        var taken = pending
        taken.isLive = events.task != nil
        taken.failure = events.failures > 2 ? events.failure : nil
        pending = Events()
        return taken
    }

    private func readEvents(_ path: String) async {
        let failure = await run(
            path, quiet: Self.eventsQuiet, LineSink { lines in await self.keep(events: lines) })
        guard !Task.isCancelled else { return }
        // What happens until it stands again comes by its time, if the engine still has it.
        pending.isComplete = false
        end(&events, failure)
    }

    private func keep(events lines: [[UInt8]]) {
        events.failures = 0
        if lines.count > Self.eventLimit { pending.isComplete = false }
        for line in lines.suffix(Self.eventLimit) { keep(event: line) }
    }

    private func keep(event line: [UInt8]) {
        guard let reply = try? JSONDecoder().decode(EventReply.self, from: Data(line)) else {
            pending.unreadable += 1
            return
        }
        guard let event = ContainerEvent(reply) else { return }
        if event.nanoseconds > 0 {
            guard event.nanoseconds > lastNanoseconds else { return }
            lastNanoseconds = event.nanoseconds
        }
        if pending.events.count >= Self.eventLimit {
            pending.events.removeFirst()
            pending.isComplete = false
        }
        pending.events.append(event)
    }

    // MARK: Both

    private func isDue(_ slot: Slot?, at now: Instant) -> Bool {
        guard !isClosed else { return false }
        guard let slot else { return true }
        return slot.task == nil && slot.retryAt.map { $0 <= now } ?? true
    }

    private func run(_ path: String, quiet: Duration, _ sink: LineSink) async -> CollectionFailure {
        do throws(CollectionFailure) {
            try await transport.follow(path, quiet: quiet) {
                (bytes) async throws(CollectionFailure) in
                try await sink.add(bytes)
            }
            return CollectionFailure(.unreachable, "the engine ended the stream")
        } catch {
            return error
        }
    }

    private func end(_ slot: inout Slot, _ failure: CollectionFailure) {
        slot.task = nil
        slot.failure = failure
        slot.retryAt = .now + Self.backOff[min(slot.failures, Self.backOff.count - 1)]
        slot.failures += 1
        // Nothing happened for long: that is no failure.
        if failure.reason == .timedOut { slot.failures = 0 }
    }

    /// Ends all streams and waits until they have ended.
    func close() async {
        isClosed = true
        let tasks = slots.values.compactMap(\.task) + [events.task].compactMap { $0 }
        slots = [:]
        events = Slot()
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }
}

/// Hands whole lines of one stream on, and holds up a stream that brings too many.
private actor LineSink {
    private var splitter = LineSplitter()
    private var allowance = StreamAllowance(at: .now)
    private let each: @Sendable ([[UInt8]]) async -> Void

    init(each: @escaping @Sendable ([[UInt8]]) async -> Void) { self.each = each }

    func add(_ bytes: [UInt8]) async throws(CollectionFailure) {
        let lines = try splitter.lines(adding: bytes)
        if !lines.isEmpty { await each(lines) }
        let wait = allowance.wait(bytes: bytes.count, lines: lines.count, at: .now)
        // Cancelled: the stream's next read ends it.
        if wait > .zero { try? await Task.sleep(for: wait) }
    }
}
