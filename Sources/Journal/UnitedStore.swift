import Synchronization
import TimeSeries

/// The head and the disk as one store, without a gap and without a sample twice.
///
/// The head answers alone where the time asked for is all its own. Of a series that both have, the
/// disk gives what is older than the head's first chunk.
public struct UnitedStore: SeriesStore {
    private let head: Head
    private let disk: ReaderPlace

    /// Over a head that is new: all of the past is on the disk.
    public init(_ head: Head, past: HistoryReader) {
        head.noteRemoved(through: .distantFuture, barred: .distantPast)
        self.init(head, ReaderPlace(past))
    }

    init(_ head: Head, _ disk: ReaderPlace) {
        self.head = head
        self.disk = disk
    }

    public func select(
        _ matchers: [Matcher], from: Timestamp, through: Timestamp
    ) throws -> [Series] {
        let newest = head.select(matchers, from: from, through: through)
        guard let (reader, limit) = past(from: from, through: through) else { return newest }
        var older: [Labels: Series] = [:]
        for series in try reader.select(matchers, from: from, through: limit) {
            older[series.labels] = series
        }
        var united = newest.map { $0.joined(to: older.removeValue(forKey: $0.labels)) }
        for series in older.values {
            united.append(
                Series(
                    labels: series.labels, chunks: series.chunks, from: from, through: through))
        }
        return united
    }

    /// The reader, and how far the time reaches for which it is needed. What is removed from the
    /// head meanwhile was on the disk before: ask the head first.
    private func past(
        from: Timestamp, through: Timestamp
    ) -> (reader: HistoryReader, through: Timestamp)? {
        let removed = head.removedThrough
        guard from <= removed, let reader = disk.reader else { return nil }
        return (reader, min(through, removed))
    }

    public func labelSets(
        _ matchers: [Matcher], from: Timestamp, through: Timestamp
    ) throws -> [Labels] {
        let newest = head.labelSets(matchers, from: from, through: through)
        guard let (reader, limit) = past(from: from, through: through) else { return newest }
        return Array(Set(newest + (try reader.labelSets(matchers, from: from, through: limit))))
    }

    public func earliest(
        _ matchers: [Matcher], from: Timestamp, through: Timestamp
    ) throws -> Timestamp? {
        let newest = try head.earliest(matchers, from: from, through: through)
        guard let (reader, limit) = past(from: from, through: through),
            let oldest = try reader.earliest(matchers, from: from, through: limit)
        else { return newest }
        return min(newest ?? oldest, oldest)
    }

    public var allMetadata: [MetricMetadata] { head.allMetadata }
}

extension Series {
    /// With the chunks of the same series that begin earlier.
    fileprivate func joined(to older: Series?) -> Series {
        guard let older, let first = chunks.first?.first else { return self }
        return Series(
            labels: labels, chunks: older.chunks.filter { $0.first < first } + chunks, from: from,
            through: through)
    }
}

/// Where the reader of a history is while there is one.
final class ReaderPlace: Sendable {
    private let place: Mutex<HistoryReader?>

    init(_ reader: HistoryReader? = nil) { place = Mutex(reader) }

    var reader: HistoryReader? {
        get { place.withLock { $0 } }
        set { place.withLock { $0 = newValue } }
    }
}
