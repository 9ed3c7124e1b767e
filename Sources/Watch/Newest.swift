import Synchronization

/// Holds the newest value and hands it to any number of followers. A slow follower skips values and
/// never holds up the writer.
public final class Newest<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var followers: [Int: AsyncStream<Value>.Continuation] = [:]
        var nextFollower = 0
    }

    private let state = Mutex(State())

    public init() {}

    public var value: Value? { state.withLock { $0.value } }

    public func publish(_ value: Value) {
        let followers = state.withLock { state in
            state.value = value
            return Array(state.followers.values)
        }
        for follower in followers { follower.yield(value) }
    }

    /// The newest value, then each newer one that the follower is quick enough to see.
    public func follow() -> AsyncStream<Value> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let (key, current) = state.withLock { state in
                state.nextFollower += 1
                state.followers[state.nextFollower] = continuation
                return (state.nextFollower, state.value)
            }
            continuation.onTermination = { [weak self] _ in
                self?.state.withLock { $0.followers[key] = nil }
            }
            if let current { continuation.yield(current) }
        }
    }

    /// Ends every follower's stream.
    public func finish() {
        let followers = state.withLock { state in
            defer { state.followers = [:] }
            return Array(state.followers.values)
        }
        for follower in followers { follower.finish() }
    }
}
