import TimeSeries

extension Parser {
    /// A primary expression with the brackets, `offset` and `@` that follow it.
    mutating func postfix() throws(SyntaxFault) -> Syntax {
        var syntax = try primary()
        while true {
            let start = current.span.lowerBound
            if current.kind == .symbol(.leftBracket) {
                syntax = try brackets(after: syntax)
            } else if current.keyword == "offset" {
                advance()
                let offset = try signedDuration("after offset")
                syntax = try shifted(syntax, word: "offset", at: start) { shift in
                    guard shift.offset == nil else { return false }
                    shift.offset = offset
                    return true
                }
            } else if skip(.at) {
                let anchor = try anchor()
                syntax = try shifted(syntax, word: "@ modifier", at: start) { shift in
                    guard shift.anchor == nil else { return false }
                    shift.anchor = anchor
                    return true
                }
            } else if ["anchored", "smoothed", "align"].contains(current.keyword) {
                throw .unsupported("the \(current.keyword) modifier", at: start)
            } else {
                return syntax
            }
        }
    }

    private mutating func primary() throws(SyntaxFault) -> Syntax {
        let token = current
        switch token.kind {
        case .number(let value):
            advance()
            return Syntax(.number(value), token.span)
        case .duration(let milliseconds):
            advance()
            return Syntax(.number(Double(milliseconds) / 1000), token.span)
        case .string(let text):
            advance()
            return Syntax(.string(text), token.span)
        case .symbol(.leftParen):
            advance()
            let inner = try expression()
            try expect(.rightParen, "to close the parenthesis")
            return try bounded(.paren(inner), token.span.lowerBound..<endOfLast)
        case .symbol(.leftBrace): return try selector(named: nil)
        case .name: return try named()
        case .brokenString:
            throw SyntaxFault("this string is not valid UTF-8", at: token.span.lowerBound)
        case .symbol, .end: throw expected("an expression")
        }
    }

    /// What starts with a name: an aggregation, a call or a selector.
    private mutating func named() throws(SyntaxFault) -> Syntax {
        let token = current
        let follows = next
        if let op = Aggregation(rawValue: token.keyword),
            follows.kind == .symbol(.leftParen) || ["by", "without"].contains(follows.keyword)
        {
            return try aggregation(op)
        }
        guard follows.kind == .symbol(.leftParen) else {
            advance()
            return try selector(named: token)
        }
        guard let function = Function(rawValue: token.text) else {
            if let known = Function.unsupported[token.text] {
                throw .unsupported(known, at: token.span.lowerBound)
            }
            throw SyntaxFault(
                "unknown function with name \"\(token.text)\"", at: token.span.lowerBound)
        }
        advance()
        let arguments = try argumentList()
        return try bounded(
            .call(Call(function: function, arguments: arguments)),
            token.span.lowerBound..<endOfLast)
    }

    private mutating func argumentList() throws(SyntaxFault) -> [Syntax] {
        try expect(.leftParen, "before arguments")
        var arguments: [Syntax] = []
        guard !skip(.rightParen) else { return [] }
        while true {
            arguments.append(try expression())
            if skip(.rightParen) { return arguments }
            try expect(.comma, "or \")\" after an argument")
            if current.kind == .symbol(.rightParen) {
                throw SyntaxFault(
                    "trailing commas not allowed in function call args",
                    at: current.span.lowerBound)
            }
        }
    }

    private mutating func aggregation(_ op: Aggregation) throws(SyntaxFault) -> Syntax {
        let start = current.span.lowerBound
        advance()
        var clause = try groupingClause()
        if op == .countValues, next.kind == .brokenString {
            throw SyntaxFault("invalid label name \(next.text)", at: next.span.lowerBound)
        }
        let arguments = try argumentList()
        if clause == nil { clause = try groupingClause() }
        let wanted = op.parameter == nil ? 1 : 2
        guard arguments.count == wanted, let inner = arguments.last else {
            throw SyntaxFault(
                "wrong number of arguments for aggregate expression \(op.rawValue): "
                    + "expected \(wanted), got \(arguments.count)", at: start)
        }
        let aggregate = Aggregate(
            op: op, parameter: wanted == 2 ? arguments.first : nil, inner: inner,
            isWithout: clause?.isWithout ?? false, labels: clause?.labels ?? [])
        return try bounded(.aggregate(aggregate), start..<endOfLast)
    }

    private mutating func groupingClause() throws(SyntaxFault) -> (
        isWithout: Bool, labels: [String]
    )? {
        guard ["by", "without"].contains(current.keyword) else { return nil }
        let isWithout = current.keyword == "without"
        advance()
        return (isWithout, try labelList())
    }

