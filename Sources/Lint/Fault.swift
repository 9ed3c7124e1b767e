import Targets

/// One thing that is wrong with a configuration or a rule file, where it is, and what helps.
///
/// Prints as one line, and an indented second one when there is help:
///
///     config.toml:14:12: redis.cache.interval: "5x" is not a duration.
///       Write a number and a unit: "500ms", "5s" or "2m".
public struct Fault: Error, Hashable, Sendable {
    public enum Severity: Hashable, Sendable {
        /// The file cannot be used.
        case error
        /// It can, but something in it will not do what it seems to.
        case warning
    }

    public var severity: Severity
    /// The file as it was named.
    public var path: String
    /// From 1; columns count Unicode scalars.
    public var line: Int
    public var column: Int
    /// What it is about, as a path of table, name and key: "redis.cache.interval".
    public var subject: String?
    /// One sentence. Holds no secret.
    public var message: String
    /// What to write instead.
    public var help: String?

    public init(
        _ severity: Severity = .error, path: String, line: Int, column: Int,
        subject: String? = nil, message: String, help: String? = nil
    ) {
        self.severity = severity
        self.path = path
        self.line = line
        self.column = column
        self.subject = subject
        self.message = message
        self.help = help
    }
}

extension Fault: CustomStringConvertible {
    public var description: String {
        var text = "\(path):\(line):\(column): "
        if severity == .warning { text += "warning: " }
        if let subject { text += cleaned(subject, limit: 120) + ": " }
        text += message
        if let help { text += "\n  " + help }
        return text
    }
}

extension Fault {
    /// The fault without its help, for a place that has one line.
    public var firstLine: String { description.prefix { $0 != "\n" }.description }
}

extension Fault: Comparable {
    /// File by file, each in the order of its text.
    public static func < (left: Fault, right: Fault) -> Bool {
        (left.path, left.line, left.column, left.message)
            < (right.path, right.line, right.column, right.message)
    }
}

/// Every fault of what cannot be used, in the order of the text. At least one of
/// them is an error.
public struct Faults: Error, Hashable, Sendable, CustomStringConvertible {
    public var all: [Fault]

    public init(_ all: [Fault]) { self.all = all.sorted() }

    /// One fault below the other, without a last line end.
    public var description: String { all.map(\.description).joined(separator: "\n") }
}
