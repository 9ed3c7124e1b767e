import Dispatch

/// Runs an actor apart from all others, for work that blocks or takes long: SQLite waits for the
/// disk, a query computes. The threads that actors share are as few as the machine has cores.
public final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// - Parameter name: shown by debuggers.
    public init(_ name: String) { queue = DispatchQueue(label: name, qos: .utility) }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }
}
