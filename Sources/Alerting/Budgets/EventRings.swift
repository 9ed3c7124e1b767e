import TimeSeries

/// Events in some time: how many, and how many of them were bad.
public struct EventCount: Hashable, Sendable {
    public var bad: Double
    public var total: Double

    public init(bad: Double, total: Double) {
        self.bad = bad
        self.total = total
    }

    /// Nil without events: nothing happened is neither good nor bad.
    public var errorRatio: Double? { total > 0 ? bad / total : nil }
}

/// How finely events are remembered, and for how long.
public struct RingSize: Hashable, Sendable {
    public var bucket: Duration
    public var span: Duration

    public init(bucket: Duration, span: Duration) {
        self.bucket = bucket
        self.span = span
    }

    /// For windows up to six hours.
    public static let fine = RingSize(bucket: .seconds(15), span: .seconds(6 * 3600))
    /// For windows up to 35 days.
    public static let coarse = RingSize(bucket: .seconds(300), span: .seconds(35 * 86_400))
}

/// The good and bad events of one SLI over all its windows, in constant memory: with the standard
/// sizes 11,524 entries of 32 bytes.
public struct EventRings: Sendable {
    /// The finest first.
    var rings: [CumulativeRing<EventCount>]
    /// Observations further apart than this have not seen the time between them; nil is without
    /// a limit. What grew in between counts, its time does not.
    private let maxGap: Duration?
    /// The first observation, nil before it.
    public internal(set) var start: Timestamp?
    private let spans: [Duration]

    public init(_ sizes: [RingSize] = [.fine, .coarse], maxGap: Duration?) {
        let sizes = sizes.sorted { $0.span < $1.span }
        spans = sizes.map(\.span)
        rings = sizes.map { CumulativeRing(bucket: $0.bucket, span: $0.span) }
        self.maxGap = maxGap
    }

    /// Adds what happened since the observation before. The first one only starts the count, and
    /// one that is earlier than the newest is dropped.
    public mutating func record(_ growth: EventCount, at now: Timestamp) {
        start = start ?? now
        let entry = next(growth, at: now)
        for index in rings.indices { rings[index].record(entry) }
    }

    private func next(
        _ growth: EventCount, at now: Timestamp
    ) -> CumulativeRing<EventCount>.Entry {
        guard let last = rings.first?.last else {
            return .init(time: now, observed: 0, reading: EventCount(bad: 0, total: 0))
        }
        let elapsed = now.duration(since: last.time)
        let isSeen = maxGap.map { elapsed <= $0 } ?? true
        let count = EventCount(
            bad: last.reading.bad + growth.bad, total: last.reading.total + growth.total)
        return .init(
            time: now, observed: last.observed + (isSeen ? elapsed.milliseconds : 0),
            reading: count)
    }

    /// What happened in the window of this length that ends at `now`, and which share of it was
    /// observed (0…1); nil before the first observation. A window that is longer than the rings
    /// span gets what they hold.
    public func window(
        _ length: Duration, endingAt now: Timestamp
    ) -> (events: EventCount, coverage: Double)? {
        let index = spans.firstIndex { length <= $0 } ?? rings.count - 1
        guard rings.indices.contains(index),
            let window = rings[index].window(length, endingAt: now)
        else { return nil }
        let (first, last) = (window.first.reading, window.last.reading)
        return (
            EventCount(bad: last.bad - first.bad, total: last.total - first.total), window.coverage
        )
    }
}

/// What outlives the process: the newest observation of each bucket, and the rings made of them again.
extension EventRings {
    /// All events up to an instant.
    public struct Observation: Hashable, Sendable {
        public var time: Timestamp
        /// Milliseconds that were observed up to here.
        public var observed: Int64
        public var bad: Double
        public var total: Double

        public init(time: Timestamp, observed: Int64, bad: Double, total: Double) {
            self.time = time
            self.observed = observed
            self.bad = bad
            self.total = total
        }
    }

    public var newest: Observation? {
        rings.first?.last.map {
            Observation(
                time: $0.time, observed: $0.observed, bad: $0.reading.bad,
                total: $0.reading.total)
        }
    }

    /// Takes observations that were written down, the oldest first. One that is out of order, or less
    /// than what was before it, is dropped.
    public mutating func restore(_ observations: some Sequence<Observation>) {
        for one in observations {
            if let newest,
                one.time <= newest.time || one.total < newest.total
                    || one.bad < newest.bad || one.observed < newest.observed
            {
                continue
            }
            guard one.bad.isFinite, one.total.isFinite else { continue }
            start = start ?? one.time
            for index in rings.indices {
                rings[index].record(
                    .init(
                        time: one.time, observed: one.observed,
                        reading: EventCount(bad: one.bad, total: one.total)))
            }
        }
    }
}
