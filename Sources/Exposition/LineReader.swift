import Glibc
import Targets
import TimeSeries

/// Why a line is not part of an exposition.
struct LineFault: Error {
    var reason: String

    init(_ reason: String) { self.reason = reason }
}

/// Reads the meaning of one line that is not empty, up to a sample's value.
struct LineReader {
    private(set) var scanner: LineScanner
    /// The values of the labels that were read.
    private(set) var values: [WrittenValue] = []
    private let format: ExpositionFormat
    private let limits: ExpositionLimits
    /// The metric of the line before, whose name is mostly this one's too.
    private let neighbour: String

    init(_ line: Bytes, after neighbour: String, format: ExpositionFormat, limits: ExpositionLimits)
    {
        scanner = LineScanner(line)
        self.neighbour = neighbour
        self.format = format
        self.limits = limits
    }

    /// What tells the line from others of the same meaning: for a sample what has been read.
    func key(of meaning: LineMeaning) -> Bytes {
        meaning.isSample ? Bytes(rebasing: scanner.bytes[..<scanner.index]) : scanner.bytes
    }

    mutating func meaning() throws(LineFault) -> LineMeaning {
        scanner.skipSpace()
        return scanner.skip(UInt8(ascii: "#")) ? try comment() : try sample()
    }

    private mutating func comment() throws(LineFault) -> LineMeaning {
        scanner.skipSpace()
        switch scanner.word() {
        case "HELP":
            let name = try metricName()
            scanner.skipSpace()
            return .help(name: name, text: help(scanner.remainder))
        case "TYPE":
            let name = try metricName()
            scanner.skipSpace()
            let word = scanner.word()
            let type = MetricType(rawValue: word == "untyped" ? "unknown" : word)
            guard let type else { throw LineFault("\"\(cleaned(word, limit: 40))\" is not a type") }
            return .type(name: name, type)
        case "EOF": return format == .openMetrics ? .end : .nothing
        default: return .nothing
        }
    }

    /// The help text, cut at the limit.
    private func help(_ bytes: Bytes) -> String {
        if bytes.count <= limits.helpBytes, !bytes.contains(UInt8(ascii: "\\")) {
            return String(decoding: bytes, as: UTF8.self)
        }
        let text = Escapes.resolved(bytes, quotes: format == .openMetrics)
        guard text.count > limits.helpBytes else { return String(decoding: text, as: UTF8.self) }
        let isCut = { (byte: UInt8) in byte & 0xC0 == 0x80 }
        var end = limits.helpBytes
        while end > 0, isCut(text[end]) { end -= 1 }
        return String(decoding: text[..<end], as: UTF8.self) + "…"
    }

    /// The name of a `# HELP` or `# TYPE` line, in quotes or without.
    private mutating func metricName() throws(LineFault) -> String {
        scanner.skipSpace()
        if scanner.isAt(UInt8(ascii: "\"")) { return try quotedName("a metric's name") }
        return try unquotedName()
    }

    /// `name{label="value",…}` or `{"name","label"="value",…}`
    private mutating func sample() throws(LineFault) -> LineMeaning {
        let isQuoted = scanner.isAt(UInt8(ascii: "{"))
        var name = isQuoted ? nil : try unquotedName()
        let end = scanner
        scanner.skipSpace()
        guard scanner.skip(UInt8(ascii: "{")) else {
            scanner = end
            return .sample(name: name ?? "", labels: Labels())
        }
        let labels = try labels(&name)
        guard let name else { throw LineFault("a metric's name is missing") }
        return .sample(name: name, labels: labels)
    }

    /// What follows the opening brace, the closing one included. A text in quotes without a value is
    /// the metric's name.
    private mutating func labels(_ metric: inout String?) throws(LineFault) -> Labels {
        var labels: [Label] = []
        labels.reserveCapacity(8)
        values.reserveCapacity(8)
        while true {
            scanner.skipSpace()
            if scanner.skip(UInt8(ascii: "}")) { return try distinct(labels) }
            let isQuoted = scanner.isAt(UInt8(ascii: "\""))
            let name =
                isQuoted
                ? try quotedName("a label's name")
                : try plainName("a label's name", allowsColon: false)
            scanner.skipSpace()
            if isQuoted, scanner.isAt(UInt8(ascii: ",")) || scanner.isAt(UInt8(ascii: "}")) {
                guard metric == nil else { throw LineFault("the metric has two names") }
                metric = name
            } else {
                guard labels.count < limits.labels else {
                    throw LineFault("more than \(limits.labels) labels")
                }
                labels.append(try label(named: name))
            }
            scanner.skipSpace()
            if scanner.skip(UInt8(ascii: ",")) { continue }
            guard scanner.isAt(UInt8(ascii: "}")) else { throw LineFault("a , or } is missing") }
        }
    }

