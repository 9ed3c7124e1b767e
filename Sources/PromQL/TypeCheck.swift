/// The rules on what may be an operand or argument of what.
enum TypeCheck {
    /// Throws at the first node that breaks a rule.
    static func check(_ syntax: Syntax) throws(SyntaxFault) {
        switch syntax.kind {
        case .number, .string, .selector, .matrix, .paren: break
        case .subquery(let subquery):
            try expect(.vector, subquery.inner, "as the inner expression of a subquery")
        case .unary(_, let inner):
            guard [.scalar, .vector].contains(inner.valueKind) else {
                throw SyntaxFault(
                    "unary expression only allowed on expressions of type scalar or instant "
                        + "vector, got \"\(inner.valueKind.rawValue)\"", at: syntax.span.lowerBound)
            }
        case .binary(let binary): try check(binary, at: syntax.span)
        case .aggregate(let aggregate): try check(aggregate)
        case .call(let call): try check(call, at: syntax.span.lowerBound)
        }
        for child in syntax.children { try check(child) }
    }

    private static func expect(
        _ kind: ValueKind, _ syntax: Syntax, _ place: String
    ) throws(SyntaxFault) {
        guard syntax.valueKind != kind else { return }
        throw SyntaxFault(
            "expected type \(kind.rawValue) \(place), got \(syntax.valueKind.rawValue)",
            at: syntax.span.lowerBound)
    }

    private static func check(_ binary: Binary, at span: Range<Int>) throws(SyntaxFault) {
        let (left, right) = (binary.left.valueKind, binary.right.valueKind)
        for side in [binary.left, binary.right]
        where ![.scalar, .vector].contains(side.valueKind) {
            throw SyntaxFault(
                "binary expression must contain only scalar and instant vector types, got "
                    + side.valueKind.rawValue, at: side.span.lowerBound)
        }
        if binary.op.isComparison, !binary.isBool, left == .scalar, right == .scalar {
            throw SyntaxFault(
                "comparisons between scalars must use BOOL modifier", at: span.lowerBound)
        }
        guard left == .scalar || right == .scalar else { return }
        if binary.op.isSet {
            throw SyntaxFault(
                "set operator \"\(binary.op.rawValue)\" not allowed in binary scalar expression",
                at: span.lowerBound)
        }
        if binary.matching.isWritten {
            throw SyntaxFault(
                "vector matching only allowed between instant vectors", at: span.lowerBound)
        }
    }

    private static func check(_ aggregate: Aggregate) throws(SyntaxFault) {
        try expect(.vector, aggregate.inner, "in aggregation expression")
        guard let kind = aggregate.op.parameter, let parameter = aggregate.parameter else { return }
        try expect(kind, parameter, "in aggregation parameter")
        if aggregate.op == .countValues, case .string("") = parameter.unwrapped.kind {
            throw SyntaxFault("invalid label name \"\"", at: parameter.span.lowerBound)
        }
    }

    private static func check(_ call: Call, at offset: Int) throws(SyntaxFault) {
        let signature = call.function.signature
        let most = signature.arguments.count
        let count = call.arguments.count
        let name = call.function.rawValue
        if count < most - signature.optional {
            throw SyntaxFault(
                "expected \(signature.optional > 0 ? "at least " : "")"
                    + "\(most - signature.optional) argument(s) in call to \"\(name)\", got \(count)",
                at: offset)
        }
        if count > most, !signature.repeats {
            throw SyntaxFault(
                "expected \(signature.optional > 0 ? "at most " : "")\(most) argument(s) in call "
                    + "to \"\(name)\", got \(count)", at: offset)
        }
        for (index, argument) in call.arguments.enumerated() {
            try expect(
                signature.arguments[min(index, most - 1)], argument,
                "in call to function \"\(name)\"")
        }
    }
}
