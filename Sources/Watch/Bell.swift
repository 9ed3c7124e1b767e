import Synchronization

/// Wakes one waiter; rung many times before it looks, it wakes it once.
public final class Bell: Sendable {
    private let signal = Mutex<AsyncStream<Void>.Continuation?>(nil)

    public init() {}

    public func ring() { signal.withLock { $0 }?.yield() }

    /// One element for any number of rings since the last; the first comes at once. A later call ends
    /// an earlier stream, as a stream ends with the task that reads it.
    public func rings() -> AsyncStream<Void> {
        let (stream, new) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        signal.withLock { signal in
            signal?.finish()
            signal = new
        }
        new.yield()
        return stream
    }

    /// Ends the stream.
    func stop() { signal.withLock { $0.take() }?.finish() }
}
