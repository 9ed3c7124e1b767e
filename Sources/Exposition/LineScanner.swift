/// Walks over the bytes of one line. Holds no copy of them: it lives no longer than they do.
struct LineScanner {
    let bytes: Bytes
    private(set) var index: Int

    init(_ bytes: Bytes, at index: Int = 0) {
        self.bytes = bytes
        self.index = index
    }

    var isAtEnd: Bool { index >= bytes.count }
    var remainder: Bytes { slice(index, bytes.count) }

    func isAt(_ byte: UInt8) -> Bool { index < bytes.count && bytes[index] == byte }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard isAt(byte) else { return false }
        index += 1
        return true
    }

    /// Skips these bytes if they are next.
    mutating func skip(_ text: Bytes) -> Bool {
        let next = slice(index, bytes.count)
        guard text.count <= next.count, text.isSame(as: next) else { return false }
        index += text.count
        return true
    }

    mutating func skipSpace() {
        while index < bytes.count, isSpace(bytes[index]) { index += 1 }
    }

    /// Bytes up to the next space, maybe none.
    mutating func token() -> Bytes {
        let start = index
        while index < bytes.count, !isSpace(bytes[index]) { index += 1 }
        return slice(start, index)
    }

    mutating func word() -> String { String(decoding: token(), as: UTF8.self) }

    /// A metric's or a label's name that has no quotes; empty when none is here.
    mutating func name(allowsColon: Bool) -> Bytes {
        let start = index
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "_"):
                break
            case UInt8(ascii: "0")...UInt8(ascii: "9") where index > start: break
            case UInt8(ascii: ":") where allowsColon: break
            default: return slice(start, index)
            }
            index += 1
        }
        return slice(start, index)
    }

    /// Bytes up to the quote that ends a value, which is skipped; nil when none does.
    mutating func upToQuote() -> (body: Bytes, hasEscapes: Bool)? {
        let start = index
        var hasEscapes = false
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index += 1
                return (slice(start, index - 1), hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                index += 2
            default: index += 1
            }
        }
        return nil
    }

    private func slice(_ start: Int, _ end: Int) -> Bytes {
        Bytes(rebasing: bytes[min(start, bytes.count)..<min(end, bytes.count)])
    }

    private func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
}
