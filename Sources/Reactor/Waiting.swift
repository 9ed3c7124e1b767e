import CSystem
import Dispatch

/// Waits until a descriptor can be read, or its other side has closed.
///
/// The wake can be spurious: a read after it may still give EAGAIN. Close the descriptor only when
/// nobody waits for it. Throws `.timedOut` at the deadline, `.cancelled` when the task is.
@IO
public func readable(_ descriptor: Int32, by deadline: Deadline) async throws(ReactorFailure) {
    try await wait(for: DW_READABLE | DW_PEER_CLOSED, on: descriptor, by: deadline)
}

/// Waits until a descriptor can be written, under the terms of `readable`.
@IO
public func writable(_ descriptor: Int32, by deadline: Deadline) async throws(ReactorFailure) {
    try await wait(for: DW_WRITABLE, on: descriptor, by: deadline)
}

/// Sleeps until an instant, to about a millisecond. Throws `.cancelled` only.
@IO
public func sleep(until deadline: Deadline) async throws(ReactorFailure) {
    try await suspend { id, complete in IO.loop.timer(id, at: deadline, complete: complete) }
}

/// Runs a blocking C call away from the loop, on a thread of its own. Cancellation does not stop it:
/// give the library its own time limit.
public func offLoop<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
    await withCheckedContinuation { continuation in
        onOwnThread { continuation.resume(returning: body()) }
    }
}

/// A serial queue for each call: Dispatch gives each a thread at once, while it would add threads
/// to a concurrent queue only about one a second once the first calls block.
func onOwnThread(_ body: @escaping @Sendable () -> Void) {
    DispatchQueue(label: "dogwatch.blocking").async(execute: body)
}

@IO
private func wait(
    for bits: UInt32, on descriptor: Int32, by deadline: Deadline
) async throws(ReactorFailure) {
    if deadline <= .now { throw .timedOut }
    try await suspend { id, complete in
        IO.loop.wait(id, for: bits, on: descriptor, by: deadline, complete: complete)
    }
}

/// Suspends the task until the loop completes the wait that `begin` registers.
///
/// A cancellation that came before the wait had begun is asked for again once it has.
@IO
func suspend(
    _ begin: @IO (WaitID, @escaping (EventLoop.Outcome) -> Void) -> Void
) async throws(ReactorFailure) {
    if Task.isCancelled { throw .cancelled }
    let executor = IO.shared.executor
    let id = executor.newID()
    let outcome: EventLoop.Outcome = await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
            begin(id) { continuation.resume(returning: $0) }
            if Task.isCancelled { executor.cancel(id) }
        }
    } onCancel: {
        executor.cancel(id)
    }
    try outcome.get()
}
