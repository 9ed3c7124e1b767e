import Synchronization
import Targets
import TimeSeries

/// Where runners leave what they collected, and the engine fetches it: a runner never waits for the
/// engine, however busy that is.
final class Inbox: Sendable {
    /// What one collection came to.
    struct Item: Sendable {
        var id: TargetID
        var result: Result<Reading, CollectionFailure>
        /// When it ended.
        var at: Timestamp
        /// What became of its samples.
        var counts: AppendCounts
        /// How far behind its schedule it began; never negative.
        var lag: Duration
    }

    private struct State {
        var items: [Item] = []
        var signal: AsyncStream<Void>.Continuation?
    }

    /// More than this means that the engine has stood still for minutes: the oldest go.
    static let capacity = 100_000

    private let state = Mutex(State())

    func post(_ item: Item) {
        let signal = state.withLock { state in
            if state.items.count >= Inbox.capacity { state.items.removeFirst(Inbox.capacity / 2) }
            state.items.append(item)
            return state.items.count == 1 ? state.signal : nil
        }
        signal?.yield()
    }

    /// Tells the engine that there is something to show, though nothing was collected.
    func touch() { state.withLock { $0.signal }?.yield() }

    /// Everything since the last call, in the order of arrival.
    func drain() -> [Item] {
        state.withLock { state in
            defer { state.items.removeAll(keepingCapacity: true) }
            return state.items
        }
    }

    /// One element for any number of posts since the last. A later call ends an earlier stream, as a
    /// stream ends with the task that reads it.
    func changes() -> AsyncStream<Void> {
        let (stream, signal) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.signal = signal }
        signal.yield()
        return stream
    }
}
