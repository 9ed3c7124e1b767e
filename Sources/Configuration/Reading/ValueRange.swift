import PromQL

/// The values that an expression can have, where its form tells: metrics that are 0 or 1, alone or
/// averaged, and rates and counts, which are never negative.
struct ValueRange {
    var least: Double
    var most: Double

    /// 1 when a target answers as it should, else 0.
    private static let flags: Set<String> = [
        "up", "probe_success", "pg_up", "redis_up", "container_health_status", "container_state",
    ]
    /// What keeps a value between the least and the most of its input.
    private static let keeping: Set<String> = [
        "avg", "min", "max", "avg_over_time", "min_over_time", "max_over_time", "last_over_time",
        "quantile_over_time", "by", "without",
    ]
    private static let counting: Set<String> = ["rate", "irate", "increase", "count_over_time"]

    /// nil when the form does not tell.
    init?(of expression: Expression) {
        let readings = expression.readings
        guard readings.count == 1, let metric = readings.first?.metric, !metric.isEmpty,
            let words = Self.words(in: expression.text)
        else { return nil }
        let functions = words.filter { $0.isCalled }.map(\.text)
        let other = Set(functions).subtracting(Self.keeping)
        if other.isEmpty, Self.flags.contains(metric) {
            (least, most) = (0, 1)
        } else if other.count == 1, other.isSubset(of: Self.counting) {
            (least, most) = (0, .infinity)
        } else {
            return nil
        }
    }

    /// Whether a value in the range can ever be beyond the limit.
    func canBreach(_ goal: Goal) -> Bool {
        switch goal.comparison {
        case .greater: most > goal.limit
        case .greaterOrEqual: most >= goal.limit
        case .less: least < goal.limit
        case .lessOrEqual: least <= goal.limit
        case .equal: (least...most).contains(goal.limit)
        case .notEqual: least != goal.limit || most != goal.limit
        }
    }

    /// Names outside of label matchers and ranges, and whether a "(" follows; nil when there is an
    /// operator, an offset or a number.
    private static func words(in text: String) -> [(text: String, isCalled: Bool)]? {
        var words: [(String, Bool)] = []
        var rest = text[...]
        while let character = rest.first {
            if character == "{" || character == "[" {
                guard let end = end(of: rest) else { return nil }
                rest = rest[end...].dropFirst()
            } else if character.isLetter || character == "_" {
                let word = rest.prefix { $0.isLetter || $0.isNumber || "_:".contains($0) }
                rest = rest[word.endIndex...]
                let isCalled = rest.drop { $0 == " " }.first == "("
                words.append((String(word), isCalled))
            } else if "(), ".contains(character) {
                rest = rest.dropFirst()
            } else {
                return nil
            }
        }
        return words
    }

    /// The bracket that closes the first one, past quoted text.
    private static func end(of text: Substring) -> Substring.Index? {
        var quote: Character?
        var isEscaped = false
        for index in text.indices {
            let character = text[index]
            if isEscaped {
                isEscaped = false
            } else if let open = quote {
                isEscaped = character == "\\"
                if character == open { quote = nil }
            } else if "\"'`".contains(character) {
                quote = character
            } else if character == "}" || character == "]" {
                return index
            }
        }
        return nil
    }
}
