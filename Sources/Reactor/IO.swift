/// The actor of everything that touches a descriptor: one thread that waits in epoll and runs jobs.
///
/// A function marked `@IO` runs on that thread, so it never blocks: it awaits `readable`, `writable`
/// or `sleep`, and hands a blocking C call to `offLoop`. Closures inherit the isolation only in a
/// method that is itself marked `@IO`; one that is `nonisolated(nonsending)` runs them elsewhere.
@globalActor
public actor IO {
    public static let shared = IO()

    nonisolated let executor: LoopExecutor
    nonisolated let taskExecutor: LoopTaskExecutor

    private init() {
        executor = LoopExecutor()
        taskExecutor = LoopTaskExecutor(executor)
    }

    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    /// For tasks that do little but wait on this actor, and visit no other. A continuation resumes on the global pool,
    /// two thread switches away; with this preference it resumes here. What such a task computes
    /// holds up the loop, so long work goes to `offLoop`.
    public static var preference: any TaskExecutor { shared.taskExecutor }

    /// The loop's state, shared by all that waits on this actor.
    @IO static let loop = EventLoop(wakeDescriptor: IO.shared.executor.wakeDescriptor)

    /// Runs a closure of this actor from a C callback that is known to come on its thread. Traps on
    /// any other thread.
    public nonisolated static func assumeOnLoop<T>(_ body: @IO () throws -> T) rethrows -> T {
        shared.executor.checkIsolated()
        // The type differs by its isolation only, and the line above has checked that.
        return try withoutActuallyEscaping(body) { escaping in
            try unsafeBitCast(escaping, to: (() throws -> T).self)()
        }
    }
}

/// When something must be over, on the monotonic clock.
public typealias Deadline = ContinuousClock.Instant

extension Deadline {
    /// The instant that is `duration` from now.
    public static func after(_ duration: Duration) -> Deadline { .now + duration }
}
