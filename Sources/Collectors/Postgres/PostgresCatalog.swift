/// What a server has: its version, the columns of its statistics views, and where
/// `pg_stat_statements` is installed. Read once for each connection; statements are then built
/// from what is really there, whatever the server's and the extension's versions say.
struct PostgresCatalog: Sendable, Equatable {
    /// 150018 is 15.18.
    var versionNumber = 0
    /// "PostgreSQL 15.18 on x86_64-pc-linux-gnu, …"
    var banner = ""
    var role = ""
    var database = ""
    /// The read-only session settings took effect; a pooler may have dropped them.
    var isSessionReadOnly = false
    /// View → its columns.
    var columns: [String: Set<String>] = [:]
    /// Schema of `pg_stat_statements`, quoted; nil when the extension is not in this database.
    var statementsSchema: String?
    /// "1.10": of the extension as installed, which an upgraded server may keep old.
    var statementsVersion: String?

    /// "15.18"
    var version: String { "\(versionNumber / 10_000).\(versionNumber % 10_000)" }

    /// Whether the columns of the one hold for the other: nothing was installed or upgraded between.
    func hasSameViews(as other: PostgresCatalog) -> Bool {
        (versionNumber, statementsSchema, statementsVersion)
            == (other.versionNumber, other.statementsSchema, other.statementsVersion)
    }

    func has(_ view: String, _ column: String? = nil) -> Bool {
        guard let known = columns[view] else { return false }
        return column.map(known.contains) ?? !known.isEmpty
    }

    /// Those of `wanted` that the view has, in their order.
    func present(_ wanted: [String], in view: String) -> [String] {
        wanted.filter { has(view, $0) }
    }

    /// The oldest version whose views are known.
    static let oldestVersion = 130_000

    /// One row of facts about the server and this session.
    static let factsSQL = """
        SELECT pg_catalog.current_setting('server_version_num') AS version_num,
            pg_catalog.version() AS banner, current_user AS role,
            pg_catalog.current_database() AS database,
            pg_catalog.current_setting('default_transaction_read_only') = 'on'
                AND pg_catalog.current_setting('statement_timeout') <> '0' AS is_read_only,
            e.extversion AS statements_version,
            pg_catalog.quote_ident(n.nspname) AS statements_schema
        FROM (SELECT 1) AS one
        LEFT JOIN pg_catalog.pg_extension e ON e.extname = 'pg_stat_statements'
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
        """

    /// View and column of every statistics view that is used.
    static let columnsSQL = """
        SELECT c.relname AS view, a.attname AS column
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
        WHERE a.attnum > 0 AND NOT a.attisdropped
            AND ((c.relnamespace = 'pg_catalog'::pg_catalog.regnamespace
                    AND c.relname = ANY ('{\(views.joined(separator: ","))}'))
                OR (c.relname = 'pg_stat_statements' AND c.relnamespace =
                    (SELECT extnamespace FROM pg_catalog.pg_extension
                    WHERE extname = 'pg_stat_statements')))
        """

    static let views = [
        "pg_stat_activity", "pg_stat_database", "pg_stat_database_conflicts", "pg_stat_bgwriter",
        "pg_stat_checkpointer", "pg_stat_wal", "pg_stat_archiver", "pg_stat_replication",
        "pg_stat_wal_receiver", "pg_replication_slots", "pg_stat_user_tables",
        "pg_stat_progress_vacuum", "pg_locks",
    ]

    init() {}

    /// From the answer to `factsSQL`, without columns; nil when it is not what it must be.
    init?(facts: PostgresRows) {
        guard facts.count == 1, let number = facts.integer(0, "version_num"), number > 0 else {
            return nil
        }
        versionNumber = number
        banner = facts.text(0, "banner") ?? ""
        role = facts.text(0, "role") ?? ""
        database = facts.text(0, "database") ?? ""
        isSessionReadOnly = facts.flag(0, "is_read_only") ?? false
        statementsVersion = facts.text(0, "statements_version")
        statementsSchema = facts.text(0, "statements_schema")
    }

    /// Takes the answer to `columnsSQL`.
    mutating func takeColumns(_ rows: PostgresRows) {
        for row in 0..<rows.count {
            guard let view = rows.text(row, "view"), let column = rows.text(row, "column") else {
                continue
            }
            columns[view, default: []].insert(column)
        }
    }
}
