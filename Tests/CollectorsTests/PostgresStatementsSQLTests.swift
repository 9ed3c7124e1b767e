import TestSupport
import Testing

@testable import Collectors

/// Column lists of the statistics views, as servers of each version have them.
func postgresCatalog(_ major: Int, extension version: String? = "any") -> PostgresCatalog {
    var catalog = PostgresCatalog()
    catalog.versionNumber = major * 10_000 + 3
    catalog.role = "dogwatch"
    catalog.database = "jobs"
    for line in postgresFixture("columns-\(major).txt").split(separator: "\n") {
        let words = line.split(separator: " ")
        catalog.columns[String(words[0])] = Set(words[1].split(separator: ",").map(String.init))
    }
    if version != nil {
        catalog.statementsSchema = "public"
    } else {
        catalog.columns["pg_stat_statements"] = nil
    }
    return catalog
}

func postgresFixture(_ name: String) -> String {
    let folder = String(#filePath).split(separator: "/").dropLast().joined(separator: "/")
    return textOfFile("/\(folder)/Fixtures/Postgres/\(name)")
}

@Suite("the statements for each version of PostgreSQL")
struct PostgresStatementsSQLTests {
    @Test("a view's statement asks for the columns of that version only", arguments: 13...18)
    func columns(major: Int) throws {
        let catalog = postgresCatalog(major)
        let sql = PostgresSQL(catalog: catalog)
        let parts: [(PostgresPart, String, [PostgresSeries])] = [
            (.databases, "pg_stat_database", PostgresSeries.databases),
            (.conflicts, "pg_stat_database_conflicts", PostgresSeries.conflicts),
            (.bgwriter, "pg_stat_bgwriter", PostgresSeries.bgwriter),
            (.checkpointer, "pg_stat_checkpointer", PostgresSeries.checkpointer),
            (.wal, "pg_stat_wal", PostgresSeries.wal),
            (.tables, "pg_stat_user_tables", PostgresSeries.tables),
        ]
        for (part, view, series) in parts {
            guard let known = catalog.columns[view] else {
                #expect(sql.statement(for: part) == nil)
                continue
            }
            let statement = try #require(sql.statement(for: part))
            let words = Set(statement.split { !$0.isLetter && !$0.isNumber && $0 != "_" })
            for one in series {
                #expect(
                    words.contains(Substring(one.column)) == known.contains(one.column),
                    "\(view).\(one.column)")
            }
        }
    }

    @Test(
        "what a version brought or took away decides the statement",
        arguments: [
            (PostgresPart.wal, 13, false), (.wal, 14, true), (.checkpointer, 16, false),
            (.checkpointer, 17, true), (.bgwriter, 18, true),
        ])
    func presence(part: PostgresPart, major: Int, isThere: Bool) {
        let statement = PostgresSQL(catalog: postgresCatalog(major)).statement(for: part)
        #expect((statement != nil) == isThere)
    }

    @Test(
        "columns that came later are asked for from then on",
        arguments: [
            (PostgresPart.sessions, "query_id", 13, false), (.sessions, "query_id", 14, true),
            (.locks, "waitstart", 13, false), (.locks, "waitstart", 14, true),
            (.slots, "conflicting", 15, false), (.slots, "conflicting", 16, true),
            (.slots, "invalidation_reason", 16, false), (.slots, "invalidation_reason", 17, true),
            (.databases, "session_time", 13, false), (.databases, "session_time", 14, true),
        ])
    func laterColumns(part: PostgresPart, column: String, major: Int, isAsked: Bool) throws {
        let statement = try #require(
            PostgresSQL(catalog: postgresCatalog(major)).statement(for: part))
        let stripped = statement.split(separator: "NULL AS query_id").joined()
        #expect(stripped.contains(column) == isAsked)
    }

    @Test(
        "pg_stat_statements is read by the extension's columns, whatever the server's version",
        arguments: [
            ("1.6", "s.total_time", "s.blk_read_time", false),
            ("1.7", "s.total_time", "s.blk_read_time", false),
            ("1.8", "s.total_exec_time", "s.blk_read_time", false),
            ("1.9", "s.total_exec_time", "s.blk_read_time", true),
            ("1.10", "s.total_exec_time", "s.blk_read_time", true),
            ("1.11", "s.total_exec_time", "s.shared_blk_read_time", true),
            ("1.12", "s.total_exec_time", "s.shared_blk_read_time", true),
        ])
    func extensions(version: String, time: String, read: String, hasTopLevel: Bool) throws {
        var catalog = postgresCatalog(17)
        let line = postgresFixture("statements-by-extension.txt").split(separator: "\n")
            .first { $0.hasPrefix("\(version) ") }
        let columns = try #require(line).split(separator: " ")[1].split(separator: ",")
        catalog.columns["pg_stat_statements"] = Set(columns.map(String.init))
        let statement = try #require(PostgresSQL(catalog: catalog).statement(for: .statements))
        #expect(statement.contains("\(time) AS total_time"))
        #expect(statement.contains("\(read) AS read_time"))
        #expect(statement.contains("s.toplevel") == hasTopLevel)
    }

    @Test("without the extension there is no statement for it")
    func noExtension() {
        let sql = PostgresSQL(catalog: postgresCatalog(15, extension: nil))
        #expect(sql.statement(for: .statements) == nil)
        #expect(sql.statementTexts(of: ["1"]) == nil)
    }

    @Test("ids that are no numbers never reach a statement")
    func injection() throws {
        let sql = PostgresSQL(catalog: postgresCatalog(15))
        let statement = try #require(sql.statementTexts(of: ["-5", "1}'; DROP TABLE x", "7"]))
        #expect(statement.contains("'{-5,7}'"))
        #expect(!statement.contains("DROP"))
    }

    @Test("a catalog is read from two answers, and refused when the first says nothing")
    func catalog() throws {
        let facts = PostgresRows(
            ["version_num", "banner", "role", "database", "is_read_only", "statements_schema"],
            [["150018", "PostgreSQL 15.18", "dogwatch", "jobs", "t", nil]])
        let columns = PostgresRows(
            ["view", "column"],
            [["pg_stat_wal", "wal_bytes"], ["pg_stat_wal", "wal_fpi"], [nil, "x"]])
        var catalog = try #require(PostgresCatalog(facts: facts))
        catalog.takeColumns(columns)
        #expect(catalog.version == "15.18")
        #expect(catalog.isSessionReadOnly)
        #expect(catalog.present(["wal_fpi", "wal_sync"], in: "pg_stat_wal") == ["wal_fpi"])
        #expect(!catalog.has("pg_stat_checkpointer"))
        #expect(PostgresCatalog(facts: PostgresRows(columns: [])) == nil)
    }

    @Test("a part is due a little early, never twice as late")
    func schedule() {
        var schedule = PostgresSchedule()
        let now = ContinuousClock.now
        #expect(schedule.isDue(.sizes, at: now))
        schedule.markRead(.databases, at: now)
        #expect(!schedule.isDue(.databases, at: now + .seconds(4)))
        #expect(schedule.isDue(.databases, at: now + .milliseconds(4_600)))
        schedule.markRead(.activity, at: now)
        #expect(schedule.isDue(.activity, at: now))
        schedule.markRead(.sizes, at: now)
        #expect(!schedule.isDue(.sizes, at: now + .seconds(200)))
        schedule.markRefused(.sizes)
        #expect(schedule.isDue(.sizes, at: now + .seconds(15)))
    }
}
