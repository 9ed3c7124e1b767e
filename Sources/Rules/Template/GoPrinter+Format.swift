/// `Sprintf`: verbs, flags, width, precision and argument indexes, and Go's words for what does not
/// fit.
extension GoPrinter {
    mutating func format(_ pattern: String, _ values: [TemplateValue]) {
        var reader = FormatReader(pattern, values)
        while let piece = reader.next() {
            switch piece {
            case .text(let text): write(text)
            case .value(let verb, let value): write(verb, value)
            }
            if hasOverflown { return }
        }
        guard reader.hasExtra else { return }
        write("%!(EXTRA ")
        for (index, value) in reader.rest.enumerated() {
            write("\(index > 0 ? ", " : "")\(value.typeName)")
            if value == .none { continue }
            write("=")
            write(value, nothing: "<nil>")
        }
        write(")")
    }

    private mutating func write(_ verb: FormatVerb, _ value: TemplateValue) {
        switch verb.letter {
        case "T": return write(verb.padded(value.typeName))
        case "v" where !value.isNumber:
            var inner = GoPrinter()
            inner.write(value, nothing: "<nil>")
            return write(verb.padded(verb.cut(inner.text)))
        default: break
        }
        if let text = verb.text(of: value) { return write(text) }
        guard value != .none else { return write("%!\(verb.letter)(<nil>)") }
        write("%!\(verb.letter)(\(value.typeName)=")
        write(value, nothing: "<nil>")
        write(")")
    }
}

/// One `%…` with its flags.
struct FormatVerb {
    var letter: Character = "v"
    var isPlus = false
    var isMinus = false
    var isSharp = false
    var isSpaced = false
    var isZero = false
    var width: Int?
    var precision: Int?

    /// nil when the verb does not go with the value.
    fileprivate func text(of value: TemplateValue) -> String? {
        switch value {
        case .int(let number): integer(number)
        case .duration(let number) where "dxXobc".contains(letter): integer(number)
        case .float(let number): float(number)
        case .string(let text): string(text)
        case .bool(let flag): letter == "t" ? padded(flag ? "true" : "false") : nil
        // Maps, lists and times are written by their elements; %s goes with those of text.
        case .labels, .time, .duration, .arguments: letter == "s" ? compound(value) : nil
        case .none, .sample, .samples, .alert: nil
        }
    }

    private func compound(_ value: TemplateValue) -> String {
        var inner = GoPrinter()
        inner.write(value, nothing: "<nil>")
        return padded(cut(inner.text))
    }

    private func string(_ text: String) -> String? {
        switch letter {
        case "s": padded(cut(text))
        case "q": padded(GoQuote.quoted(cut(text)))
        case "x", "X":
            padded(
                cut(text).utf8.map { byte in
                    let digits = String(byte, radix: 16, uppercase: letter == "X")
                    return digits.count < 2 ? "0" + digits : digits
                }.joined())
        default: nil
        }
    }

    private func integer(_ number: Int64) -> String? {
        let magnitude = number.magnitude
        switch letter {
        case "v", "d": return signed("\(magnitude)", isNegative: number < 0)
        case "x", "X":
            let digits = String(magnitude, radix: 16, uppercase: letter == "X")
            return signed((isSharp ? "0\(letter)" : "") + digits, isNegative: number < 0)
        case "o", "O":
            let prefix = letter == "O" ? "0o" : isSharp ? "0" : ""
            return signed(prefix + String(magnitude, radix: 8), isNegative: number < 0)
        case "b":
            return signed(
                (isSharp ? "0b" : "") + String(magnitude, radix: 2), isNegative: number < 0)
        case "c", "q", "U": return character(number)
        default: return nil
        }
    }

