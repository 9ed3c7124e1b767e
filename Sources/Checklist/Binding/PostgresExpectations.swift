/// What a plan says of the application's databases that no server can tell by itself: the table
/// `[postgres]` of its bindings.
public struct PostgresExpectations: Sendable, Hashable {
    /// Roles of the application; without them whoever is connected over the network is taken for one.
    public var roles: [String] = []
    /// Its databases; without them all but `postgres`.
    public var databases: [String] = []
    /// Columns that must lead an index: "jobs(created_at)".
    public var indexes: [TableColumn] = []
    /// Tables that must be partitioned by time.
    public var partitioned: [TableName] = []
    /// Columns that `readers` must not see in clear.
    public var masked: [TableColumn] = []
    /// Roles that only report.
    public var readers: [String] = []
    public var retention: [RetentionRule] = []
    /// The program and arguments that print log records with the text that `canaryMark` stands for.
    public var auditSearch: [String]?

    /// Where a search for the canary has its text.
    public static let canaryMark = "{canary}"

    public init() {}

    /// Of several plans everything counts.
    public mutating func formUnion(_ other: PostgresExpectations) {
        func add<Name: Hashable>(_ names: [Name], to all: inout [Name]) {
            all += names.filter { !all.contains($0) }
        }
        add(other.roles, to: &roles)
        add(other.databases, to: &databases)
        add(other.indexes, to: &indexes)
        add(other.partitioned, to: &partitioned)
        add(other.masked, to: &masked)
        add(other.readers, to: &readers)
        add(other.retention, to: &retention)
        auditSearch = auditSearch ?? other.auditSearch
    }
}

/// A table, with its schema where there are several of its name. As the catalogue spells them.
public struct TableName: Sendable, Hashable, CustomStringConvertible {
    /// "" for any.
    public var schema: String
    public var table: String

    /// Reads "jobs" or "app.jobs"; nil for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = String(text).split(separator: ".", omittingEmptySubsequences: false).map(
            String.init)
        guard (1...2).contains(parts.count), parts.allSatisfy({ Self.isName($0) }) else {
            return nil
        }
        schema = parts.count == 2 ? parts[0] : ""
        table = parts[parts.count - 1]
    }

    public var description: String { schema.isEmpty ? table : "\(schema).\(table)" }

    static func isName(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.count <= 63
            && text.allSatisfy { !$0.isWhitespace && !"()'\",.;\\".contains($0) }
    }
}

/// A column of a table.
public struct TableColumn: Sendable, Hashable, CustomStringConvertible {
    public var table: TableName
    public var column: String

    /// Reads "jobs(created_at)", also with ASC or DESC, and "jobs.created_at"; nil for anything else.
    public init?(_ text: String) {
        let place: (table: Substring, column: Substring)
        if let open = text.firstIndex(of: "("), text.last == ")" {
            var words = text[text.index(after: open)...].dropLast().split(separator: " ")
            if let last = words.last, ["ASC", "DESC"].contains(last.uppercased()) {
                words.removeLast()
            }
            guard words.count == 1 else { return nil }
            place = (text[..<open], words[0])
        } else if let dot = text.lastIndex(of: ".") {
            place = (text[..<dot], text[text.index(after: dot)...])
        } else {
            return nil
        }
        guard let table = TableName(place.table), TableName.isName(place.column) else {
            return nil
        }
        self.table = table
        column = String(place.column)
    }

    public var description: String { "\(table)(\(column))" }
}

/// How long rows may be kept, with the statement of a plan's own that tells how long they are.
public struct RetentionRule: Sendable, Hashable {
    /// "sessions"
    public var name: String
    /// nil: the one of the target's url.
    public var database: String?
    public var measure: Measure

    public enum Measure: Sendable, Hashable {
        /// Gives the age of the oldest row in seconds.
        case oldest(sql: String, limit: Duration)
        /// Gives how many requests for deletion are overdue.
        case overdue(sql: String)

        public var sql: String {
            switch self {
            case .oldest(let sql, _), .overdue(let sql): sql
            }
        }
    }

    public init(_ name: String, in database: String? = nil, _ measure: Measure) {
        self.name = name
        self.database = database
        self.measure = measure
    }
}
