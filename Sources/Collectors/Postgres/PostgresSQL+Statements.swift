// `pg_stat_statements`, by the columns of the installed extension (1.6 … 1.12 and what follows).
extension PostgresSQL {
    private static let view = "pg_stat_statements"

    /// Counters without texts: those lie in a file that is read as a whole.
    var statements: String? {
        guard let schema = catalog.statementsSchema, catalog.has(Self.view, "calls") else {
            return nil
        }
        return """
            SELECT s.userid, s.dbid, s.queryid, \(topLevel) AS toplevel, s.calls, s.rows,
                \(first(["total_exec_time", "total_time"])) AS total_time,
                \(first(["shared_blk_read_time", "blk_read_time"])) AS read_time,
                \(first(["shared_blk_write_time", "blk_write_time"])) AS write_time,
                pg_get_userbyid(s.userid) AS "user", d.datname
            FROM \(schema).pg_stat_statements(false) s LEFT JOIN pg_database d ON d.oid = s.dbid
            ORDER BY total_time DESC LIMIT \(Self.statementLimit)
            """
    }

    /// Texts of some statements by their ids.
    func statementTexts(of ids: some Collection<String>) -> String? {
        guard let schema = catalog.statementsSchema else { return nil }
        // Ids are 64-bit numbers; what is not one is not sent.
        let list = ids.compactMap(Int64.init).map(String.init).joined(separator: ",")
        return """
            SELECT DISTINCT ON (queryid) queryid, left(query, \(PostgresText.queryLimit)) AS query
            FROM \(schema).pg_stat_statements(true)
            WHERE queryid = ANY ('{\(list)}'::int8[]) AND query IS NOT NULL
            """
    }

    private var topLevel: String {
        catalog.has(Self.view, "toplevel") ? "s.toplevel" : "true"
    }

    private func first(_ names: [String]) -> String {
        catalog.present(names, in: Self.view).first.map { "s.\($0)" } ?? "NULL::float8"
    }
}
