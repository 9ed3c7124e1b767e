import Synchronization

/// What became of a sample.
public enum AppendResult: Hashable, Sendable, CaseIterable {
    case appended
    /// The series has a sample of that very time; the first one stays.
    case duplicate
    /// The series has a later sample.
    case outOfOrder
    /// The series is new and the head holds as many as it may.
    case seriesLimit
    /// The reference is of a series that truncation has removed: ask for a new one.
    case unknownSeries
}

/// How many samples were taken, and how many refused for which reason.
public struct AppendCounts: Hashable, Sendable, Codable {
    public var appended = 0
    public var duplicate = 0
    public var outOfOrder = 0
    public var seriesLimit = 0
    public var unknownSeries = 0
    /// Their own time is too far ahead of the clock; for whoever appends to say.
    public var ahead = 0

    public init() {}

    public var refused: Int { duplicate + outOfOrder + seriesLimit + unknownSeries + ahead }

    public mutating func count(_ result: AppendResult) {
        switch result {
        case .appended: appended += 1
        case .duplicate: duplicate += 1
        case .outOfOrder: outOfOrder += 1
        case .seriesLimit: seriesLimit += 1
        case .unknownSeries: unknownSeries += 1
        }
    }

    public static func += (left: inout AppendCounts, right: AppendCounts) {
        left.appended += right.appended
        left.duplicate += right.duplicate
        left.outOfOrder += right.outOfOrder
        left.seriesLimit += right.seriesLimit
        left.unknownSeries += right.unknownSeries
        left.ahead += right.ahead
    }
}

/// A series of one head, for appending without looking up its labels each time. Valid until
/// truncation removes the series.
public struct SeriesReference: Hashable, Sendable {
    let slot: Int32
    /// Tells a series from a later one in the same slot.
    let generation: UInt32
}

/// The newest samples of all series, in memory.
///
/// One lock guards it. Appending holds it for well under a microsecond a sample; a selection holds
/// it while references to the chunks are copied, and decodes outside.
public final class Head: SampleSource {
    /// How far back samples are kept, counted from the newest sample of their series.
    public let span: Duration
    /// A new series beyond this many is refused.
    public let seriesLimit: Int

    let state: Mutex<HeadState>

    public init(span: Duration = .seconds(7200), seriesLimit: Int = 100_000) {
        self.span = span
        self.seriesLimit = seriesLimit
        state = Mutex(HeadState(spanMilliseconds: span.milliseconds, seriesLimit: seriesLimit))
    }

    /// Appends one sample to the series with these labels, which is made if needed.
    @discardableResult
    public func append(_ labels: Labels, _ sample: Sample) -> AppendResult {
        state.withLock { $0.append(labels, sample) }
    }

    /// Appends to a series whose reference is known.
    @discardableResult
    public func append(_ reference: SeriesReference, _ sample: Sample) -> AppendResult {
        state.withLock { $0.append(reference, sample) }
    }

    /// Appends many samples under one lock.
    @discardableResult
    public func append(batch: [(SeriesReference, Sample)]) -> AppendCounts {
        state.withLock { state in
            var counts = AppendCounts()
            for (reference, sample) in batch { counts.count(state.append(reference, sample)) }
            return counts
        }
    }

    @discardableResult
    public func append(batch: [(Labels, Sample)]) -> AppendCounts {
        state.withLock { state in
            var counts = AppendCounts()
            for (labels, sample) in batch { counts.count(state.append(labels, sample)) }
            return counts
        }
    }

    /// The reference of the series with these labels, which is made if needed; nil at the limit.
    public func reference(for labels: Labels) -> SeriesReference? {
        state.withLock { $0.reference(for: labels) }
    }

    public func select(
        _ matchers: [Matcher], from: Timestamp, through: Timestamp
    ) -> [Series] {
        state.withLock { $0.select(matchers, from: from, through: through) }
    }

    /// Removes chunks whose last sample is earlier than `time`, and series that have none left.
    /// A chunk is removed whole or kept whole.
    public func truncate(before time: Timestamp) {
        state.withLock { $0.truncate(before: time) }
    }

    public var seriesCount: Int { state.withLock { $0.index.count } }

    /// Since the head was made.
    public var counts: AppendCounts { state.withLock { $0.counts } }

    /// The oldest and the newest sample of all, nil while there are none.
    public var bounds: ClosedRange<Timestamp>? { state.withLock { $0.bounds } }
}

extension Head {
    /// What an exposition says of a metric; the newest word holds.
    public func describe(_ metadata: MetricMetadata) {
        state.withLock { $0.describe(metadata) }
    }

    public func metadata(of metric: String) -> MetricMetadata? {
        state.withLock { $0.metadata[metric] }
    }

    /// All that is known, by name.
    public var allMetadata: [MetricMetadata] {
        state.withLock { state in state.metadata.values.sorted { $0.name < $1.name } }
    }
}

extension Head: SeriesStore {
    public func labelSets(
        _ matchers: [Matcher], from: Timestamp, through: Timestamp
    ) -> [Labels] {
        state.withLock { $0.labelSets(matchers, from: from, through: through) }
    }

    public func labelNames(
        _ matchers: [Matcher] = [], from: Timestamp = .distantPast,
        through: Timestamp = .distantFuture
    ) -> [String] {
        let sets = labelSets(matchers, from: from, through: through)
        return Set(sets.lazy.flatMap { $0.all.lazy.map(\.name) }).sorted()
    }

    public func labelValues(
        _ name: String, _ matchers: [Matcher] = [], from: Timestamp = .distantPast,
        through: Timestamp = .distantFuture
    ) -> [String] {
        let sets = labelSets(matchers, from: from, through: through)
        return Set(sets.lazy.map { $0[name] }).subtracting([""]).sorted()
    }
}
