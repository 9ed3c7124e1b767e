import PromQL
import TimeSeries

/// What was expected and what came, compared and put into words.
enum RuleTestDifference {
    /// Lines with "-" for what was expected and did not come, with "+" for what came and was not
    /// expected; nil when both are the same in any order.
    static func text(expected: [String], found: [String]) -> String? {
        var surplus = found.sorted()
        var missing: [String] = []
        for one in expected.sorted() {
            if let index = surplus.firstIndex(of: one) {
                surplus.remove(at: index)
            } else {
                missing.append(one)
            }
        }
        guard !missing.isEmpty || !surplus.isEmpty else { return nil }
        return (missing.map { "- \($0)" } + surplus.map { "+ \($0)" }).joined(separator: "\n")
    }

    /// Whether two results have the same series with the same values.
    static func areEqual(
        _ left: [VectorElement], _ right: [VectorElement], isFuzzy: Bool
    ) -> Bool {
        let (left, right) = (sorted(left), sorted(right))
        return left.count == right.count
            && zip(left, right).allSatisfy {
                $0.labels == $1.labels && areEqual($0.value, $1.value, isFuzzy: isFuzzy)
            }
    }

    private static func sorted(_ elements: [VectorElement]) -> [VectorElement] {
        elements.sorted { ($0.labels, $0.value) < ($1.labels, $1.value) }
    }

    private static func areEqual(_ a: Double, _ b: Double, isFuzzy: Bool) -> Bool {
        a == b || isFuzzy && (a.nextUp == b || a.nextDown == b)
    }
}

extension RuleTest.ExpectedAlert {
    /// In one line: labels, then annotations.
    fileprivate var annotationText: String {
        annotations.sorted { $0.key < $1.key }
            .map { " \($0.key)=\(GoQuote.quoted($0.value))" }.joined()
    }

    var text: String { "\(labels)\(annotationText)" }
}

extension VectorElement {
    var text: String { "\(labels) \(GoFloat.shortest(value))" }
}