    private mutating func brackets(after syntax: Syntax) throws(SyntaxFault) -> Syntax {
        let start = current.span.lowerBound
        advance()
        let range = try positiveDuration("as the range")
        guard skip(.colon) else {
            try expect(.rightBracket, "after the range")
            guard case .selector(let selector) = syntax.kind else {
                throw SyntaxFault("ranges only allowed for vector selectors", at: start)
            }
            guard selector.shift == TimeShift() else {
                throw SyntaxFault(
                    "a range goes before offset and @, right after the selector", at: start)
            }
            return Syntax(
                .matrix(selector, range: range), syntax.span.lowerBound..<endOfLast)
        }
        if current.kind == .symbol(.colon) {
            throw .unsupported("an aligned subquery", at: start)
        }
        let hasStep = current.kind != .symbol(.rightBracket)
        let step = hasStep ? try positiveDuration("as the step") : nil
        try expect(.rightBracket, "after the step")
        return try bounded(
            .subquery(Subquery(inner: syntax, range: range, step: step)),
            syntax.span.lowerBound..<endOfLast)
    }

    /// Puts a modifier on a selector, a range or a subquery. `change` returns false when it is
    /// there already.
    private func shifted(
        _ syntax: Syntax, word: String, at place: Int, _ change: (inout TimeShift) -> Bool
    ) throws(SyntaxFault) -> Syntax {
        let span = syntax.span.lowerBound..<endOfLast
        let twice = SyntaxFault("\(word) may not be set multiple times", at: place)
        switch syntax.kind {
        case .selector(var selector):
            guard change(&selector.shift) else { throw twice }
            return Syntax(.selector(selector), span)
        case .matrix(var selector, let range):
            guard change(&selector.shift) else { throw twice }
            return Syntax(.matrix(selector, range: range), span)
        case .subquery(var subquery):
            guard change(&subquery.shift) else { throw twice }
            return Syntax(.subquery(subquery), span)
        default:
            throw SyntaxFault(
                "\(word) must be preceded by an instant vector selector or range vector selector "
                    + "or a subquery", at: place)
        }
    }

    private mutating func anchor() throws(SyntaxFault) -> TimeShift.Anchor {
        if ["start", "end"].contains(current.keyword), next.kind == .symbol(.leftParen) {
            let isStart = current.keyword == "start"
            advance()
            advance()
            try expect(.rightParen, "after \(isStart ? "start(" : "end(")")
            return isStart ? .start : .end
        }
        let place = current.span.lowerBound
        let seconds = try signedNumber("a timestamp, start() or end() after @")
        guard seconds.isFinite, let time = Int64(exactly: (seconds * 1000).rounded()) else {
            throw SyntaxFault("timestamp out of bounds for @ modifier", at: place)
        }
        return .time(time)
    }

    private mutating func signedNumber(_ what: String) throws(SyntaxFault) -> Double {
        let isNegative = current.kind == .symbol(.minus)
        if isNegative || current.kind == .symbol(.plus) { advance() }
        switch current.kind {
        case .number(let value):
            advance()
            return isNegative ? -value : value
        case .duration(let milliseconds):
            advance()
            return Double(isNegative ? -milliseconds : milliseconds) / 1000
        default: throw expected(what)
        }
    }

    /// Milliseconds; a bare number counts seconds.
    private mutating func signedDuration(_ place: String) throws(SyntaxFault) -> Int64 {
        let start = current.span.lowerBound
        let isSigned = current.kind == .symbol(.minus) || current.kind == .symbol(.plus)
        let first = isSigned ? next.kind : current.kind
        if first == .symbol(.leftParen) || first == .name {
            throw .unsupported("a duration expression", at: start)
        }
        let seconds = try signedNumber("a duration like 5m \(place)")
        switch current.kind {
        case .symbol(.plus), .symbol(.minus), .symbol(.times), .symbol(.divide),
            .symbol(.modulo), .symbol(.power):
            // After an offset it is an operator of the expression around it.
            if place.hasPrefix("as") { throw .unsupported("a duration expression", at: start) }
        default: break
        }
        let scaled = (seconds * 1000).rounded()
        guard scaled.isFinite, abs(scaled) <= Double(Int64.max / 1_000_000) else {
            throw SyntaxFault("duration out of range", at: start)
        }
        return Int64(scaled)
    }

    private mutating func positiveDuration(_ place: String) throws(SyntaxFault) -> Int64 {
        let start = current.span.lowerBound
        let milliseconds = try signedDuration(place)
        guard milliseconds > 0 else {
            throw SyntaxFault("duration must be greater than 0", at: start)
        }
        return milliseconds
    }
}
