import TimeSeries

/// Where samples are beyond the memory and the life of this process.
public protocol SampleHistory: Sendable {
    associatedtype Store: SeriesStore

    /// The head and the history together.
    var store: Store { get }

    /// Makes safe what the head took since the last time, and lets go of some of what is older than
    /// `retention` or beyond `sizeBytes`. Gives what there is to say of the history's state, which
    /// is nothing when all is well.
    func save(at now: Timestamp, retention: Duration, sizeBytes: Int) async -> [String]

    /// Makes safe what the head took since the last time; nothing follows.
    func close() async
}