    private func character(_ number: Int64) -> String {
        let scalar = UInt32(exactly: number).flatMap(Unicode.Scalar.init) ?? "\u{fffd}"
        switch letter {
        case "c": return padded(String(Character(scalar)))
        case "q":
            let body = GoQuote.quoted(String(Character(scalar))).dropFirst().dropLast()
            return padded(scalar == "'" ? "'\\''" : scalar == "\"" ? "'\"'" : "'\(body)'")
        default:
            let digits = String(UInt64(bitPattern: number), radix: 16, uppercase: true)
            return padded("U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits)
        }
    }

    private func float(_ number: Double) -> String? {
        guard "vgGeEfF".contains(letter) else { return nil }
        let verb: Character = letter == "v" ? "g" : letter == "F" ? "f" : letter
        let text = GoFloat.text(number, verb: verb, precision: precision)
        guard number.isFinite else {
            let bare = text.drop { $0 == "+" && !isPlus && number.isNaN }
            var plain = self
            plain.isZero = false
            return plain.padded(isPlus && number.isNaN ? "+NaN" : String(bare))
        }
        let isNegative = text.hasPrefix("-")
        return signed(isNegative ? String(text.dropFirst()) : text, isNegative: isNegative)
    }

    private func signed(_ digits: String, isNegative: Bool) -> String {
        let sign = isNegative ? "-" : isPlus ? "+" : isSpaced ? " " : ""
        var body = digits
        if let precision, "vdxXob".contains(letter), body.count < precision {
            body =
                String(repeating: "0", count: min(precision, Self.widthLimit) - body.count) + body
        } else if isZero, !isMinus, let width, sign.count + body.count < width {
            body = String(repeating: "0", count: width - sign.count - body.count) + body
        }
        return padded(sign + body)
    }

    /// As many characters as the precision says.
    fileprivate func cut(_ text: String) -> String {
        precision.map { String(String.UnicodeScalarView(text.unicodeScalars.prefix($0))) } ?? text
    }

    fileprivate func padded(_ text: String) -> String {
        guard let width else { return text }
        let missing = width - text.unicodeScalars.count
        guard missing > 0 else { return text }
        let fill = String(repeating: isZero && !isMinus ? "0" : " ", count: missing)
        return isMinus ? text + fill : fill + text
    }

    /// Go takes widths up to a million; nothing that wide is printed here.
    static let widthLimit = Template.sizeLimit
}

extension TemplateValue {
    fileprivate var isNumber: Bool {
        switch self {
        case .int, .float: true
        default: false
        }
    }
}

/// Takes a format apart.
private struct FormatReader {
    enum Piece {
        case text(String)
        case value(FormatVerb, TemplateValue)
    }

    private var pattern: Substring
    private let values: [TemplateValue]
    private var index = 0
    private var isReordered = false

    init(_ pattern: String, _ values: [TemplateValue]) {
        self.pattern = pattern[...]
        self.values = values
    }

    var hasExtra: Bool { !isReordered && index < values.count }
    var rest: ArraySlice<TemplateValue> { values[min(index, values.count)...] }

    mutating func next() -> Piece? {
        guard !pattern.isEmpty else { return nil }
        let text = pattern.prefix { $0 != "%" }
        guard text.isEmpty else {
            pattern = pattern.dropFirst(text.count)
            return .text(String(text))
        }
        pattern = pattern.dropFirst()
        return directive()
    }

    private mutating func directive() -> Piece {
        var verb = FormatVerb()
        readFlags(into: &verb)
        var isBad = !readIndex()
        if let number = readNumber() {
            verb.isMinus = verb.isMinus || number < 0
            verb.width = abs(number)
        }
        if pattern.first == ".", !isBad {
            pattern = pattern.dropFirst()
            isBad = !readIndex()
            let number = readNumber() ?? 0
            verb.precision = number < 0 ? nil : number
        }
        if !isBad { isBad = !readIndex() }
        guard let letter = pattern.popFirst() else { return .text("%!(NOVERB)") }
        verb.letter = letter
        if letter == "%" { return .text("%") }
        if isBad { return .text("%!\(letter)(BADINDEX)") }
        guard index < values.count else { return .text("%!\(letter)(MISSING)") }
        index += 1
        return .value(verb, values[index - 1])
    }

    private mutating func readFlags(into verb: inout FormatVerb) {
        while let flag = pattern.first, "+-# 0".contains(flag) {
            switch flag {
            case "+": verb.isPlus = true
            case "-": verb.isMinus = true
            case "#": verb.isSharp = true
            case " ": verb.isSpaced = true
            default: verb.isZero = true
            }
            pattern = pattern.dropFirst()
        }
    }

    /// `[2]`; false when it names no argument.
    private mutating func readIndex() -> Bool {
        guard pattern.first == "[" else { return true }
        isReordered = true
        guard let end = pattern.firstIndex(of: "]") else {
            pattern = pattern.dropFirst()
            return false
        }
        let number = Int(pattern[pattern.index(after: pattern.startIndex)..<end])
        pattern = pattern[pattern.index(after: end)...]
        guard let number, (1...max(1, values.count)).contains(number), !values.isEmpty else {
            return false
        }
        index = number - 1
        return true
    }

    /// Digits, or `*` for an argument.
    private mutating func readNumber() -> Int? {
        if pattern.first == "*" {
            pattern = pattern.dropFirst()
            guard index < values.count, case .int(let number) = values[index] else { return nil }
            index += 1
            let limit = FormatVerb.widthLimit
            return max(-limit, min(Int(clamping: number), limit))
        }
        let digits = pattern.prefix { $0.isASCII && $0.isNumber }
        pattern = pattern.dropFirst(digits.count)
        return digits.isEmpty ? nil : min(Int(digits) ?? .max, FormatVerb.widthLimit)
    }
}