    /// What follows a label's name.
    private mutating func label(named name: String) throws(LineFault) -> Label {
        guard name != Labels.metricName else {
            throw LineFault("a label cannot be named __name__")
        }
        guard scanner.skip(UInt8(ascii: "=")) else { throw LineFault("a = is missing") }
        scanner.skipSpace()
        let start = scanner.index + 1
        let value = try labelValue()
        values.append(WrittenValue(label: name, range: start..<(scanner.index - 1)))
        return Label(name, value)
    }

    private func distinct(_ labels: [Label]) throws(LineFault) -> Labels {
        let set = Labels(labels)
        guard set.all.count == labels.count || !hasTwins(labels) else {
            throw LineFault("a label is there twice")
        }
        return set
    }

    private func hasTwins(_ labels: [Label]) -> Bool {
        Set(labels.map(\.name)).count < labels.count
    }

    private mutating func labelValue() throws(LineFault) -> String {
        guard scanner.skip(UInt8(ascii: "\"")) else {
            throw LineFault("a label's value has no quotes")
        }
        return try quoted("a label's value", limit: limits.valueBytes)
    }

    private mutating func quotedName(_ what: String) throws(LineFault) -> String {
        _ = scanner.skip(UInt8(ascii: "\""))
        let name = try quoted(what, limit: limits.nameBytes)
        guard !name.isEmpty else { throw LineFault("\(what) is missing") }
        return name
    }

    private mutating func unquotedName() throws(LineFault) -> String {
        if let name = neighbourName() { return name }
        return try plainName("a metric's name", allowsColon: true)
    }

    /// The name of the line before, without making a string anew, if it is this one's too.
    private mutating func neighbourName() -> String? {
        let start = scanner
        let name = scanner.name(allowsColon: true)
        let isSame = neighbour.utf8.withContiguousStorageIfAvailable { known in
            known.count == name.count && known.isSame(as: name)
        }
        if isSame == true, !name.isEmpty { return neighbour }
        scanner = start
        return nil
    }

    private mutating func plainName(
        _ what: StaticString, allowsColon: Bool
    ) throws(LineFault) -> String {
        let name = scanner.name(allowsColon: allowsColon)
        guard !name.isEmpty else { throw LineFault("\(what) is missing") }
        guard name.count <= limits.nameBytes else { throw LineFault("\(what) is too long") }
        return String(decoding: name, as: UTF8.self)
    }

    /// A text behind its opening quote, the closing one included.
    private mutating func quoted(_ what: String, limit: Int) throws(LineFault) -> String {
        guard let (raw, hasEscapes) = scanner.upToQuote() else {
            throw LineFault("\(what) does not end")
        }
        guard raw.count <= limit else { throw LineFault("\(what) is too long") }
        guard hasEscapes || !raw.isASCII else { return String(decoding: raw, as: UTF8.self) }
        let text =
            hasEscapes
            ? String(validating: Escapes.resolved(raw, quotes: true), as: UTF8.self)
            : String(validating: raw, as: UTF8.self)
        guard let text else { throw LineFault("\(what) is not UTF-8") }
        return text
    }
}

extension Bytes {
    /// Whether as many bytes of the other are these.
    func isSame(as other: Bytes) -> Bool {
        guard let base = baseAddress, let other = other.baseAddress else { return isEmpty }
        return memcmp(base, other, count) == 0
    }

    var isASCII: Bool {
        var all: UInt8 = 0
        for byte in self { all |= byte }
        return all < 0x80
    }

    /// The index of the next line end at or after `start`.
    func indexOfNewline(from start: Int) -> Int? {
        guard start < count, let base = baseAddress,
            let found = memchr(base + start, Int32(UInt8(ascii: "\n")), count - start)
        else { return nil }
        return UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
    }
}
