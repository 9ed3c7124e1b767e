/// How far a history on disk has taken one series of the head.
struct KeptMarks: Sendable {
    /// The history's own number of the series; 0 before it has one.
    var id: Int64 = 0
    /// Samples up to here are safe from a crash; milliseconds since the epoch.
    var saved = Int64.min
    /// Samples up to here are in their final place on disk: the head may drop them.
    var stored = Int64.min

    init() {}

    /// Marks of a series that a history has put back, up to `time`.
    init(id: Int64, restored time: Int64) {
        self.id = id
        saved = time
        stored = time
    }
}

/// A sample that is not yet safe on disk.
public struct UnsavedSample: Sendable {
    public let reference: SeriesReference
    /// What the history calls the series; 0 when it does not know it yet.
    public let id: Int64
    /// Those of a series that the history does not know.
    public let labels: Labels?
    public let sample: Sample
}

/// The samples of one series that are not yet in their final place on disk.
public struct UnstoredSeries: Sendable {
    public let reference: SeriesReference
    /// What the history calls the series; 0 when it does not know it yet.
    public let id: Int64
    public let series: Series
}

/// What a history tells the head of one series after a commit.
public struct KeptMark: Sendable {
    public var reference: SeriesReference
    public var id: Int64
    /// The newest sample that was taken.
    public var time: Timestamp

    public init(_ reference: SeriesReference, id: Int64, through time: Timestamp) {
        self.reference = reference
        self.id = id
        self.time = time
    }
}

/// What became of a series that a history put back.
public enum RestoreResult: Hashable, Sendable {
    case restored
    /// The head has samples of it already, and takes no earlier ones.
    case known
    /// The head holds as many series as it may.
    case full
}

/// For a history on disk, which alone calls these, from one thread at a time.
///
/// It takes every sample twice: soon after it came, as it came (`saved`), and with many others of
/// its series (`stored`). What it could not take is offered again.
extension Head {
    /// How many series are looked at under one lock.
    private static let slotsAtOnce = 4096

    /// While true, samples stay until they are marked as stored, at most for twice the span; and no
    /// new series takes a sample from before what was removed.
    public func keep(_ isKept: Bool) { state.withLock { $0.isKept = isKept } }

    /// Hands over what is not marked as saved, the samples of a series together and in order.
    public func forEachUnsaved<Failure>(
        _ take: ([UnsavedSample]) throws(Failure) -> Void
    ) throws(Failure) {
        try forEachBatch({ $0.unsaved(in: $1) }, take)
    }

    /// Hands over what is not marked as stored.
    public func forEachUnstored<Failure>(
        _ take: ([UnstoredSeries]) throws(Failure) -> Void
    ) throws(Failure) {
        try forEachBatch({ $0.unstored(in: $1) }, take)
    }

    private func forEachBatch<Element: Sendable, Failure>(
        _ find: @Sendable (inout HeadState, Range<Int>) -> [Element],
        _ take: ([Element]) throws(Failure) -> Void
    ) throws(Failure) {
        var first = 0
        while true {
            let (found, end) = state.withLock { state in
                let end = min(state.slotCount, first + Head.slotsAtOnce)
                return (find(&state, min(first, end)..<end), end)
            }
            if !found.isEmpty { try take(found) }
            if end < first + Head.slotsAtOnce { return }
            first = end
        }
    }

    public func markSaved(_ marks: [KeptMark]) {
        state.withLock { state in for mark in marks { state.mark(mark, isStored: false) } }
    }

    /// What is stored is safe as well.
    public func markStored(_ marks: [KeptMark]) {
        state.withLock { state in for mark in marks { state.mark(mark, isStored: true) } }
    }

    /// Nothing has been taken: a new history begins.
    public func forgetMarks() { state.withLock { $0.forgetMarks() } }

    /// Puts back what is stored of a series of which the head has nothing.
    public func restore(_ labels: Labels, id: Int64, _ chunks: [Chunk]) -> RestoreResult {
        state.withLock { $0.restore(labels, id: id, chunks) }
    }

    /// Everything later than this that the head ever took is in it; what a history was not asked to
    /// put back counts as removed.
    public var removedThrough: Timestamp {
        Timestamp(milliseconds: state.withLock { $0.removedThrough })
    }

    /// Samples up to `through` are on disk and not here; new series take none up to `barred`.
    public func noteRemoved(through: Timestamp, barred: Timestamp) {
        state.withLock { state in
            state.removedThrough = max(state.removedThrough, through.milliseconds)
            state.barredThrough = max(state.barredThrough, barred.milliseconds)
        }
    }
}
