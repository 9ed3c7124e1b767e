import Checklist
import Collectors
import TimeSeries

// What is in databases.
extension PostgresReader {
    /// A database as the list of all has it.
    struct DatabaseEntry: Sendable, Hashable {
        var name: String
        var isCurrent: Bool
        /// nil when it lets dogwatch connect.
        var missingGrant: String?
    }

    var databases: Asked<[DatabaseEntry]> {
        asked(.databases) { rows in
            read(rows) { row in
                guard let name = row["name"], let quoted = row["quoted"],
                    let isCurrent = row.flag("is_current"),
                    let letsConnect = row.flag("lets_connect")
                else { return nil }
                return DatabaseEntry(
                    name: name, isCurrent: isCurrent,
                    missingGrant: letsConnect
                        ? nil : "GRANT CONNECT ON DATABASE \(quoted) TO \(role)")
            }
        }
    }

    /// Where the list of databases itself is not known.
    var failedDatabases: Asked<[PostgresFacts.Database]> {
        switch databases.answer {
        case .known: Asked(.failed("not looked into"), at: now)
        case .denied(let grant): Asked(.denied(grant: grant), at: now)
        case .failed(let why): Asked(.failed(why), at: now)
        }
    }

    var contents: Asked<PostgresFacts.Database.Contents>.Answer {
        asked(.contents) { rows -> PostgresFacts.Database.Contents? in
            guard let row = rows.first, let letsPublicCreate = row.flag("public_creates") else {
                return nil
            }
            var contents = PostgresFacts.Database.Contents(letsPublicCreate: letsPublicCreate)
            for name in ["pgcrypto", "pgaudit"] { contents.extensions[name] = row[name] }
            contents.auditLog = row["audit_log"].map {
                .init($0, source: row["audit_source"] ?? "")
            }
            contents.indexes = indexes
            contents.partitions = partitions
            contents.exposures = exposures
            return contents
        }.answer
    }

    var statementsSchema: String? {
        guard case .rows(let rows) = replies[.contents] else { return nil }
        return rows.first?["statements_schema"]
    }

    /// `asker` knows who asked.
    func cryptoCalls(_ question: PostgresQuestion, _ asker: PostgresReader) -> Asked<
        [String: Double]
    > {
        guard case .cryptoCalls(let schema) = question else {
            return Asked(.failed("it was not asked"), at: now)
        }
        return asked(question, grant: "GRANT USAGE ON SCHEMA \(schema) TO \(asker.role)") { rows in
            let pairs: [(String, Double)]? = read(rows) { row in
                guard let name = row["database"], let calls = row.number("calls") else {
                    return nil
                }
                return (name, calls)
            }
            return pairs.map { Dictionary($0) { first, _ in first } }
        }
    }
}

// What plans name in a database.
extension PostgresReader {
    private var indexes: Asked<[PostgresFacts.Index]>.Answer? {
        guard !expected.indexes.isEmpty else { return nil }
        return asked(.indexes(expected.indexes)) { rows in
            read(rows) { row in
                guard let name = expected.indexes.first(where: { "\($0)" == row["name"] }),
                    let isIndexed = row.flag("is_indexed"), let leads = row.flag("leads")
                else { return nil }
                return .init(name, isIndexed: isIndexed, leads: leads)
            }
        }.answer
    }

    private var exposures: Asked<[PostgresFacts.Exposure]>.Answer? {
        guard !expected.masked.isEmpty, !expected.readers.isEmpty else { return nil }
        return asked(.exposures(expected.masked, readers: expected.readers)) { rows in
            read(rows) { row in
                guard let name = expected.masked.first(where: { "\($0)" == row["name"] }),
                    let reader = row["reader"], let isMasked = row.flag("is_masked")
                else { return nil }
                return .init(
                    name, reader: reader, isReadable: row.flag("is_readable"), isMasked: isMasked)
            }
        }.answer
    }

    /// One row a partition, and one for a table without any.
    private var partitions: Asked<[PostgresFacts.Partitioning]>.Answer? {
        guard !expected.partitioned.isEmpty else { return nil }
        return asked(.partitions(expected.partitioned)) { rows in
            let tables = Dictionary(grouping: rows) { [$0["name"], $0["schema"]] }
            let read = tables.values.compactMap(partitioning)
            return read.count == tables.count ? read : nil
        }.answer
    }

    private func partitioning(_ rows: [PostgresRow]) -> PostgresFacts.Partitioning? {
        guard let row = rows.first,
            let name = expected.partitioned.first(where: { "\($0)" == row["name"] }),
            let isPartitioned = row.flag("is_partitioned"), let size = row.number("size")
        else { return nil }
        return .init(
            name, isPartitioned: isPartitioned, isByRange: row.flag("is_by_range") ?? false,
            sizeBytes: size, bounds: rows.compactMap { $0["bound"] })
    }
}

extension PostgresReader {
    /// The one number that a plan's own statement gives; `asker` knows who asked.
    func kept(_ rule: RetentionRule, _ asker: PostgresReader) -> PostgresFacts.Kept {
        let question = PostgresQuestion.retention(rule)
        var grant = "GRANT SELECT to \(asker.role)"
        if case .denied(let words) = replies[question] { grant += " (\(words))" }
        let answer: Asked<Double?> = asked(question, grant: grant) { rows in
            guard let row = rows.first, row["value"] != nil else { return .some(nil) }
            return row.number("value").map { .some($0) }
        }
        return .init(rule, answer.answer)
    }
}
