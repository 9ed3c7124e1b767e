/// The smallest meaningful piece of an expression.
struct Token: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// A name with letters, digits, underscores and colons; keywords are names too.
        case name
        /// A number: decimal, hexadecimal, Inf or NaN.
        case number(Double)
        /// A duration, in milliseconds: it serves as a number of seconds as well.
        case duration(Int64)
        case string(String)
        /// A string whose escapes make no valid UTF-8.
        case brokenString
        case symbol(Symbol)
        case end
    }

    enum Symbol: String, Hashable, Sendable, CaseIterable {
        case leftParen = "("
        case rightParen = ")"
        case leftBrace = "{"
        case rightBrace = "}"
        case leftBracket = "["
        case rightBracket = "]"
        case comma = ","
        case colon = ":"
        case at = "@"
        case assign = "="
        case equal = "=="
        case notEqual = "!="
        case matches = "=~"
        case matchesNot = "!~"
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case plus = "+"
        case minus = "-"
        case times = "*"
        case divide = "/"
        case modulo = "%"
        case power = "^"
    }

    var kind: Kind
    /// The text as written.
    var text: String
    /// UTF-8 offsets into the expression.
    var span: Range<Int>

    /// The keyword that a name spells in any mix of cases, "" for anything else.
    var keyword: String { kind == .name ? text.lowercased() : "" }

    /// As an error message shows it.
    var shown: String {
        switch kind {
        case .end: "the end"
        default: text.count > 40 ? "\"\(text.prefix(40))…\"" : "\"\(text)\""
        }
    }
}
