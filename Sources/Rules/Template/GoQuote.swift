/// Strings in quotes as Go's `strconv` reads and writes them.
enum GoQuote {
    /// The text of a quoted body; nil when an escape in it is none.
    static func unquoted(_ body: [UInt8]) -> String? {
        var result: [UInt8] = []
        var index = 0
        while index < body.count {
            guard body[index] == UInt8(ascii: "\\") else {
                result.append(body[index])
                index += 1
                continue
            }
            guard index + 1 < body.count,
                let length = escape(body[(index + 1)...], into: &result)
            else { return nil }
            index += 1 + length
        }
        return String(validating: result, as: UTF8.self)
    }

    private static let plain: [UInt8: UInt8] = [
        UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10,
        UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11,
        UInt8(ascii: "\\"): 0x5c, UInt8(ascii: "'"): 0x27, UInt8(ascii: "\""): 0x22,
    ]

    /// The bytes that an escape takes behind its backslash; nil when it is none.
    private static func escape(_ rest: ArraySlice<UInt8>, into result: inout [UInt8]) -> Int? {
        guard let letter = rest.first else { return nil }
        if let byte = plain[letter] {
            result.append(byte)
            return 1
        }
        let lengths = [UInt8(ascii: "x"): 2, UInt8(ascii: "u"): 4, UInt8(ascii: "U"): 8]
        let isOctal = ("0"..."7").contains(Character(Unicode.Scalar(letter)))
        let digits = isOctal ? rest.prefix(3) : rest.dropFirst().prefix(lengths[letter] ?? 0)
        guard digits.count == (isOctal ? 3 : lengths[letter]), digits.allSatisfy(\.isHexDigit),
            let value = UInt32(
                String(decoding: digits, as: UTF8.self), radix: isOctal ? 8 : 16)
        else { return nil }
        if isOctal || letter == UInt8(ascii: "x") {
            guard value < 256 else { return nil }
            result.append(UInt8(value))
        } else {
            guard let scalar = Unicode.Scalar(value) else { return nil }
            result += Array(String(Character(scalar)).utf8)
        }
        return digits.count + (isOctal ? 0 : 1)
    }

    /// In double quotes, with escapes for what is not printed: `%q`.
    static func quoted(_ text: String) -> String {
        "\"" + text.unicodeScalars.map(shown).joined() + "\""
    }

    private static func shown(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case "\u{7}": return "\\a"
        case "\u{8}": return "\\b"
        case "\u{c}": return "\\f"
        case "\u{b}": return "\\v"
        default: break
        }
        guard !scalar.isPrinted else { return String(Character(scalar)) }
        let digits = String(scalar.value, radix: 16)
        let (letter, width) =
            scalar.value < 0x80 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
        return "\\" + letter + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension Unicode.Scalar {
    /// Letters, marks, numbers, signs and the plain space.
    var isPrinted: Bool {
        if value == 0x20 { return true }
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator,
            .lineSeparator, .paragraphSeparator:
            return false
        default: return true
        }
    }
}

extension UInt8 {
    fileprivate var isHexDigit: Bool { isDigit || (0x61...0x66).contains(self | 0x20) }
}
