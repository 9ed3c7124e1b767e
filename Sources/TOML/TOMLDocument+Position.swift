extension TOMLDocument {
    /// Where a character of a string value stands in the document, for faults inside of strings
    /// such as queries.
    ///
    /// - Parameter offset: UTF-8 offset into the string's value. Past the end gives the place after
    ///   its last character.
    /// - Returns: The string's own position when no string begins there.
    public func position(ofOffset offset: Int, inStringAt start: TOMLPosition) -> TOMLPosition {
        guard var walker = StringWalker(source, at: start) else { return start }
        var remaining = offset
        while remaining > 0 || walker.isAtLineContinuation, let length = walker.step() {
            remaining -= length
        }
        return walker.place
    }
}

/// Walks over the text of one string, a character of its value at a time.
private struct StringWalker {
    private let source: [UInt8]
    private let quote: UInt8
    private let isMultiline: Bool
    private var index: Int
    private(set) var place: TOMLPosition

    init?(_ source: [UInt8], at start: TOMLPosition) {
        guard let first = Self.index(of: start, in: source) else { return nil }
        let quote = source[first]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
        self.source = source
        self.quote = quote
        isMultiline = source[first...].starts(with: [quote, quote, quote])
        index = first
        place = start
        for _ in 0..<(isMultiline ? 3 : 1) { advance() }
        if isMultiline { skipFirstLineEnd() }
    }

    /// Goes past one character of the value; its length there in UTF-8 bytes, nil at the end.
    mutating func step() -> Int? {
        guard index < source.count, !isAtEnd else { return nil }
        guard source[index] == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") else {
            return advance()
        }
        advance()
        guard index < source.count else { return nil }
        return escape()
    }

    /// A backslash at the end of a line, which stands for nothing.
    var isAtLineContinuation: Bool {
        guard quote == UInt8(ascii: "\""), source[index...].first == UInt8(ascii: "\\"),
            let next = source[index...].dropFirst().first
        else { return false }
        return [9, 10, 13, 32].contains(next)
    }

    private var isAtEnd: Bool {
        guard source[index] == quote else { return false }
        return !isMultiline || source[index...].starts(with: [quote, quote, quote])
    }

    /// Goes past what follows a backslash; the length of what it stands for.
    private mutating func escape() -> Int? {
        let kind = source[index]
        switch kind {
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            advance()
            return unicodeEscape(digits: kind == UInt8(ascii: "u") ? 4 : 8)
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
            while index < source.count, [9, 10, 13, 32].contains(source[index]) { advance() }
            return 0
        default:
            advance()
            return 1
        }
    }

    private mutating func unicodeEscape(digits: Int) -> Int {
        let text = String(decoding: source[index...].prefix(digits), as: UTF8.self)
        for _ in 0..<min(digits, source.count - index) { advance() }
        let scalar = UInt32(text, radix: 16).flatMap(Unicode.Scalar.init)
        return scalar.map { UTF8.width($0) } ?? 1
    }

    /// Goes past one scalar of the text; its length in bytes.
    @discardableResult
    private mutating func advance() -> Int {
        guard index < source.count else { return 0 }
        let isLineEnd = source[index] == UInt8(ascii: "\n")
        let start = index
        index += 1
        while index < source.count, source[index] & 0xC0 == 0x80 { index += 1 }
        place =
            isLineEnd
            ? TOMLPosition(line: place.line + 1, column: 1)
            : TOMLPosition(line: place.line, column: place.column + 1)
        return index - start
    }

    private mutating func skipFirstLineEnd() {
        if index < source.count, source[index] == UInt8(ascii: "\r") { advance() }
        if index < source.count, source[index] == UInt8(ascii: "\n") { advance() }
    }

    /// The byte at a place; nil when the text has no such place.
    private static func index(of position: TOMLPosition, in source: [UInt8]) -> Int? {
        var line = 1
        var column = 1
        for (index, byte) in source.enumerated() {
            if byte & 0xC0 != 0x80, line == position.line, column == position.column {
                return index
            }
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80, line == position.line {
                column += 1
            }
            if line > position.line { return nil }
        }
        return nil
    }
}
