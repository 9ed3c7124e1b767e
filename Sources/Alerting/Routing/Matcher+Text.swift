import TimeSeries

/// Why a text is no matcher.
public enum MatcherFault: Error, Hashable, Sendable, CustomStringConvertible {
    case noOperator(String)
    case noName(String)
    case badString(String)
    case tooLong(String)
    case badPattern(PatternError)

    public var description: String {
        switch self {
        case .noOperator(let text):
            "the matcher \(text.quotedForPromQL) has none of = != =~ !~"
        case .noName(let text): "the matcher \(text.quotedForPromQL) does not start with a label"
        case .badString(let text): "the value of the matcher \(text.quotedForPromQL) does not end"
        case .tooLong(let text):
            "the pattern of the matcher \(text.prefix(32).description.quotedForPromQL)… is longer "
                + "than \(Matcher.longestPattern) bytes"
        case .badPattern(let error): "\(error)"
        }
    }
}

extension Matcher {
    public static let longestPattern = 256

    /// One matcher as routes, silences and inhibitions write it: `severity="page"`, `env=~"prod.*"`.
    /// The quotes may be left out.
    public init(parsing text: String) throws(MatcherFault) {
        let name = text.prefix { $0 != "=" && $0 != "!" }
        let rest = text[name.endIndex...]
        guard let op = Self.operators.first(where: { rest.hasPrefix($0.rawValue) }) else {
            throw .noOperator(text)
        }
        let label = name.trimmed
        guard !label.isEmpty else { throw .noName(text) }
        guard let value = Self.value(rest.dropFirst(op.rawValue.count).trimmed) else {
            throw .badString(text)
        }
        if op == .matches || op == .matchesNot, value.utf8.count > Self.longestPattern {
            throw .tooLong(text)
        }
        do throws(PatternError) {
            try self.init(String(label), op, value)
        } catch {
            throw .badPattern(error)
        }
    }

    /// The longer ones first.
    private static let operators: [Operator] = [.matches, .matchesNot, .notEqual, .equal]

    /// Without its quotes and escapes; nil for a string that does not end where the text does.
    private static func value(_ text: Substring) -> String? {
        guard text.first == "\"" else { return text.contains("\"") ? nil : String(text) }
        var value = ""
        var rest = text.dropFirst()
        while let character = rest.popFirst() {
            switch character {
            case "\"": return rest.isEmpty ? value : nil
            case "\\":
                guard let next = rest.popFirst() else { return nil }
                value += unescaped(next)
            default: value.append(character)
            }
        }
        return nil
    }

    /// An escape that means nothing stays as it is, so that patterns need no double ones.
    private static func unescaped(_ character: Character) -> String {
        switch character {
        case "n": "\n"
        case "\"", "\\": String(character)
        default: "\\\(character)"
        }
    }
}

extension Collection where Element == Matcher {
    public func allMatch(_ labels: Labels) -> Bool { allSatisfy { $0.matches(labels) } }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var result = drop { $0 == " " }
        while result.last == " " { result.removeLast() }
        return result
    }
}
