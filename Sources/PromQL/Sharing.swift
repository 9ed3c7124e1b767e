/// Parts that stand in an expression more than once, as numerator and denominator often share one,
/// are evaluated once a query. They are found when the expression is parsed.
enum Sharing {
    /// The tree with a number on each part that it has several times.
    static func marked(_ root: Syntax) -> Syntax {
        var counts: [String: Int] = [:]
        count(root, into: &counts)
        let repeated = counts.filter { $0.value > 1 }.keys.sorted()
        guard !repeated.isEmpty else { return root }
        let numbers = Dictionary(
            uniqueKeysWithValues: repeated.enumerated().map { ($0.element, $0.offset) })
        return marked(root, numbers)
    }

    private static func count(_ syntax: Syntax, into counts: inout [String: Int]) {
        if syntax.isWorthSharing { counts[syntax.text, default: 0] += 1 }
        for child in syntax.children { count(child, into: &counts) }
    }

    private static func marked(_ syntax: Syntax, _ numbers: [String: Int]) -> Syntax {
        var result = syntax.mappingChildren { marked($0, numbers) }
        if syntax.isWorthSharing { result.share = numbers[syntax.text] }
        return result
    }
}

extension Syntax {
    /// True for what reads or reduces series.
    fileprivate var isWorthSharing: Bool {
        switch kind {
        case .selector, .aggregate, .call: true
        case .number, .string, .matrix, .subquery, .unary, .binary, .paren: false
        }
    }

    fileprivate func mappingChildren(_ change: (Syntax) -> Syntax) -> Syntax {
        var result = self
        switch kind {
        case .number, .string, .selector, .matrix: break
        case .subquery(var subquery):
            subquery.inner = change(subquery.inner)
            result.kind = .subquery(subquery)
        case .unary(let isNegative, let inner):
            result.kind = .unary(isNegative: isNegative, change(inner))
        case .paren(let inner): result.kind = .paren(change(inner))
        case .binary(var binary):
            binary.left = change(binary.left)
            binary.right = change(binary.right)
            result.kind = .binary(binary)
        case .aggregate(var aggregate):
            aggregate.parameter = aggregate.parameter.map(change)
            aggregate.inner = change(aggregate.inner)
            result.kind = .aggregate(aggregate)
        case .call(var call):
            call.arguments = call.arguments.map(change)
            result.kind = .call(call)
        }
        return result
    }
}
