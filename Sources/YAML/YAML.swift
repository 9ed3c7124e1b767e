/// A place in a text: line and column count from 1, columns in Unicode scalars.
public struct YAMLPosition: Sendable, Hashable, Comparable {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public static func < (left: YAMLPosition, right: YAMLPosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// A scalar as it is written: YAML decides what a plain one means only where it is used.
public struct YAMLScalar: Sendable, Hashable {
    public enum Style: Sendable, Hashable {
        case plain, singleQuoted, doubleQuoted, literal, folded
    }

    public var text: String
    public var style: Style

    public init(_ text: String, style: Style = .plain) {
        self.text = text
        self.style = style
    }

    /// Whether it stands for no value: plain and empty, `~` or `null`.
    public var isNull: Bool {
        style == .plain && ["", "~", "null", "Null", "NULL"].contains(text)
    }
}

/// The entries of a mapping in the document's order, each key once.
public struct YAMLMapping: Sendable, Hashable {
    public struct Entry: Sendable, Hashable {
        public var key: String
        public var keyPosition: YAMLPosition
        public var node: YAMLNode
    }

    public var entries: [Entry]

    public init(entries: [Entry] = []) { self.entries = entries }

    public subscript(key: String) -> YAMLNode? { entries.first { $0.key == key }?.node }
}

public indirect enum YAMLValue: Sendable, Hashable {
    case scalar(YAMLScalar)
    case sequence([YAMLNode])
    case mapping(YAMLMapping)
}

/// A value with the place where it begins and the one after its end. What an alias stands for keeps
/// the place of its anchor.
public struct YAMLNode: Sendable, Hashable {
    public var value: YAMLValue
    public var position: YAMLPosition
    public var end: YAMLPosition

    public init(_ value: YAMLValue, at position: YAMLPosition, end: YAMLPosition) {
        self.value = value
        self.position = position
        self.end = end
    }

    public var scalar: YAMLScalar? { if case .scalar(let scalar) = value { scalar } else { nil } }

    public var sequence: [YAMLNode]? { if case .sequence(let nodes) = value { nodes } else { nil } }

    public var mapping: YAMLMapping? {
        if case .mapping(let mapping) = value { mapping } else { nil }
    }

    public var isNull: Bool { scalar?.isNull ?? false }
}

/// What is wrong with a text, and where.
public struct YAMLError: Error, Hashable, Sendable {
    /// One line without an end stop.
    public var message: String
    public var position: YAMLPosition

    public init(_ message: String, at position: YAMLPosition) {
        self.message = message
        self.position = position
    }
}
