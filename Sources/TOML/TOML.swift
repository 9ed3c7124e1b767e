/// A place in a text: line and column count from 1, columns in Unicode scalars.
public struct TOMLPosition: Sendable, Hashable, Comparable {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public static func < (left: TOMLPosition, right: TOMLPosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// A value of a TOML document.
public indirect enum TOMLValue: Sendable, Hashable {
    case string(String)
    case integer(Int64)
    /// May be infinite or not a number, as TOML has both.
    case float(Double)
    case boolean(Bool)
    /// A date, a time or both, as text in RFC 3339's form.
    case date(String)
    case array([TOMLNode])
    case table(TOMLTable)
}

/// A value with the place where it begins. A table begins at its header's or its own bracket.
public struct TOMLNode: Sendable, Hashable {
    public var value: TOMLValue
    public var position: TOMLPosition

    public init(_ value: TOMLValue, at position: TOMLPosition) {
        self.value = value
        self.position = position
    }
}

/// The entries of a table in the document's order, each key once.
public struct TOMLTable: Sendable, Hashable {
    public struct Entry: Sendable, Hashable {
        public var key: String
        public var keyPosition: TOMLPosition
        public var node: TOMLNode

        public init(key: String, keyPosition: TOMLPosition, node: TOMLNode) {
            self.key = key
            self.keyPosition = keyPosition
            self.node = node
        }
    }

    public var entries: [Entry]

    public init(entries: [Entry] = []) { self.entries = entries }

    public subscript(key: String) -> TOMLNode? { entries.first { $0.key == key }?.node }
}

extension TOMLNode {
    public var string: String? {
        if case .string(let text) = value { text } else { nil }
    }

    public var integer: Int64? {
        if case .integer(let number) = value { number } else { nil }
    }

    public var boolean: Bool? {
        if case .boolean(let flag) = value { flag } else { nil }
    }

    public var array: [TOMLNode]? {
        if case .array(let nodes) = value { nodes } else { nil }
    }

    public var table: TOMLTable? {
        if case .table(let table) = value { table } else { nil }
    }
}
