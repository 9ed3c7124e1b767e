/// A condition on one label of a series. A label that is absent has the value "".
public struct Matcher: Hashable, Sendable {
    public enum Operator: String, Hashable, Sendable, CaseIterable {
        case equal = "="
        case notEqual = "!="
        case matches = "=~"
        case matchesNot = "!~"
    }

    public let name: String
    public let op: Operator
    public let value: String
    private let test: Test

    /// `value` is a pattern for `.matches` and `.matchesNot`, anchored at both ends; throws when
    /// RE2 refuses it.
    public init(_ name: String, _ op: Operator, _ value: String) throws(PatternError) {
        self.name = name
        self.op = op
        self.value = value
        switch op {
        case .equal, .notEqual: test = .literal
        case .matches, .matchesNot: test = try Test(pattern: value)
        }
    }

    /// A matcher that needs no pattern and so cannot fail: `name="value"`.
    public init(_ name: String, equals value: String) {
        self.name = name
        op = .equal
        self.value = value
        test = .literal
    }

    public func matches(_ subject: String) -> Bool {
        let holds =
            switch test {
            case .literal: subject == value
            case .anything: true
            case .anythingButEmpty: !subject.isEmpty
            case .oneOf(let words): words.contains(subject)
            case .pattern(let pattern): pattern.matches(subject)
            }
        switch op {
        case .equal, .matches: return holds
        case .notEqual, .matchesNot: return !holds
        }
    }

    public func matches(_ labels: Labels) -> Bool { matches(labels[name]) }

    /// True when a series without the label passes.
    public var matchesEmpty: Bool { matches("") }

    /// The only values that can pass, where the matcher is such a list; nil otherwise.
    public var accepted: [String]? {
        switch (op, test) {
        case (.equal, .literal): [value]
        case (.matches, .oneOf(let words)): words
        default: nil
        }
    }
}

extension Matcher {
    /// What has to hold, with the common patterns done without an automaton.
    private enum Test: Hashable, Sendable {
        case literal
        case anything
        case anythingButEmpty
        case oneOf([String])
        case pattern(Pattern)

        init(pattern text: String) throws(PatternError) {
            let special = text.utf8.contains { byte in
                !(byte >= 0x80 || Self.isPlain(byte) || byte == UInt8(ascii: "|"))
            }
            switch text {
            case ".*": self = .anything
            case ".+": self = .anythingButEmpty
            case _ where !special:
                self = .oneOf(
                    text.split(separator: "|", omittingEmptySubsequences: false).map(String.init))
            default: self = .pattern(try Pattern(text))
            }
        }

        /// Bytes that mean themselves in a pattern.
        private static func isPlain(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
                UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: " "), UInt8(ascii: "="),
                UInt8(ascii: ","), UInt8(ascii: "@"):
                true
            default: false
            }
        }
    }
}

extension Matcher: CustomStringConvertible {
    /// As PromQL writes it: `job=~"api.*"`.
    public var description: String { "\(name)\(op.rawValue)\(value.quotedForPromQL)" }
}

extension String {
    /// The text as a double-quoted PromQL string literal.
    public var quotedForPromQL: String {
        var result = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                result += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
