/// Splits the text of an expression into tokens. Bounded by the length of the text.
struct Lexer {
    private let bytes: [UInt8]
    private var position = 0
    private var tokens: [Token] = []
    /// Within brackets a colon parts range and step, so that it belongs to no name.
    private var bracketDepth = 0
    /// Within braces there are names of labels and no numbers: also "inf" and "nan" are names.
    private var isInsideBraces = false

    /// The tokens of `text`, the last one is `.end`.
    static func tokens(of text: String) throws(SyntaxFault) -> [Token] {
        var lexer = Lexer(bytes: Array(text.utf8))
        while try lexer.scanToken() {}
        return lexer.tokens
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func byte(_ ahead: Int = 0) -> UInt8? {
        position + ahead < bytes.count ? bytes[position + ahead] : nil
    }

    private mutating func scanToken() throws(SyntaxFault) -> Bool {
        skipBlanks()
        let start = position
        guard let first = byte() else {
            tokens.append(Token(kind: .end, text: "", span: start..<start))
            return false
        }
        switch first {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"):
            let text = try scanString(quote: first)
            add(text.map { .string($0) } ?? .brokenString, from: start)
        case _ where first.isDigit, UInt8(ascii: ".") where byte(1)?.isDigit == true:
            add(try scanNumber(), from: start)
        case _ where first.startsName, UInt8(ascii: ":") where bracketDepth == 0:
            scanName(from: start)
        default:
            try scanSymbol(from: start)
        }
        return true
    }

    private mutating func skipBlanks() {
        while let next = byte() {
            if next == UInt8(ascii: "#") {
                while let rest = byte(), rest != UInt8(ascii: "\n") { position += 1 }
            } else if next.isBlank {
                position += 1
            } else {
                return
            }
        }
    }

    private mutating func add(_ kind: Token.Kind, from start: Int) {
        tokens.append(Token(kind: kind, text: text(from: start), span: start..<position))
    }

    private func text(from start: Int) -> String {
        String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func scanName(from start: Int) {
        while let next = byte(),
            next.startsName || next.isDigit || (next == UInt8(ascii: ":") && bracketDepth == 0)
        {
            position += 1
        }
        switch isInsideBraces ? "" : text(from: start).lowercased() {
        case "inf": add(.number(.infinity), from: start)
        case "nan": add(.number(.nan), from: start)
        default: add(.name, from: start)
        }
    }

    private mutating func scanSymbol(from start: Int) throws(SyntaxFault) {
        for length in [2, 1] where start + length <= bytes.count {
            let text = String(decoding: bytes[start..<start + length], as: UTF8.self)
            guard let symbol = Token.Symbol(rawValue: text) else { continue }
            position += length
            follow(symbol)
            return add(.symbol(symbol), from: start)
        }
        let rest = String(decoding: bytes[start...].prefix(4), as: UTF8.self).prefix(1)
        throw SyntaxFault("unexpected character \"\(rest)\"", at: start)
    }

    private mutating func follow(_ symbol: Token.Symbol) {
        switch symbol {
        case .leftBracket: bracketDepth += 1
        case .rightBracket: bracketDepth = max(0, bracketDepth - 1)
        case .leftBrace: isInsideBraces = true
        case .rightBrace: isInsideBraces = false
        default: break
        }
    }

    /// A number, or a duration such as 1h30m.
    private mutating func scanNumber() throws(SyntaxFault) -> Token.Kind {
        let start = position
        if let value = scanHexadecimal() ?? scanDecimal(), !(byte()?.continuesWord ?? false) {
            return .number(value)
        }
        position = start
        while let next = byte(), next.continuesWord { position += 1 }
        guard let milliseconds = DurationText.milliseconds(text(from: start)) else {
            throw SyntaxFault(
                "expected a number or a duration like 5m or 1h30m, not \"\(text(from: start))\"",
                at: start)
        }
        return .duration(milliseconds)
    }

    private mutating func scanHexadecimal() -> Double? {
        guard byte() == UInt8(ascii: "0"), byte(1).map({ $0 | 0x20 }) == UInt8(ascii: "x"),
            let digit = byte(2) == UInt8(ascii: "_") ? byte(3) : byte(2), digit.isHexDigit
        else { return nil }
        position += byte(2) == UInt8(ascii: "_") ? 3 : 2
        let start = position
        while let next = byte(), next.isHexDigit || isSeparator(\.isHexDigit) { position += 1 }
        return Double("0x" + text(from: start).filter { $0 != "_" })
    }

    private mutating func scanDecimal() -> Double? {
        let start = position
        skipDigits()
        if byte() == UInt8(ascii: ".") {
            position += 1
            skipDigits()
        }
        if byte().map({ $0 | 0x20 }) == UInt8(ascii: "e") {
            let sign = byte(1) == UInt8(ascii: "+") || byte(1) == UInt8(ascii: "-") ? 1 : 0
            guard byte(1 + sign)?.isDigit == true else { return nil }
            position += 1 + sign
            skipDigits()
        }
        return Double(text(from: start).filter { $0 != "_" }.withoutBareDots)
    }

    private mutating func skipDigits() {
        while let next = byte(), next.isDigit || isSeparator(\.isDigit) { position += 1 }
    }

    /// An underscore between two digits.
    private func isSeparator(_ isDigit: KeyPath<UInt8, Bool>) -> Bool {
        guard byte() == UInt8(ascii: "_"), position > 0, let next = byte(1) else { return false }
        return bytes[position - 1][keyPath: isDigit] && next[keyPath: isDigit]
    }

    /// Nil when the escapes make no valid UTF-8.
    private mutating func scanString(quote: UInt8) throws(SyntaxFault) -> String? {
        let start = position
        position += 1
        let body = position
        while let next = byte(), next != quote {
            if next == UInt8(ascii: "\n"), quote != UInt8(ascii: "`") { break }
            position += next == UInt8(ascii: "\\") && quote != UInt8(ascii: "`") ? 2 : 1
        }
        guard byte() == quote else {
            position = min(position, bytes.count)
            throw SyntaxFault("this string has no closing quote", at: start)
        }
        defer { position += 1 }
        guard quote != UInt8(ascii: "`") else { return text(from: body) }
        return try Escapes.resolve(Array(bytes[body..<position]), at: body)
    }
}

extension UInt8 {
    var isBlank: Bool { self == 0x20 || (0x09...0x0d).contains(self) }
    var isDigit: Bool { (0x30...0x39).contains(self) }
    var isHexDigit: Bool { isDigit || (0x61...0x66).contains(self | 0x20) }
    var startsName: Bool { (0x61...0x7a).contains(self | 0x20) || self == UInt8(ascii: "_") }
    /// What may not follow a number directly.
    var continuesWord: Bool { startsName || isDigit || self == UInt8(ascii: ".") || self >= 0x80 }
}

extension String {
    /// With a digit on both sides of the dot, as `Double.init` wants it: "2." and ".5" have none.
    fileprivate var withoutBareDots: String {
        var text = hasPrefix(".") ? "0" + self : self
        if text.hasSuffix(".") { text += "0" }
        for mark in [".e", ".E"] {
            guard let range = text.firstRange(of: mark) else { continue }
            text.replaceSubrange(range, with: ".0e")
        }
        return text
    }
}
