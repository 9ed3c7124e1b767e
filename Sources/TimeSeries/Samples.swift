/// Samples of one series in order of time, each time once, kept as columns.
public struct Samples: Hashable, Sendable {
    /// Milliseconds since the epoch, as in `Timestamp`.
    public private(set) var times: [Int64]
    /// As many as there are times.
    public private(set) var values: [Double]

    public init() {
        times = []
        values = []
    }

    /// Takes samples as they are: the caller keeps the order.
    public init(_ samples: some Sequence<Sample>) {
        self.init()
        for sample in samples { append(time: sample.time.milliseconds, value: sample.value) }
    }

    public mutating func append(time: Int64, value: Double) {
        times.append(time)
        values.append(value)
    }

    mutating func append(
        times newTimes: Slice<UnsafeBufferPointer<Int64>>,
        values newValues: Slice<UnsafeBufferPointer<Double>>
    ) {
        times.append(contentsOf: newTimes)
        values.append(contentsOf: newValues)
    }

    public mutating func removeAll(keepingCapacity: Bool = false) {
        times.removeAll(keepingCapacity: keepingCapacity)
        values.removeAll(keepingCapacity: keepingCapacity)
    }

    public mutating func reserveCapacity(_ capacity: Int) {
        times.reserveCapacity(capacity)
        values.reserveCapacity(capacity)
    }
}

extension Samples: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { times.count }

    public subscript(position: Int) -> Sample {
        Sample(Timestamp(milliseconds: times[position]), values[position])
    }
}

/// One series of a selection: its labels, and the chunks that may hold samples of the wanted time.
/// Cheap to make and to copy; nothing is decoded until `samples()` is called.
public struct Series: Sendable {
    public let labels: Labels
    /// In order of time. Where two overlap they hold the same samples.
    public let chunks: [Chunk]
    /// Bounds of what `samples()` gives, both included.
    public let from: Timestamp
    public let through: Timestamp

    public init(labels: Labels, chunks: [Chunk], from: Timestamp, through: Timestamp) {
        self.labels = labels
        self.chunks = chunks
        self.from = from
        self.through = through
    }

    /// The most samples that decoding can give.
    public var sampleBound: Int { chunks.reduce(0) { $0 + $1.count } }

    /// Decodes the samples within the bounds, staleness markers included.
    public func samples() throws(ChunkError) -> Samples {
        var samples = Samples()
        try decode(into: &samples)
        return samples
    }

    /// As `samples()`, into storage that the caller uses again and again.
    public func decode(into samples: inout Samples) throws(ChunkError) {
        samples.removeAll(keepingCapacity: true)
        for chunk in chunks {
            let start = samples.times.last.map { max(self.from.milliseconds, $0 &+ 1) }
            try chunk.decode(
                from: start ?? self.from.milliseconds, through: through.milliseconds, into: &samples
            )
        }
    }
}

/// Where series are read from: the head, a history on disk, or both together.
public protocol SampleSource: Sendable {
    /// The series that pass all matchers and may have samples with `from <= time <= through`.
    /// Throws what the storage below throws.
    func select(
        _ matchers: [Matcher], from: Timestamp, through: Timestamp
    ) throws -> [Series]
}

/// What the query API reads: samples, and what there is to be selected. Bounds of time are included;
/// they choose series that may have samples in between. What is sorted is sorted by Unicode value.
public protocol SeriesStore: SampleSource {
    /// The labels of the series that pass all matchers, in no particular order.
    func labelSets(_ matchers: [Matcher], from: Timestamp, through: Timestamp) throws -> [Labels]

    /// The names of all labels of the series that pass, sorted.
    func labelNames(_ matchers: [Matcher], from: Timestamp, through: Timestamp) throws -> [String]

    /// The values of one label in the series that pass, sorted.
    func labelValues(
        _ name: String, _ matchers: [Matcher], from: Timestamp, through: Timestamp
    ) throws -> [String]

    /// What is known of metrics, sorted by name.
    var allMetadata: [MetricMetadata] { get }

    /// When the oldest sample within the bounds was taken that passes all matchers, to within a
    /// chunk; nil when there is none. Reads no more than it must.
    func earliest(_ matchers: [Matcher], from: Timestamp, through: Timestamp) throws -> Timestamp?
}

extension SeriesStore {
    public func earliest(
        _ matchers: [Matcher], from: Timestamp, through: Timestamp
    ) throws -> Timestamp? {
        try select(matchers, from: from, through: through)
            .compactMap { $0.chunks.first?.first }.min().map { max($0, from) }
    }
}
