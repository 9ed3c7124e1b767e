import Targets
import TimeSeries

/// Makes a text fit to leave the house: no secret, no control, escape or bidirectional character,
/// no credentials or query in a URL, no literal of an SQL statement, bounded in bytes.
struct PublicText {
    private let redact: Redaction
    /// Statements that labels hold, with what may be said of them.
    private let statements: [(raw: [UInt8], shown: [UInt8])]

    static let statementLabels: Set<String> = ["query", "query_text", "sql", "statement"]
    /// What of a text is looked at, in bytes; far more than any place shows.
    static let longestInput = 16 << 10

    init(_ redaction: Redaction, labels: some Sequence<Labels> = []) {
        redact = redaction
        let raw = Set(
            labels.flatMap(\.all).filter { Self.statementLabels.contains($0.name) }.map(\.value))
        statements = raw.sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
            .map { (Array($0.utf8), Array(withoutLiterals($0).utf8)) }
    }

    /// - Parameter limit: in bytes, the "…" of a cut included.
    func callAsFunction(_ text: String, limit: Int) -> String {
        var bytes = redact(start(of: text))
        for statement in statements {
            bytes = replacing(statement.raw, with: statement.shown, in: bytes)
        }
        var text = String(decoding: bytes, as: UTF8.self)
        if looksLikeStatement(text) { text = withoutLiterals(text, numbers: false) }
        // A cut by characters first keeps the work on a hostile text small.
        text = withoutURLSecrets(cleaned(text, limit: limit))
        return redact(text).cut(toBytes: limit)
    }

    /// The part that is looked at; a secret that its end cuts in two goes as a whole.
    private func start(of text: String) -> [UInt8] {
        let bytes = Array(text.utf8.prefix(Self.longestInput))
        return bytes.count < text.utf8.count ? Array(bytes.dropLast(redact.longest)) : bytes
    }
}

extension String {
    /// The text, cut between two characters and ended in "…" when it is longer than `limit` bytes.
    func cut(toBytes limit: Int) -> String {
        if utf8.count <= limit { return self }
        var result = ""
        var left = limit - "…".utf8.count
        guard left >= 0 else { return "" }
        for character in self {
            left -= character.utf8.count
            if left < 0 { break }
            result.append(character)
        }
        return result + "…"
    }
}

/// URLs in a text without user, password, query and fragment: these may be credentials.
func withoutURLSecrets(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let mark = rest.firstRange(of: "://") {
        result += rest[..<mark.upperBound]
        rest = rest[mark.upperBound...]
        let url = rest.prefix { !$0.isWhitespace && !"\"'<>|`".contains($0) }
        rest = rest[url.endIndex...]
        let place = url.prefix { $0 != "?" && $0 != "#" }
        let authority = place.prefix { $0 != "/" }
        if let at = authority.lastIndex(of: "@") {
            result += place[place.index(after: at)...]
        } else {
            result += place
        }
    }
    return result + rest
}

private func looksLikeStatement(_ text: String) -> Bool {
    let words = text.lowercased().split { !$0.isLetter }
    return [("select", "from"), ("insert", "into"), ("update", "set"), ("delete", "from")]
        .contains { first, second in
            words.firstIndex(of: Substring(first)).map { words[$0...].contains(Substring(second)) }
                ?? false
        }
}

/// An SQL statement with "?" for strings and numbers, and without comments. What has no end, as a
/// statement that was cut, is taken for a string to its end.
func withoutLiterals(_ statement: String, numbers: Bool = true) -> String {
    var reader = StatementReader(Array(statement.unicodeScalars), hidesNumbers: numbers)
    return reader.shown()
}

private struct StatementReader {
    private let scalars: [Unicode.Scalar]
    private let hidesNumbers: Bool
    private var index = 0
    private var result = String.UnicodeScalarView()

    init(_ scalars: [Unicode.Scalar], hidesNumbers: Bool) {
        self.scalars = scalars
        self.hidesNumbers = hidesNumbers
    }

    mutating func shown() -> String {
        while index < scalars.count {
            switch scalars[index] {
            case "'": hide { $0.skipString() }
            case "$" where dollarTag() != nil: hide { $0.skipDollarString() }
            case "-" where peek(1) == "-": skip(until: ["\n"])
            case "/" where peek(1) == "*": skip(until: ["*", "/"])
            case "0"..."9" where hidesNumbers && !isInWord: hide { $0.skipWord() }
            default:
                result.append(scalars[index])
                index += 1
            }
        }
        return String(result)
    }

    private func peek(_ offset: Int) -> Unicode.Scalar? {
        index + offset < scalars.count ? scalars[index + offset] : nil
    }

    private var isInWord: Bool { index > 0 && isWord(scalars[index - 1]) }

    private func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
            || "_.".unicodeScalars.contains(scalar)
    }

    private mutating func hide(_ skip: (inout Self) -> Void) {
        skip(&self)
        result.append("?")
    }

    /// 'it''s', and with backslashes as E'it\'s'.
    private mutating func skipString() {
        index += 1
        while index < scalars.count {
            let scalar = scalars[index]
            if scalar == "\\" || (scalar == "'" && peek(1) == "'") {
                index += 2
            } else {
                index += 1
                if scalar == "'" { return }
            }
        }
        index = scalars.count
    }

    /// `$$` or `$name$` where the index is; its length.
    private func dollarTag() -> Int? {
        guard !isInWord else { return nil }
        var length = 1
        while let scalar = peek(length), isWord(scalar), scalar != "." { length += 1 }
        return peek(length) == "$" && !("0"..."9").contains(peek(1) ?? "$") ? length + 1 : nil
    }

    private mutating func skipDollarString() {
        let tag = Array(scalars[index..<(index + (dollarTag() ?? 1))])
        index += tag.count
        skip(until: tag)
    }

    private mutating func skip(until end: [Unicode.Scalar]) {
        while index < scalars.count, !scalars[index...].starts(with: end) { index += 1 }
        index = min(index + end.count, scalars.count)
    }

    private mutating func skipWord() {
        while index < scalars.count, isWord(scalars[index]) { index += 1 }
    }
}
