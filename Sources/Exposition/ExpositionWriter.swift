import Targets
import TimeSeries

/// Writes families as text that Prometheus reads: each family in one piece with its help and type,
/// in order of name.
public enum ExpositionWriter {
    /// A family whose type the format does not know, or whose samples do not fit its type, is written
    /// without a type: no sample is left out. Of samples of one series the first is written.
    public static func text(_ families: [MetricFamily], _ style: ExpositionStyle) -> [UInt8] {
        var text = ExpositionText(style)
        for block in BlockTable(families, style.format).sorted { text.append(block) }
        if style.format == .openMetrics { text.end() }
        return text.bytes
    }
}

/// The text, as far as it is written.
private struct ExpositionText {
    private(set) var bytes: [UInt8] = []
    private let style: ExpositionStyle
    private let isOpen: Bool

    init(_ style: ExpositionStyle) {
        self.style = style
        isOpen = style.format == .openMetrics
    }

    mutating func append(_ block: Block) {
        if !block.help.isEmpty {
            header("# HELP ", block.name)
            Escapes.append(block.help, quotes: isOpen, to: &bytes)
            line()
        }
        if let word = block.typeWord(isOpen: isOpen) {
            header("# TYPE ", block.name)
            add(word)
            line()
        }
        var previous: BlockLine?
        for line in block.sortedLines {
            if let previous, previous.name == line.name, previous.labels == line.labels { continue }
            append(line)
            previous = line
        }
    }

    mutating func end() { add("# EOF\n") }

    private mutating func append(_ sample: BlockLine) {
        let isQuoted = !sample.name.isPlainMetricName
        if !isQuoted { add(sample.name) }
        if isQuoted || !sample.labels.isEmpty {
            add("{")
            if isQuoted { quoted(sample.name) }
            for (index, label) in sample.labels.all.enumerated() {
                if isQuoted || index > 0 { add(",") }
                if label.name.isPlainLabelName { add(label.name) } else { quoted(label.name) }
                add("=")
                quoted(label.value)
            }
            add("}")
        }
        add(" ")
        add(sample.value.expositionText)
        if let time = sample.time {
            add(" ")
            add(isOpen ? time.secondsText : "\(time.milliseconds)")
        }
        line()
    }

    private mutating func header(_ word: StaticString, _ name: String) {
        add("\(word)")
        if name.isPlainMetricName { add(name) } else { quoted(name) }
        add(" ")
    }

    private mutating func quoted(_ text: String) {
        add("\"")
        Escapes.append(text, quotes: true, to: &bytes)
        add("\"")
    }

    private mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }
    private mutating func line() { bytes.append(UInt8(ascii: "\n")) }
}

extension Double {
    /// The shortest digits that read back as this number.
    fileprivate var expositionText: String {
        guard isFinite else { return isNaN ? "NaN" : self < 0 ? "-Inf" : "+Inf" }
        let isShort = abs(self) < 1e15 && self == rounded() && !(self == 0 && sign == .minus)
        return isShort ? "\(Int64(self))" : description
    }
}

extension Timestamp {
    /// Seconds with three digits after the point.
    fileprivate var secondsText: String {
        let (seconds, rest) = milliseconds.magnitude.quotientAndRemainder(dividingBy: 1000)
        let digits = String(rest + 1000).dropFirst()
        return "\(milliseconds < 0 ? "-" : "")\(seconds).\(digits)"
    }
}
