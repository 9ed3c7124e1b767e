import Checklist
import Lint
import TOML

extension PostgresExpectations {
    /// Reads `[postgres]`.
    init(reading table: inout TableReader) {
        self.init()
        roles = table.texts("roles").map(\.value)
        databases = table.texts("databases").map(\.value)
        indexes = table.names("indexes", "\"jobs(created_at)\"") { TableColumn($0) }
        partitioned = table.names("partitioned", "\"jobs\" or \"app.jobs\"") { TableName($0) }
        masked = table.names("masked", "\"users.email\"") { TableColumn($0) }
        readers = table.texts("readers").map(\.value)
        retention = table.tables("retention").compactMap { table in
            var table = table
            return RetentionRule(reading: &table)
        }
        auditSearch = table.search("audit_search")
        if masked.isEmpty != readers.isEmpty {
            table.report(
                masked.isEmpty ? "readers" : "masked", at: table.position,
                "masked columns and the roles that may not read them belong together.",
                help: "Write both masked and readers.")
        }
        table.finish()
    }
}

extension RetentionRule {
    /// Reads one `[[postgres.retention]]`; nil when it says nothing that can be asked.
    fileprivate init?(reading table: inout TableReader) {
        let name = table.requiredText("name", help: "Write name = \"sessions\".")
        let database = table.text("database")
        let oldest = table.statement("oldest")
        let within = table.duration("within", in: .seconds(1)...Quantity.longest)
        let overdue = table.statement("overdue")
        table.finish()
        guard let name else { return nil }
        switch (oldest, within, overdue) {
        case (let sql?, let limit?, nil):
            self.init(
                name.value, in: database?.value, .oldest(sql: sql, limit: limit.value))
        case (nil, nil, let sql?):
            self.init(name.value, in: database?.value, .overdue(sql: sql))
        default:
            table.report(
                "oldest", at: table.position,
                "it needs either oldest with within, or overdue.",
                help: "oldest = \"SELECT …\" gives seconds, overdue = \"SELECT …\" a count.")
            return nil
        }
    }
}

extension TableReader {
    /// A program with arguments, one of which says where the text goes.
    fileprivate mutating func search(_ key: String) -> [String]? {
        let words = texts(key)
        guard let first = words.first else { return nil }
        guard words.contains(where: { $0.value.contains(PostgresExpectations.canaryMark) }) else {
            report(
                key, at: first.position, "it does not say what to look for.",
                help: "Write audit_search = [\"grep\", \"-h\", \"{canary}\", \"/var/log/…\"].")
            return nil
        }
        return words.map(\.value)
    }

    /// One statement that reads.
    fileprivate mutating func statement(_ key: String) -> String? {
        guard let text = text(key) else { return nil }
        let words = text.value.split { $0.isWhitespace }
        guard let first = words.first?.uppercased(), ["SELECT", "WITH", "TABLE"].contains(first),
            !text.value.contains(";")
        else {
            report(
                key, at: text.position, "it is no single SELECT.",
                help: "Write one statement that gives one number, without a semicolon.")
            return nil
        }
        return text.value
    }

    /// Strings in a form of their own; those that are not are reported.
    fileprivate mutating func names<Name>(
        _ key: String, _ example: String, _ parse: (String) -> Name?
    ) -> [Name] {
        texts(key).compactMap { text in
            if let name = parse(text.value) { return name }
            report(
                key, at: text.position, "\(text.quoted) is not understood.",
                help: "Write it as \(example).")
            return nil
        }
    }
}
