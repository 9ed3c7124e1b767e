/// Reads tokens into a tree, by precedence climbing. Types are checked by `TypeCheck` afterwards.
struct Parser {
    /// Bounds of what is read: beyond them the answer is an error.
    static let lengthLimit = 65_536
    static let heightLimit = 100

    let tokens: [Token]
    var index = 0
    private var depth = 0

    static func parse(_ text: String) throws(SyntaxFault) -> Syntax {
        guard text.utf8.count <= lengthLimit else {
            throw SyntaxFault("the expression is longer than \(lengthLimit) bytes", at: lengthLimit)
        }
        var parser = Parser(tokens: try Lexer.tokens(of: text))
        if case .end = parser.current.kind {
            throw SyntaxFault("the expression is empty", at: 0)
        }
        let syntax = try parser.expression()
        guard case .end = parser.current.kind else { throw parser.unexpectedOperator() }
        try TypeCheck.check(syntax)
        return syntax
    }

    private init(tokens: [Token]) { self.tokens = tokens }

    var current: Token { tokens[min(index, tokens.count - 1)] }
    var next: Token { tokens[min(index + 1, tokens.count - 1)] }

    mutating func advance() { index = min(index + 1, tokens.count - 1) }

    /// Where the last token that was read ended.
    var endOfLast: Int { index > 0 ? tokens[index - 1].span.upperBound : 0 }

    mutating func skip(_ symbol: Token.Symbol) -> Bool {
        guard current.kind == .symbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: Token.Symbol, _ place: String) throws(SyntaxFault) {
        guard skip(symbol) else { throw expected("\"\(symbol.rawValue)\" \(place)") }
    }

    func expected(_ what: String) -> SyntaxFault {
        SyntaxFault("expected \(what), found \(current.shown)", at: current.span.lowerBound)
    }

    /// An expression whose operators all bind at least as tight as `least`.
    mutating func expression(least: Int = 1) throws(SyntaxFault) -> Syntax {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.heightLimit else { throw tooDeep(at: current.span.lowerBound) }
        var left = try unary()
        while let op = currentOperator, op.precedence >= least {
            let start = left.span.lowerBound
            advance()
            let (isBool, matching) = try modifiers(of: op)
            let right = try expression(least: op == .power ? op.precedence : op.precedence + 1)
            left = try bounded(
                .binary(
                    Binary(op: op, left: left, right: right, isBool: isBool, matching: matching)),
                start..<right.span.upperBound)
        }
        return left
    }

    func bounded(_ kind: Syntax.Kind, _ span: Range<Int>) throws(SyntaxFault) -> Syntax {
        let syntax = Syntax(kind, span)
        guard syntax.height <= Self.heightLimit else { throw tooDeep(at: span.lowerBound) }
        return syntax
    }

    private func tooDeep(at offset: Int) -> SyntaxFault {
        SyntaxFault("the expression is nested deeper than \(Self.heightLimit) levels", at: offset)
    }

    /// What follows a whole expression and continues it in no way that is known here.
    func unexpectedOperator() -> SyntaxFault {
        let word = current.keyword
        if ["bitand", "bitor", "bitxor"].contains(word) {
            return .unsupported("the operator \(word)", at: current.span.lowerBound)
        }
        return expected("an operator or the end")
    }

    private var currentOperator: BinaryOperator? {
        switch current.kind {
        case .symbol(let symbol): BinaryOperator(rawValue: symbol.rawValue)
        case .name: BinaryOperator(rawValue: current.keyword)
        default: nil
        }
    }

    private mutating func unary() throws(SyntaxFault) -> Syntax {
        let start = current.span.lowerBound
        let isNegative = current.kind == .symbol(.minus)
        guard skip(.minus) || skip(.plus) else { return try postfix() }
        let inner = try expression(least: BinaryOperator.power.precedence)
        let span = start..<inner.span.upperBound
        if case .number(let value) = inner.kind {
            return Syntax(.number(isNegative ? -value : value), span)
        }
        return try bounded(.unary(isNegative: isNegative, inner), span)
    }

    /// What may stand between an operator and its right side.
    private mutating func modifiers(
        of op: BinaryOperator
    ) throws(SyntaxFault) -> (isBool: Bool, Matching) {
        let isBool = current.keyword == "bool"
        if isBool {
            guard op.isComparison else {
                throw SyntaxFault(
                    "bool goes with a comparison only, not with \"\(op.rawValue)\"",
                    at: current.span.lowerBound)
            }
            advance()
        }
        var matching = Matching()
        // A metric may be named like a keyword: the parenthesis decides.
        if ["on", "ignoring"].contains(current.keyword), next.kind == .symbol(.leftParen) {
            matching.isOn = current.keyword == "on"
            matching.isWritten = true
            advance()
            matching.labels = try labelList()
            try grouping(of: op, into: &matching)
        }
        if ["fill", "fill_left", "fill_right"].contains(current.keyword),
            next.kind == .symbol(.leftParen)
        {
            throw .unsupported("the fill modifier", at: current.span.lowerBound)
        }
        return (isBool, matching)
    }

    private mutating func grouping(
        of op: BinaryOperator, into matching: inout Matching
    ) throws(SyntaxFault) {
        guard ["group_left", "group_right"].contains(current.keyword) else { return }
        guard !op.isSet else {
            throw SyntaxFault(
                "no grouping allowed for \"\(op.rawValue)\" operation",
                at: current.span.lowerBound)
        }
        let place = current.span.lowerBound
        matching.cardinality = current.keyword == "group_left" ? .manyToOne : .oneToMany
        advance()
        if current.kind == .symbol(.leftParen) { matching.include = try labelList() }
        if matching.isOn, let both = matching.include.first(where: matching.labels.contains) {
            throw SyntaxFault(
                "label \"\(both)\" must not occur in ON and GROUP clause at once", at: place)
        }
    }

    /// `(a, b, "c d")`, perhaps empty, perhaps with a comma at the end.
    mutating func labelList() throws(SyntaxFault) -> [String] {
        try expect(.leftParen, "before label names")
        var labels: [String] = []
        while !skip(.rightParen) {
            switch current.kind {
            case .name where current.text.isPlainLabelName: labels.append(current.text)
            case .string(let name) where !name.isEmpty: labels.append(name)
            default: throw expected("a label name or \")\"")
            }
            advance()
            guard skip(.comma) || current.kind == .symbol(.rightParen) else {
                throw expected("\",\" or \")\" after a label name")
            }
        }
        return labels
    }
}
