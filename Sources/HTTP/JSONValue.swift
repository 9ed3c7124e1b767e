/// Any JSON value. Integers that fit 64 bits are kept exactly.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Parses a whole text (RFC 8259). Of members with one name the last wins.
    ///
    /// Takes at most `maxDepth` levels of nesting, so that no text exhausts the stack.
    public init(parsing bytes: [UInt8], maxDepth: Int = 64) throws(JSONError) {
        var parser = JSONParser(bytes, maxDepth: maxDepth)
        self = try parser.parse()
    }

    public init(parsing text: String) throws(JSONError) { try self.init(parsing: Array(text.utf8)) }

    public var string: String? { if case .string(let text) = self { text } else { nil } }
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var array: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
    public var object: [String: JSONValue]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// A number of either kind.
    public var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .null, .bool, .string, .array, .object: nil
        }
    }

    /// A whole number, also one that is written with an exponent or a fraction of zero.
    public var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        case .null, .bool, .string, .array, .object: nil
        }
    }

    /// A member of an object; nil for every other value.
    public subscript(name: String) -> JSONValue? { object?[name] }
}

extension JSONValue: CustomStringConvertible {
    /// Compact JSON, members sorted by name.
    public var description: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let text): quoted(text)
        case .array(let items): "[\(items.map(\.description).joined(separator: ","))]"
        case .object(let members):
            "{"
                + members.sorted { $0.key < $1.key }
                .map { "\(quoted($0.key)):\($0.value)" }.joined(separator: ",") + "}"
        }
    }
}

private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        case _ where scalar.value < 32:
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}

/// Where a text stops being JSON.
public struct JSONError: Error, Hashable, CustomStringConvertible {
    public var reason: String
    /// Bytes before the fault.
    public var offset: Int

    public var description: String { "\(reason) at byte \(offset)" }
}
