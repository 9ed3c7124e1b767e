extension YAMLDocument {
    /// Where a character of a scalar's text stands in the document, for faults inside of texts such
    /// as queries.
    ///
    /// Line folding, indentation and escapes change white space only, or spell one character
    /// longer; so the place is found by counting what is not white space.
    ///
    /// - Parameter offset: UTF-8 offset into the scalar's text. Past the end gives the place after
    ///   its last character.
    public func position(ofOffset offset: Int, in node: YAMLNode) -> YAMLPosition {
        guard let scalar = node.scalar,
            var walker = ScalarWalker(source, at: node.position, style: scalar.style)
        else { return node.position }
        let text = scalar.text.utf8
        let before = text.prefix(offset)
        for _ in 0..<before.count(where: \.beginsInk) { walker.passInk() }
        let blanks = before.reversed().prefix { $0.isBlank }.count
        let isWithin = text.dropFirst(offset).first.map { !$0.isBlank } ?? false
        if isWithin { walker.skipBlanks() } else { walker.passBlanks(blanks) }
        return walker.place
    }
}

/// Walks over the text of one scalar as it is written.
private struct ScalarWalker {
    private let source: [UInt8]
    private let style: YAMLScalar.Style
    private var index: Int
    private(set) var place: YAMLPosition

    init?(_ source: [UInt8], at start: YAMLPosition, style: YAMLScalar.Style) {
        guard let first = Self.index(of: start, in: source) else { return nil }
        self.source = source
        self.style = style
        index = first
        place = start
        switch style {
        case .plain: break
        // A text that is so by its tag (!!str) has no quote of its own.
        case .singleQuoted: if byte == UInt8(ascii: "'") { advance() }
        case .doubleQuoted: if byte == UInt8(ascii: "\"") { advance() }
        case .literal, .folded: while let next = byte, next != UInt8(ascii: "\n") { advance() }
        }
    }

    private var byte: UInt8? { index < source.count ? source[index] : nil }

    /// Goes past white space, and past escapes that stand for some.
    mutating func skipBlanks() {
        while let next = byte {
            if next.isBlank {
                advance()
            } else if next == UInt8(ascii: "\\"), style == .doubleQuoted, isBlankEscape {
                advance()
                advance()
            } else {
                return
            }
        }
    }

    /// Goes past so many blanks on the same line.
    mutating func passBlanks(_ count: Int) {
        var rest = count
        while rest > 0, let next = byte, next == 0x20 || next == 0x09 {
            advance()
            rest -= 1
        }
    }

    /// Goes past one character that is no white space, in whatever way it is written.
    mutating func passInk() {
        skipBlanks()
        switch (byte, style) {
        case (UInt8(ascii: "'"), .singleQuoted):
            advance()
            if byte == UInt8(ascii: "'") { advance() }
        case (UInt8(ascii: "\\"), .doubleQuoted):
            advance()
            let digits = [UInt8(ascii: "x"): 2, UInt8(ascii: "u"): 4, UInt8(ascii: "U"): 8]
            let length = byte.flatMap { digits[$0] } ?? 0
            for _ in 0...length { advance() }
        default: advance()
        }
    }

    private var isBlankEscape: Bool {
        guard index + 1 < source.count else { return false }
        return "nrtvf \t\n\r".utf8.contains(source[index + 1])
    }

    /// Goes past one scalar of the text.
    private mutating func advance() {
        guard index < source.count else { return }
        let isLineEnd = source[index] == UInt8(ascii: "\n")
        index += 1
        while index < source.count, source[index] & 0xC0 == 0x80 { index += 1 }
        place =
            isLineEnd
            ? YAMLPosition(line: place.line + 1, column: 1)
            : YAMLPosition(line: place.line, column: place.column + 1)
    }

    /// The byte at a place; nil when the text has no such place.
    private static func index(of position: YAMLPosition, in source: [UInt8]) -> Int? {
        var line = 1
        var index = 0
        while line < position.line {
            guard let end = source[index...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            index = end + 1
            line += 1
        }
        var column = 1
        while column < position.column, index < source.count {
            index += 1
            while index < source.count, source[index] & 0xC0 == 0x80 { index += 1 }
            column += 1
        }
        return index < source.count ? index : nil
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == 0x20 || (0x09...0x0d).contains(self) }
    /// The first byte of a character that is no white space.
    fileprivate var beginsInk: Bool { !isBlank && self & 0xC0 != 0x80 }
}
