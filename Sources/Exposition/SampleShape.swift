import TimeSeries

/// Where the value of a label stands on its line, without its quotes.
struct WrittenValue: Sendable {
    var label: String
    var range: Range<Int>
}

/// The last line of some samples taken apart: the values of its labels, and the bytes between them.
///
/// Lines of one family mostly differ in a value or two. Where the bytes between the values are the
/// same, only values that differ are made anew, and the label set is the last one with these changed.
struct SampleShape: Sendable {
    private var name: String
    private var labels: Labels
    /// The line up to the brace that closes the labels.
    private var bytes: [UInt8]
    /// In their order on the line.
    private var values: [WrittenValue]

    /// - Parameter key: the line up to the sample's value.
    init(_ key: Bytes, name: String, labels: Labels, values: [WrittenValue]) {
        self.name = name
        self.labels = labels
        self.values = values
        bytes = Array(key)
    }

    /// What the line says, and how many bytes say it. nil for a line of another shape, and for values
    /// that need care: with escapes, beyond ASCII, longer than `limit`.
    mutating func read(_ line: Bytes, limit: Int) -> (meaning: LineMeaning, keyBytes: Int)? {
        guard begins(line) else { return nil }
        let end = bytes.withUnsafeBufferPointer { known in
            Self.take(line, like: known, limit: limit, values: &values, labels: &labels)
        }
        guard let end else {
            // Halfway between two lines it is the shape of none.
            values = []
            return nil
        }
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: Bytes(rebasing: line[..<end]))
        return (.sample(name: name, labels: labels), end)
    }

    /// Whether the line has this name, and labels that begin with the same one.
    private func begins(_ line: Bytes) -> Bool {
        guard let first = values.first?.range.lowerBound, first <= line.count else { return false }
        return bytes.withUnsafeBufferPointer { Bytes(rebasing: $0[..<first]).isSame(as: line) }
    }

    /// Brings values and labels up to date with the line. Returns where its value begins.
    private static func take(
        _ line: Bytes, like known: Bytes, limit: Int, values: inout [WrittenValue],
        labels: inout Labels
    ) -> Int? {
        var scanner = LineScanner(line)
        var knownEnd = 0
        for index in values.indices {
            let range = values[index].range
            guard scanner.skip(Bytes(rebasing: known[knownEnd..<range.lowerBound])) else {
                return nil
            }
            let start = scanner.index
            // With its closing quote.
            if !scanner.skip(Bytes(rebasing: known[range.lowerBound...range.upperBound])) {
                guard let (raw, hasEscapes) = scanner.upToQuote(), !hasEscapes, raw.isASCII,
                    raw.count <= limit
                else { return nil }
                labels[values[index].label] = String(decoding: raw, as: UTF8.self)
            }
            knownEnd = range.upperBound + 1
            values[index].range = start..<(scanner.index - 1)
        }
        guard scanner.skip(Bytes(rebasing: known[knownEnd...])) else { return nil }
        return scanner.index
    }
}

/// The shapes of the last lines: a histogram's series has three, its buckets, sum and count.
struct RecentShapes: Sendable {
    private static let limit = 4

    private var shapes: [SampleShape] = []
    private var oldest = 0

    /// What the line says, when it has the shape of one before, and how many bytes say it.
    mutating func read(_ line: Bytes, limit: Int) -> (meaning: LineMeaning, keyBytes: Int)? {
        for index in shapes.indices {
            if let found = shapes[index].read(line, limit: limit) { return found }
        }
        return nil
    }

    mutating func add(_ shape: SampleShape) {
        guard shapes.count == RecentShapes.limit else { return shapes.append(shape) }
        shapes[oldest] = shape
        oldest = (oldest + 1) % RecentShapes.limit
    }
}
