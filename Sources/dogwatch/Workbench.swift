import Execution

/// Runs what may block or takes long apart from everything else: a disk may hang, a document be large.
actor Workbench {
    private let executor: QueueExecutor

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ name: String) { executor = QueueExecutor(name) }

    /// One piece of work after the other.
    func run<Value: Sendable, Failure: Error>(
        _ work: @Sendable () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try work()
    }
}
