/// Walks over the bytes of one line.
struct LineScanner {
    private let bytes: ArraySlice<UInt8>
    private var index: Int

    init(_ bytes: ArraySlice<UInt8>) {
        // A line may end as on Windows.
        self.bytes = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes
        index = bytes.startIndex
    }

    var isAtEnd: Bool { index >= bytes.endIndex }
    var remainder: ArraySlice<UInt8> { bytes[index...] }

    func isAt(_ byte: UInt8) -> Bool { index < bytes.endIndex && bytes[index] == byte }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard isAt(byte) else { return false }
        index += 1
        return true
    }

    mutating func skipSpace() {
        while index < bytes.endIndex, isSpace(bytes[index]) { index += 1 }
    }

    /// Bytes up to the next space, maybe none.
    mutating func token() -> ArraySlice<UInt8> {
        let start = index
        while index < bytes.endIndex, !isSpace(bytes[index]) { index += 1 }
        return bytes[start..<index]
    }

    mutating func word() -> String { String(decoding: token(), as: UTF8.self) }

    /// A metric's or a label's name, nil when none is here.
    mutating func name(allowsColon: Bool) -> String? {
        let start = index
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "_"):
                break
            case UInt8(ascii: "0")...UInt8(ascii: "9") where index > start: break
            case UInt8(ascii: ":") where allowsColon: break
            default:
                return index == start ? nil : String(decoding: bytes[start..<index], as: UTF8.self)
            }
            index += 1
        }
        return index == start ? nil : String(decoding: bytes[start..<index], as: UTF8.self)
    }

    /// Bytes up to the quote that ends a value, which is skipped; nil when none does.
    mutating func upToQuote() -> ArraySlice<UInt8>? {
        let start = index
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index += 1
                return bytes[start..<(index - 1)]
            case UInt8(ascii: "\\"): index += 2
            default: index += 1
            }
        }
        return nil
    }

    private func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
}

/// A floating-point number as Go reads it: decimal, `NaN`, `+Inf`, `-Inf`, hexadecimal. nil for
/// anything else.
func number(_ token: ArraySlice<UInt8>) -> Double? {
    if let whole = smallInteger(token) { return whole }
    guard !token.isEmpty, token.count <= 64 else { return nil }
    return Double(String(decoding: token, as: UTF8.self))
}

/// The common case, digits alone, without making a string.
private func smallInteger(_ token: ArraySlice<UInt8>) -> Double? {
    guard (1...15).contains(token.count) else { return nil }
    var value = 0
    for byte in token {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return Double(value)
}
