import TimeSeries

extension Parser {
    /// A selector whose name, if it has one in front of the braces, was read already.
    mutating func selector(named name: Token?) throws(SyntaxFault) -> Syntax {
        let start = name?.span.lowerBound ?? current.span.lowerBound
        var selector = Selector(name: name?.text ?? "", matchers: [])
        if current.kind == .symbol(.leftBrace) { try matchers(into: &selector) }
        if !selector.name.isEmpty {
            selector.matchers.append(Matcher(Labels.metricName, equals: selector.name))
        }
        guard selector.matchers.contains(where: { !$0.matchesEmpty }) else {
            throw SyntaxFault(
                "vector selector must contain at least one non-empty matcher", at: start)
        }
        return Syntax(.selector(selector), start..<endOfLast)
    }

    private mutating func matchers(into selector: inout Selector) throws(SyntaxFault) {
        advance()
        while !skip(.rightBrace) {
            let token = current
            switch token.kind {
            case .name where token.text.isPlainLabelName:
                advance()
                selector.matchers.append(try matcher(on: token))
            case .string(let text):
                advance()
                if let op = matchOperator {
                    advance()
                    selector.matchers.append(try matcher(text, op, at: token))
                } else {
                    try setName(text, of: &selector, at: token)
                }
            default: throw expected("a label name or \"}\"")
            }
            guard skip(.comma) || current.kind == .symbol(.rightBrace) else {
                throw expected("\",\" or \"}\" after a matcher")
            }
        }
        try checkNameOnce(selector)
    }

    private func setName(
        _ name: String, of selector: inout Selector, at token: Token
    ) throws(SyntaxFault) {
        guard selector.name.isEmpty else {
            throw SyntaxFault(
                "metric name must not be set twice: \"\(selector.name)\" or \"\(name)\"",
                at: token.span.lowerBound)
        }
        guard !name.isEmpty else { throw SyntaxFault("empty name", at: token.span.lowerBound) }
        selector.name = name
    }

    /// A name in front of the braces rules out an equality on the name inside.
    private func checkNameOnce(_ selector: Selector) throws(SyntaxFault) {
        guard !selector.name.isEmpty else { return }
        for matcher in selector.matchers where matcher.name == Labels.metricName {
            throw SyntaxFault(
                "metric name must not be set twice: \"\(selector.name)\" or \"\(matcher.value)\"",
                at: tokens[max(0, index - 1)].span.lowerBound)
        }
    }

    private mutating func matcher(on label: Token) throws(SyntaxFault) -> Matcher {
        guard let op = matchOperator else {
            throw expected("=, !=, =~ or !~ after the label \"\(label.text)\"")
        }
        advance()
        return try matcher(label.text, op, at: label)
    }

    private mutating func matcher(
        _ name: String, _ op: Matcher.Operator, at label: Token
    ) throws(SyntaxFault) -> Matcher {
        guard case .string(let value) = current.kind else {
            throw expected("a quoted string as the value of \"\(name)\"")
        }
        let place = current.span.lowerBound
        advance()
        do {
            return try Matcher(name, op, value)
        } catch {
            throw SyntaxFault("bad regular expression: \(error.reason)", at: place)
        }
    }

    private var matchOperator: Matcher.Operator? {
        switch current.kind {
        case .symbol(.assign): .equal
        case .symbol(.notEqual): .notEqual
        case .symbol(.matches): .matches
        case .symbol(.matchesNot): .matchesNot
        default: nil
        }
    }
}
