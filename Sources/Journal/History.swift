import Execution
import TimeSeries

/// The samples of a watch on disk: `history.db` in its state folder, of which this is the one owner.
///
/// Every `save` commits what the head took since the last one. Each half hour all of that becomes a
/// block of compressed chunks; what is older than the head's span is only there. Trouble never
/// reaches the watch: while samples cannot be written they stay in the head, for up to twice its
/// span, and the next `save` tries again.
public actor History {
    /// Head and disk together.
    public nonisolated let store: UnitedStore

    private let keeper: HistoryKeeper
    private let executor = QueueExecutor("dogwatch.history")

    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    /// Opens the file, or makes it, and puts its newest part back into the head, which must be new.
    /// Takes some 100 ms for 1,000 series. What fails is said by the first `save`.
    public init(path: String, head: Head, at now: Timestamp) {
        let keeper = HistoryKeeper(path: path, head: head, at: now)
        self.keeper = keeper
        store = keeper.store
    }

    /// Commits what is new, and removes some of what is older than `retention` or beyond
    /// `sizeBytes`. Gives what there is to say of the history's state, which is nothing when all is
    /// well.
    public func save(at now: Timestamp, retention: Duration, sizeBytes: Int) -> [String] {
        keeper.save(at: now, retention: retention, sizeBytes: sizeBytes)
        return keeper.notices
    }

    /// Commits what is new and closes the file.
    public func close() { keeper.close() }
}
