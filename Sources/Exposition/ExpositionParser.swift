import Targets
import TimeSeries

/// Reads metrics in Prometheus' text format or OpenMetrics, piece by piece as they come.
///
/// Works on bytes, allocates only what it keeps, and never traps. A parser that is kept for the next
/// text of the same endpoint (`begin`) reads lines that it knows from the last one several times
/// faster. Exemplars and units are skipped; `_created` samples are kept like any other.
public struct ExpositionParser: Sendable {
    private var format: ExpositionFormat
    private let limits: ExpositionLimits
    /// The start of a line whose end has not come yet.
    private var rest: [UInt8] = []
    private var line = 0
    private var bytes = 0
    private var samples = 0
    private var isEnded = false
    private var families = FamilyTable()
    private var shapes = RecentShapes()
    /// nil for a parser of one text alone.
    private var memory: LineMemory? = LineMemory()

    public init(
        _ format: ExpositionFormat = .prometheus, limits: ExpositionLimits = ExpositionLimits()
    ) {
        self.format = format
        self.limits = limits
    }

    /// Parses a whole text that no other follows.
    public static func parse(
        _ bytes: [UInt8], as format: ExpositionFormat = .prometheus,
        limits: ExpositionLimits = ExpositionLimits()
    ) throws(ExpositionError) -> [MetricFamily] {
        var parser = ExpositionParser(format, limits: limits)
        parser.memory = nil
        try parser.feed(bytes)
        return try parser.finish()
    }

    /// Makes ready for another text, whatever became of the one before.
    public mutating func begin(_ format: ExpositionFormat) {
        rest = []
        line = 0
        bytes = 0
        samples = 0
        isEnded = false
        families = FamilyTable()
        shapes = RecentShapes()
        memory?.turn()
        if format != self.format { memory = LineMemory() }
        self.format = format
    }

    /// Takes the next piece, cut anywhere.
    public mutating func feed(_ piece: [UInt8]) throws(ExpositionError) {
        bytes += piece.count
        guard bytes <= limits.bytes else {
            line += 1
            throw fault("the text is longer than \(limits.bytes) bytes")
        }
        try piece.withUnsafeBufferPointer { (piece) throws(ExpositionError) in
            try takeLines(of: piece)
        }
    }

    /// What was read, in its order. A last line without its end counts, but not in OpenMetrics.
    public mutating func finish() throws(ExpositionError) -> [MetricFamily] {
        if !rest.isEmpty { try takeRest() }
        if format == .openMetrics, !isEnded {
            throw fault("the text ends without # EOF: it was cut")
        }
        defer { families = FamilyTable() }
        return families.all
    }

    private mutating func takeLines(of piece: Bytes) throws(ExpositionError) {
        var start = 0
        while let end = piece.indexOfNewline(from: start) {
            let line = Bytes(rebasing: piece[start..<end])
            if rest.isEmpty {
                try take(line)
            } else {
                rest += line
                try takeRest()
            }
            start = end + 1
        }
        rest += piece[start...]
        guard rest.count <= limits.lineBytes else {
            line += 1
            throw fault("the line is longer than \(limits.lineBytes) bytes")
        }
    }

    private mutating func takeRest() throws(ExpositionError) {
        let whole = rest
        rest = []
        try whole.withUnsafeBufferPointer { (line) throws(ExpositionError) in try take(line) }
    }

    private mutating func take(_ whole: Bytes) throws(ExpositionError) {
        line += 1
        guard whole.count <= limits.lineBytes else {
            throw fault("the line is longer than \(limits.lineBytes) bytes")
        }
        // A line may end as on Windows.
        let isWindows = whole.last == UInt8(ascii: "\r")
        let bytes = isWindows ? Bytes(rebasing: whole.dropLast()) : whole
        guard bytes.contains(where: { $0 != 32 && $0 != 9 }) else { return }
        if isEnded { throw fault("text after # EOF") }
        if let known = memory?.recall(bytes) {
            return try take(known.meaning, LineScanner(bytes, at: known.keyBytes))
        }
        if let new = shapes.read(bytes, limit: limits.valueBytes) {
            memory?.remember(Bytes(rebasing: bytes[..<new.keyBytes]), new.meaning)
            return try take(new.meaning, LineScanner(bytes, at: new.keyBytes))
        }
        try takeUnknown(bytes)
    }

    /// Reads a line that is like none before.
    private mutating func takeUnknown(_ bytes: Bytes) throws(ExpositionError) {
        var reader = LineReader(
            bytes, after: families.lastName, format: format, limits: limits)
        let meaning: LineMeaning
        do {
            meaning = try reader.meaning()
        } catch {
            throw fault(error.reason)
        }
        let key = reader.key(of: meaning)
        memory?.remember(key, meaning)
        if case .sample(let name, let labels) = meaning, !reader.values.isEmpty {
            shapes.add(SampleShape(key, name: name, labels: labels, values: reader.values))
        }
        try take(meaning, reader.scanner)
    }

    /// Adds what the line says; the scanner stands before a sample's value.
    private mutating func take(
        _ meaning: LineMeaning, _ scanner: LineScanner
    ) throws(ExpositionError) {
        switch meaning {
        case .sample(let name, let labels):
            samples += 1
            guard samples <= limits.samples else {
                throw fault("more than \(limits.samples) samples")
            }
            var scanner = scanner
            let (value, time) = try valueAndTime(&scanner)
            families.add(name: name, labels: labels, value: value, time: time)
        case .help(let name, let text): families.setHelp(text, of: name)
        case .type(let name, let type): families.setType(type, of: name)
        case .nothing: return
        case .end: isEnded = true
        }
        guard families.all.count <= limits.families else {
            throw fault("more than \(limits.families) families")
        }
    }

    /// `value [time] [# exemplar]`
    private func valueAndTime(
        _ scanner: inout LineScanner
    ) throws(ExpositionError) -> (Double, Timestamp?) {
        scanner.skipSpace()
        guard let value = NumberText.double(scanner.token()) else {
            throw fault("the value is not a number")
        }
        scanner.skipSpace()
        var time: Timestamp?
        if !scanner.isAtEnd, !scanner.isAt(UInt8(ascii: "#")) {
            guard let stamp = timestamp(scanner.token()) else {
                throw fault("the time is not a number")
            }
            time = stamp
            scanner.skipSpace()
        }
        guard scanner.isAtEnd || scanner.isAt(UInt8(ascii: "#")) else {
            throw fault("text after the sample")
        }
        return (value, time)
    }

    /// Milliseconds in Prometheus' format, seconds in OpenMetrics.
    private func timestamp(_ token: Bytes) -> Timestamp? {
        if format == .prometheus, let whole = NumberText.integer(token) {
            return Timestamp(milliseconds: whole)
        }
        guard let value = NumberText.double(token), abs(value) < 1e15 else { return nil }
        return Timestamp(seconds: format == .openMetrics ? value : value / 1000)
    }

    private func fault(_ reason: String) -> ExpositionError {
        ExpositionError(line: line, reason: reason)
    }
}
