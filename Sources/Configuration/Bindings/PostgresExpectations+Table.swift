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
        if masked.isEmpty != readers.isEmpty {
            table.report(
                masked.isEmpty ? "readers" : "masked", at: table.position,
                "masked columns and the roles that may not read them belong together.",
                help: "Write both masked and readers.")
        }
        table.finish()
    }
}

extension TableReader {
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
