import Targets
import TimeSeries

/// Reads metrics in Prometheus' text format or OpenMetrics, piece by piece as they come.
///
/// Works on bytes, allocates only what it keeps, and never traps. Exemplars and units are skipped;
/// `_created` samples are kept like any other.
public struct ExpositionParser {
    private let format: ExpositionFormat
    private let limits: ExpositionLimits
    private var rest: [UInt8] = []
    private var line = 0
    private var isEnded = false
    private var samples = 0
    private var families = FamilyTable()

    public init(_ format: ExpositionFormat, limits: ExpositionLimits = ExpositionLimits()) {
        self.format = format
        self.limits = limits
    }

    /// Parses a whole text.
    public static func parse(
        _ bytes: [UInt8], as format: ExpositionFormat = .prometheus,
        limits: ExpositionLimits = ExpositionLimits()
    ) throws(ExpositionError) -> [MetricFamily] {
        var parser = ExpositionParser(format, limits: limits)
        try parser.feed(bytes)
        return try parser.finish()
    }

    /// Takes the next piece, cut anywhere.
    public mutating func feed(_ piece: [UInt8]) throws(ExpositionError) {
        var start = 0
        while let end = piece[start...].firstIndex(of: newline) {
            if rest.isEmpty {
                try take(piece[start..<end])
            } else {
                rest += piece[start..<end]
                let whole = rest
                rest = []
                try take(whole[...])
            }
            start = end + 1
        }
        rest += piece[start...]
        guard rest.count <= limits.lineBytes else {
            line += 1
            throw fault("the line is longer than \(limits.lineBytes) bytes")
        }
    }

    /// What was read, in its order. A last line without its end counts, but not in OpenMetrics.
    public mutating func finish() throws(ExpositionError) -> [MetricFamily] {
        if !rest.isEmpty {
            let last = rest
            rest = []
            try take(last[...])
        }
        if format == .openMetrics, !isEnded {
            throw fault("the text ends without # EOF: it was cut")
        }
        return families.all
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>) throws(ExpositionError) {
        line += 1
        guard bytes.count <= limits.lineBytes else {
            throw fault("the line is longer than \(limits.lineBytes) bytes")
        }
        var scanner = LineScanner(bytes)
        scanner.skipSpace()
        if scanner.isAtEnd { return }
        if isEnded { throw fault("text after # EOF") }
        if scanner.skip(UInt8(ascii: "#")) { return try comment(&scanner) }
        samples += 1
        guard samples <= limits.samples else { throw fault("more than \(limits.samples) samples") }
        try sample(&scanner)
    }

    private mutating func comment(_ scanner: inout LineScanner) throws(ExpositionError) {
        scanner.skipSpace()
        switch scanner.word() {
        case "HELP":
            let name = try metricName(&scanner)
            scanner.skipSpace()
            families.setHelp(unescaped(scanner.remainder), of: name)
        case "TYPE":
            let name = try metricName(&scanner)
            scanner.skipSpace()
            let word = scanner.word()
            let type = MetricType(rawValue: word == "untyped" ? "unknown" : word)
            guard let type else { throw fault("\"\(cleaned(word, limit: 40))\" is not a type") }
            families.setType(type, of: name)
        case "EOF": isEnded = format == .openMetrics
        default: break
        }
    }

    /// `name{label="value",…} value [time] [# exemplar]`
    private mutating func sample(_ scanner: inout LineScanner) throws(ExpositionError) {
        let name = try metricName(&scanner)
        scanner.skipSpace()
        var labels: [Label] = []
        if scanner.skip(UInt8(ascii: "{")) { labels = try labelSet(&scanner) }
        scanner.skipSpace()
        guard let value = number(scanner.token()) else { throw fault("the value is not a number") }
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
        families.add(name: name, labels: Labels(labels), value: value, time: time)
    }

    private func labelSet(_ scanner: inout LineScanner) throws(ExpositionError) -> [Label] {
        var labels: [Label] = []
        while true {
            scanner.skipSpace()
            if scanner.skip(UInt8(ascii: "}")) { return labels }
            guard labels.count < limits.labels else {
                throw fault("more than \(limits.labels) labels")
            }
            guard let name = scanner.name(allowsColon: false) else {
                throw fault("a label's name is missing")
            }
            guard name.utf8.count <= limits.nameBytes else {
                throw fault("a label's name is too long")
            }
            scanner.skipSpace()
            guard scanner.skip(UInt8(ascii: "=")) else { throw fault("a = is missing") }
            scanner.skipSpace()
            labels.append(Label(name, try labelValue(&scanner)))
            scanner.skipSpace()
            if scanner.skip(UInt8(ascii: ",")) { continue }
            guard scanner.isAt(UInt8(ascii: "}")) else { throw fault("a , or } is missing") }
        }
    }

    private func labelValue(_ scanner: inout LineScanner) throws(ExpositionError) -> String {
        guard scanner.skip(UInt8(ascii: "\"")) else { throw fault("a label's value has no quotes") }
        guard let raw = scanner.upToQuote() else { throw fault("a label's value does not end") }
        guard raw.count <= limits.valueBytes else { throw fault("a label's value is too long") }
        let value = raw.contains(backslash) ? valid(unescapedBytes(raw)[...]) : valid(raw)
        guard let value else { throw fault("a label's value is not UTF-8") }
        return value
    }

    private func metricName(_ scanner: inout LineScanner) throws(ExpositionError) -> String {
        scanner.skipSpace()
        guard let name = scanner.name(allowsColon: true) else {
            throw fault("a metric's name is missing")
        }
        guard name.utf8.count <= limits.nameBytes else {
            throw fault("a metric's name is too long")
        }
        return name
    }

    /// Milliseconds in Prometheus' format, seconds in OpenMetrics.
    private func timestamp(_ token: ArraySlice<UInt8>) -> Timestamp? {
        guard let value = number(token), value.isFinite else { return nil }
        return Timestamp(seconds: format == .openMetrics ? value : value / 1000)
    }

    private func fault(_ reason: String) -> ExpositionError {
        ExpositionError(line: line, reason: reason)
    }
}

private let newline = UInt8(ascii: "\n")
private let backslash = UInt8(ascii: "\\")

private func valid(_ bytes: ArraySlice<UInt8>) -> String? {
    String(validating: bytes, as: UTF8.self)
}

private func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.contains(backslash) ? unescapedBytes(bytes)[...] : bytes, as: UTF8.self)
}

/// `\\`, `\n` and `\"`; a backslash before anything else stays.
private func unescapedBytes(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var isEscaped = false
    for byte in bytes {
        if isEscaped {
            isEscaped = false
            switch byte {
            case UInt8(ascii: "n"): result.append(newline)
            case backslash, UInt8(ascii: "\""): result.append(byte)
            default: result += [backslash, byte]
            }
        } else if byte == backslash {
            isEscaped = true
        } else {
            result.append(byte)
        }
    }
    return isEscaped ? result + [backslash] : result
}
