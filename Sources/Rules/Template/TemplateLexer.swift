/// A word of a template.
struct TemplateToken: Sendable {
    enum Kind: Sendable, Hashable {
        case text(String)
        case open, close
        case word(String)
        /// `$` or `$name`.
        case variable(String)
        /// `.name`; `.dot` for a dot alone.
        case field(String)
        case dot
        case string(String)
        case number(TemplateNumber)
        case pipe, leftParen, rightParen, comma, declare, assign
        case end
    }

    var kind: Kind
    var offset: Int
    /// Whether white space stands before it: `.a .b` are two operands, `.a.b` is one.
    var isApart = false
}

/// Splits a template into its texts and the words of its actions.
struct TemplateLexer {
    private let bytes: [UInt8]
    private var position = 0
    private var tokens: [TemplateToken] = []
    private var trimsNext = false

    static func tokens(of text: String) throws(TemplateError) -> [TemplateToken] {
        var lexer = TemplateLexer(bytes: Array(text.utf8))
        try lexer.run()
        return lexer.tokens
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func run() throws(TemplateError) {
        while true {
            let start = position
            let open = find("{{", from: start)
            let trimsBefore = open.map { isTrimMark(at: $0 + 2) } ?? false
            addText(start..<(open ?? bytes.count), trimsEnd: trimsBefore)
            guard let open else { break }
            position = open + (trimsBefore ? 4 : 2)
            if starts(with: "/*") {
                try skipComment(from: open)
            } else {
                tokens.append(TemplateToken(kind: .open, offset: open))
                try action(from: open)
            }
        }
        tokens.append(TemplateToken(kind: .end, offset: bytes.count))
    }

    private mutating func addText(_ range: Range<Int>, trimsEnd: Bool) {
        var slice = bytes[range]
        if trimsNext { slice = slice.drop(while: \.isTemplateSpace) }
        trimsNext = false
        if trimsEnd { while let last = slice.last, last.isTemplateSpace { slice.removeLast() } }
        guard !slice.isEmpty else { return }
        let text = String(decoding: slice, as: UTF8.self)
        tokens.append(TemplateToken(kind: .text(text), offset: slice.startIndex))
    }

    /// `- ` behind the opening braces.
    private func isTrimMark(at index: Int) -> Bool {
        index + 1 < bytes.count && bytes[index] == UInt8(ascii: "-")
            && bytes[index + 1].isTemplateSpace
    }

    private mutating func skipComment(from open: Int) throws(TemplateError) {
        guard let end = find("*/", from: position + 2) else {
            throw TemplateError(message: "unclosed comment", offset: open)
        }
        position = end + 2
        guard takeClose() else {
            throw TemplateError(message: "comment ends before closing delimiter", offset: open)
        }
    }

    /// `}}` or ` -}}`.
    private mutating func takeClose() -> Bool {
        let start = position
        while position < bytes.count, bytes[position].isTemplateSpace { position += 1 }
        if position > start, starts(with: "-}}") {
            position += 3
            trimsNext = true
            return true
        }
        if starts(with: "}}") {
            position += 2
            return true
        }
        position = start
        return false
    }

    private mutating func action(from open: Int) throws(TemplateError) {
        while true {
            let before = position
            if takeClose() {
                let length = trimsNext ? 3 : 2
                tokens.append(TemplateToken(kind: .close, offset: position - length))
                return
            }
            while position < bytes.count, bytes[position].isTemplateSpace { position += 1 }
            guard position < bytes.count else {
                throw TemplateError(message: "unclosed action", offset: open)
            }
            let offset = position
            let kind = try word()
            tokens.append(TemplateToken(kind: kind, offset: offset, isApart: offset > before))
        }
    }

    private mutating func word() throws(TemplateError) -> TemplateToken.Kind {
        let first = bytes[position]
        switch first {
        case UInt8(ascii: "|"): return take(1, .pipe)
        case UInt8(ascii: "("): return take(1, .leftParen)
        case UInt8(ascii: ")"): return take(1, .rightParen)
        case UInt8(ascii: ","): return take(1, .comma)
        case UInt8(ascii: "="): return take(1, .assign)
        case UInt8(ascii: ":") where starts(with: ":="): return take(2, .declare)
        case UInt8(ascii: "\""), UInt8(ascii: "`"): return .string(try quoted(by: first))
        case UInt8(ascii: "'"): return try character()
        case UInt8(ascii: "$"):
            position += 1
            return .variable("$" + name())
        case UInt8(ascii: "."):
            if position + 1 < bytes.count, bytes[position + 1].isDigit { return try number() }
            position += 1
            let name = name()
            return name.isEmpty ? .dot : .field(name)
        case _ where first.isDigit || first == UInt8(ascii: "-") || first == UInt8(ascii: "+"):
            return try number()
        default:
            let name = name()
            guard !name.isEmpty else {
                let text = String(decoding: bytes[position...].prefix(4), as: UTF8.self)
                throw TemplateError(
                    message: "unexpected \"\(text.prefix(1))\" in an action", offset: position)
            }
            return .word(name)
        }
    }

    private mutating func take(
        _ count: Int, _ kind: TemplateToken.Kind
    ) -> TemplateToken.Kind {
        position += count
        return kind
    }

    private mutating func name() -> String {
        let start = position
        while position < bytes.count, bytes[position].continuesTemplateName { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func quoted(by quote: UInt8) throws(TemplateError) -> String {
        let start = position
        position += 1
        while position < bytes.count, bytes[position] != quote {
            let isEscape = bytes[position] == UInt8(ascii: "\\") && quote != UInt8(ascii: "`")
            guard bytes[position] != UInt8(ascii: "\n") || quote == UInt8(ascii: "`") else { break }
            position += isEscape ? 2 : 1
        }
        guard position < bytes.count, bytes[position] == quote else {
            throw TemplateError(message: "unterminated quoted string", offset: start)
        }
        let body = Array(bytes[start + 1..<position])
        position += 1
        guard quote != UInt8(ascii: "`") else { return String(decoding: body, as: UTF8.self) }
        guard let text = GoQuote.unquoted(body) else {
            throw TemplateError(message: "this string has an escape that is none", offset: start)
        }
        return text
    }

    /// `'a'`, a number.
    private mutating func character() throws(TemplateError) -> TemplateToken.Kind {
        let start = position
        let text = try quoted(by: UInt8(ascii: "'"))
        guard text.unicodeScalars.count == 1, let scalar = text.unicodeScalars.first else {
            throw TemplateError(message: "a character constant has one character", offset: start)
        }
        let value = Int64(scalar.value)
        return .number(
            TemplateNumber(integer: value, float: Double(value), isWrittenAsFloat: false))
    }

    private mutating func number() throws(TemplateError) -> TemplateToken.Kind {
        let start = position
        position += 1
        while position < bytes.count, bytes[position].continuesNumber(after: bytes[position - 1]) {
            position += 1
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let number = TemplateNumber(text) else {
            throw TemplateError(message: "bad number syntax: \"\(text)\"", offset: start)
        }
        return .number(number)
    }

    private func starts(with text: StaticString) -> Bool {
        bytes[position...].starts(
            with: UnsafeBufferPointer(
                start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private func find(_ pair: String, from start: Int) -> Int? {
        let pair = Array(pair.utf8)
        guard start + 1 < bytes.count else { return nil }
        return (start..<bytes.count - 1).first { bytes[$0] == pair[0] && bytes[$0 + 1] == pair[1] }
    }
}

extension UInt8 {
    var isTemplateSpace: Bool { [0x20, 0x09, 0x0a, 0x0d].contains(self) }
    var isDigit: Bool { (0x30...0x39).contains(self) }
    fileprivate var isLetter: Bool { (0x61...0x7a).contains(self | 0x20) }
    /// Letters of other scripts are not told from signs here.
    fileprivate var continuesTemplateName: Bool {
        isLetter || isDigit || self == UInt8(ascii: "_") || self >= 0x80
    }

    fileprivate func continuesNumber(after previous: UInt8) -> Bool {
        if self == UInt8(ascii: "+") || self == UInt8(ascii: "-") {
            return [0x65, 0x70].contains(previous | 0x20)
        }
        return continuesTemplateName || self == UInt8(ascii: ".")
    }
}

extension TemplateNumber {
    /// As Go writes constants: `12`, `0x1f`, `0b1`, `0o7`, `017`, `1_000`, `1.5`, `1e3`.
    init?(_ text: String) {
        let isNegative = text.hasPrefix("-")
        let bare = text.drop { "+-".contains($0) }.replacing("_", with: "").lowercased()
        guard text.count - text.drop(while: { "+-".contains($0) }).count <= 1 else { return nil }
        let radixes: [(String, Int)] = [("0x", 16), ("0b", 2), ("0o", 8)]
        if let (prefix, radix) = radixes.first(where: { bare.hasPrefix($0.0) }),
            let integer = Int64(bare.dropFirst(prefix.count), radix: radix)
        {
            self.init(integer: isNegative ? -integer : integer, float: Double(integer))
            return
        }
        let isOctal = bare.count > 1 && bare.hasPrefix("0") && bare.utf8.allSatisfy(\.isDigit)
        if let integer = Int64(bare, radix: isOctal ? 8 : 10) {
            self.init(integer: isNegative ? -integer : integer, float: Double(integer))
            return
        }
        guard let first = bare.utf8.first, first.isDigit || first == UInt8(ascii: "."),
            let float = Double(
                bare.hasPrefix(".") ? "0" + bare : bare.hasSuffix(".") ? bare + "0" : bare)
        else { return nil }
        let signed = isNegative ? -float : float
        self.init(integer: Int64(exactly: signed), float: signed, isWrittenAsFloat: true)
    }

    private init(integer: Int64, float: Double) {
        self.init(
            integer: integer, float: integer < 0 ? -float : float, isWrittenAsFloat: false)
    }
}
