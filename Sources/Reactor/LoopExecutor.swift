import CSystem
import Glibc
import Synchronization

/// The thread behind `IO`: takes jobs from any thread and runs them between two waits in epoll.
///
/// Holds only what other threads may touch, behind a lock; everything else lives in `EventLoop`,
/// where the compiler checks the isolation. Sendable because of that lock.
final class LoopExecutor: SerialExecutor, @unchecked Sendable {
    private struct Inbox {
        var jobs: [(job: UnownedJob, isPreferred: Bool)] = []
        var cancelled: [WaitID] = []
        var isAsleep = false
    }

    /// Readable when the loop must look at its inbox.
    let wakeDescriptor: Int32
    private let inbox = Mutex(Inbox())
    private let thread = Atomic<UInt>(0)
    private let lastID = Atomic<UInt64>(0)

    /// Starts the thread. Traps when the process may not have one descriptor or thread more, as
    /// nothing can be watched then.
    init() {
        wakeDescriptor = dw_wake_create()
        precondition(wakeDescriptor >= 0, "no eventfd: \(errorText(errno))")
        var handle = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let result = pthread_create(
            &handle, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<LoopExecutor>.fromOpaque(context).takeRetainedValue().run()
            }, context)
        precondition(result == 0, "no thread: \(errorText(result))")
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        post { $0.jobs.append((job, false)) }
    }

    func checkIsolated() {
        precondition(isOnLoop, "called from outside the I/O thread")
    }

    func isIsolatingCurrentContext() -> Bool? { isOnLoop }

    /// A number that names one wait, from any thread.
    func newID() -> WaitID {
        WaitID(number: lastID.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    /// Asks the loop to end a wait as cancelled; from any thread, also before the wait has begun.
    func cancel(_ id: WaitID) { post { $0.cancelled.append(id) } }

    private var isOnLoop: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    private func post(_ change: (inout Inbox) -> Void) {
        let mustWake = inbox.withLock { inbox in
            change(&inbox)
            defer { inbox.isAsleep = false }
            return inbox.isAsleep
        }
        // What the loop's own thread posts it finds before it waits again.
        if mustWake, !isOnLoop { dw_wake(wakeDescriptor) }
    }

    fileprivate func enqueuePreferred(_ job: UnownedJob) { post { $0.jobs.append((job, true)) } }

    /// Runs a job so that a hop to this executor from within is none. For a task with a preference
    /// the runtime compares both executors.
    private func execute(_ job: UnownedJob, isPreferred: Bool) {
        if isPreferred {
            job.runSynchronously(
                isolatedTo: asUnownedSerialExecutor(),
                taskExecutor: IO.shared.taskExecutor.asUnownedTaskExecutor())
        } else {
            job.runSynchronously(on: asUnownedSerialExecutor())
        }
    }

    private func run() -> Never {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        dw_prepare_worker_thread("dogwatch-io")
        var (jobs, cancelled) = (Inbox().jobs, Inbox().cancelled)
        while true {
            // The arrays change places, so that both keep their memory.
            jobs.removeAll(keepingCapacity: true)
            cancelled.removeAll(keepingCapacity: true)
            inbox.withLock { inbox in
                swap(&jobs, &inbox.jobs)
                swap(&cancelled, &inbox.cancelled)
            }
            for (job, isPreferred) in jobs { execute(job, isPreferred: isPreferred) }
            let mayBlock = inbox.withLock { inbox in
                inbox.isAsleep = inbox.jobs.isEmpty && inbox.cancelled.isEmpty
                return inbox.isAsleep
            }
            IO.assumeOnLoop {
                for id in cancelled { IO.loop.finish(id, .failure(.cancelled)) }
                IO.loop.turn(mayBlock: mayBlock && cancelled.isEmpty)
            }
            inbox.withLock { $0.isAsleep = false }
        }
    }
}

/// Names one wait for its cancellation.
struct WaitID: Hashable, Sendable {
    let number: UInt64
}

/// The same thread, for tasks that prefer it for all they do.
final class LoopTaskExecutor: TaskExecutor {
    private let loop: LoopExecutor

    init(_ loop: LoopExecutor) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) { loop.enqueuePreferred(UnownedJob(job)) }
}
