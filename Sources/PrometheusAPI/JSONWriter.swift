import TimeSeries

/// Writes JSON as Go's encoder does, byte by byte into one buffer of limited size.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    /// Bytes beyond this are refused by `check()`.
    private let limit: Int
    /// Whether the next value or key comes after another one.
    private var followsValue = false

    init(limit: Int) { self.limit = limit }

    /// Throws `.execution` once the text is longer than allowed; call it between elements.
    func check() throws(APIFailure) {
        guard bytes.count <= limit else {
            throw APIFailure(
                .execution,
                "the answer is larger than \(limit >> 20) MiB: choose fewer series or a longer step"
            )
        }
    }

    mutating func object(_ body: (inout JSONWriter) throws(APIFailure) -> Void) throws(APIFailure) {
        open("{")
        try body(&self)
        close("}")
    }

    mutating func array<Element>(
        _ elements: some Sequence<Element>,
        _ body: (inout JSONWriter, Element) throws(APIFailure) -> Void
    ) throws(APIFailure) {
        open("[")
        for element in elements {
            try body(&self, element)
            try check()
        }
        close("]")
    }

    mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        followsValue = false
    }

    mutating func field(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    mutating func field(_ name: String, _ isTrue: Bool) {
        key(name)
        raw(isTrue ? "true" : "false")
    }

    mutating func field(_ name: String, number: Double) {
        key(name)
        separate()
        bytes.appendElement(number.isFinite ? number : 0)
        followsValue = true
    }

    /// Seconds, to the nanosecond.
    mutating func field(_ name: String, _ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = Double(seconds) * 1e9 + Double(attoseconds / 1_000_000_000)
        field(name, number: nanoseconds / 1e9)
    }

    /// Names and values as an object, sorted by name.
    mutating func pairs(_ pairs: [String: String]) {
        open("{")
        for (name, value) in pairs.sorted(by: { $0.key < $1.key }) { field(name, value) }
        close("}")
    }

    mutating func labels(_ labels: Labels) {
        open("{")
        for label in labels.all { field(label.name, label.value) }
        close("}")
    }

    mutating func strings(_ strings: some Sequence<String>) throws(APIFailure) {
        try array(strings) { json, text throws(APIFailure) in json.string(text) }
    }

    /// `[1435781430.781,"0.5"]`.
    mutating func point(_ time: Int64, _ value: Double, inFull: Bool = false) {
        separate()
        bytes.append(UInt8(ascii: "["))
        bytes.appendSeconds(milliseconds: time)
        bytes.append(UInt8(ascii: ","))
        bytes.append(UInt8(ascii: "\""))
        if inFull { bytes.appendPlain(value) } else { bytes.appendElement(value) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: "]"))
        followsValue = true
    }

    mutating func points(_ samples: [Sample]) {
        open("[")
        for sample in samples { point(sample.time.milliseconds, sample.value) }
        close("]")
    }

    /// `[1435781430.781,"text"]`.
    mutating func point(_ time: Int64, _ text: String) {
        open("[")
        bytes.appendSeconds(milliseconds: time)
        followsValue = true
        string(text)
        close("]")
    }

    mutating func string(_ text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in bytes.appendEscaped(utf8) }
        bytes.append(UInt8(ascii: "\""))
        followsValue = true
    }

    private mutating func raw(_ text: StaticString) {
        separate()
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
        followsValue = true
    }

    private mutating func open(_ bracket: Unicode.Scalar) {
        separate()
        bytes.append(UInt8(ascii: bracket))
        followsValue = false
    }

    private mutating func close(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        followsValue = true
    }

    private mutating func separate() {
        if followsValue { bytes.append(UInt8(ascii: ",")) }
        followsValue = false
    }
}

extension [UInt8] {
    /// Appends UTF-8 with what JSON must and what HTML should not see escaped: control characters,
    /// quotes, `<`, `>`, `&`, and the two line separators that JavaScript would take for line ends.
    fileprivate mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        for index in text.indices {
            guard let escape = Self.escape(text, at: index) else { continue }
            append(contentsOf: text[start..<index])
            append(contentsOf: escape.text.utf8)
            start = index + escape.length
        }
        append(contentsOf: text[start...])
    }

    private static func escape(
        _ text: UnsafeBufferPointer<UInt8>, at index: Int
    ) -> (text: String, length: Int)? {
        switch text[index] {
        case UInt8(ascii: "\""): return ("\\\"", 1)
        case UInt8(ascii: "\\"): return ("\\\\", 1)
        case UInt8(ascii: "\n"): return ("\\n", 1)
        case UInt8(ascii: "\r"): return ("\\r", 1)
        case UInt8(ascii: "\t"): return ("\\t", 1)
        case let byte
        where byte < 0x20 || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">")
            || byte == UInt8(ascii: "&"):
            let digits = String(byte, radix: 16)
            return ("\\u00" + (digits.count < 2 ? "0" : "") + digits, 1)
        case 0xe2 where index + 2 < text.count && text[index + 1] == 0x80:
            switch text[index + 2] {
            case 0xa8: return ("\\u2028", 3)
            case 0xa9: return ("\\u2029", 3)
            default: return nil
            }
        default: return nil
        }
    }
}
