import CSystem

/// What holds for a watched descriptor at one moment.
public struct Readiness: Sendable, Hashable {
    public var isReadable: Bool
    public var isWritable: Bool
    /// An error or a hang-up; a read tells which.
    public var hasFailed: Bool

    init(_ bits: UInt32) {
        isReadable = bits & DW_READABLE != 0
        isWritable = bits & DW_WRITABLE != 0
        hasFailed = bits & (DW_ERROR | DW_HANGUP) != 0
    }
}

/// Calls `handler` whenever a descriptor is ready, for a library that manages its own sockets.
/// Lasts until `unwatch`, which comes before the descriptor is closed; a new call replaces it.
@IO
public func watch(
    _ descriptor: Int32, readable: Bool, writable: Bool,
    handler: @escaping @IO (Readiness) -> Void
) {
    let bits = (readable ? DW_READABLE : 0) | (writable ? DW_WRITABLE : 0)
    IO.loop.watch(descriptor, bits) { handler(Readiness($0)) }
}

/// Ends a watch; harmless without one.
@IO
public func unwatch(_ descriptor: Int32) { IO.loop.unwatch(descriptor) }

/// A timer that calls its handler once each time it was set.
@IO
public final class LoopTimer {
    private let handler: @IO () -> Void
    private var pending: WaitID?

    public nonisolated init(_ handler: @escaping @IO () -> Void) { self.handler = handler }

    isolated deinit { cancel() }

    /// Replaces an earlier setting.
    public func set(at deadline: Deadline) {
        cancel()
        let id = IO.shared.executor.newID()
        pending = id
        IO.loop.timer(id, at: deadline) { [weak self] outcome in
            guard case .success = outcome, let self else { return }
            pending = nil
            handler()
        }
    }

    public func cancel() {
        guard let id = pending else { return }
        pending = nil
        IO.loop.finish(id, .failure(.cancelled))
    }
}

/// Lets one task wait until something on the loop has happened. A post that comes first is kept.
@IO
public final class Notice {
    private var isPosted = false
    private var waiter: WaitID?

    public nonisolated init() {}

    public func post() {
        isPosted = true
        if let waiter { IO.loop.finish(waiter, .success(())) }
    }

    /// Returns at the next post, or at once for one that was kept.
    public func wait(by deadline: Deadline) async throws(ReactorFailure) {
        while !isPosted {
            if deadline <= .now { throw .timedOut }
            try await suspend { id, complete in
                waiter = id
                IO.loop.park(id, by: deadline, complete: complete)
                if isPosted { IO.loop.finish(id, .success(())) }
            }
        }
        isPosted = false
    }
}
