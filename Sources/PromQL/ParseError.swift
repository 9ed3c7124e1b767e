/// Where an expression is not PromQL, and what would have been.
public struct ParseError: Error, Hashable, Sendable {
    /// What is wrong or was expected, without the position: `expected ")"`.
    public var message: String
    /// UTF-8 bytes from the start of the text.
    public var offset: Int
    /// From 1.
    public var line: Int
    /// From 1, in characters.
    public var column: Int
    /// True when the text is PromQL of a kind that is not evaluated here: native histograms,
    /// `info()`, experimental syntax.
    public var isUnsupported: Bool

    init(_ message: String, at offset: Int, in text: String, isUnsupported: Bool = false) {
        self.message = message
        self.offset = offset
        self.isUnsupported = isUnsupported
        (line, column) = position(of: offset, in: text)
    }
}

extension ParseError: CustomStringConvertible {
    /// As Prometheus writes it: `1:5: parse error: expected …`.
    public var description: String { "\(line):\(column): parse error: \(message)" }
}

/// Line and column, both from 1, of a byte offset.
func position(of offset: Int, in text: String) -> (line: Int, column: Int) {
    let before = String(decoding: text.utf8.prefix(offset), as: UTF8.self)
    let lines = before.split(separator: "\n", omittingEmptySubsequences: false)
    return (lines.count, (lines.last?.count ?? 0) + 1)
}

/// What lexer and parser throw: the position becomes a line and a column at the door.
struct SyntaxFault: Error {
    var message: String
    var offset: Int
    var isUnsupported = false

    init(_ message: String, at offset: Int) {
        self.message = message
        self.offset = offset
    }

    static func unsupported(_ what: String, at offset: Int) -> SyntaxFault {
        var fault = SyntaxFault("\(what) is not supported", at: offset)
        fault.isUnsupported = true
        return fault
    }
}
