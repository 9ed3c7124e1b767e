import Checklist

// What plans name. Names become literals, never parts of a statement.
extension PostgresQuestion {
    private static func literal(_ text: String) -> String {
        // Without a backslash a literal means the same whatever the server's settings are.
        "'" + text.replacing("'", with: "''").filter { $0 != "\\" } + "'"
    }

    static func list(_ names: [String]) -> String {
        names.map(literal).joined(separator: ", ")
    }

    private static func rows(_ rows: [[String]]) -> String {
        rows.map { "(\(list($0)))" }.joined(separator: ", ")
    }

    /// The tables with a name of `w`, of whichever schema where it names none.
    private static let tables = """
        JOIN pg_class c ON c.relname = w.relation AND c.relkind IN ('r', 'p')
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname <> 'information_schema'
            AND n.nspname !~ '^pg_' AND w.schema IN ('', n.nspname)
        """

    private static let attributes = """
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = w.attribute
            AND a.attnum > 0 AND NOT a.attisdropped
        """

    private static func columns(_ names: [TableColumn]) -> String {
        rows(names.map { ["\($0)", $0.table.schema, $0.table.table, $0.column] })
    }

    static func indexesSQL(_ names: [TableColumn]) -> String {
        """
        SELECT w.name, coalesce(bool_or(i.indisvalid AND i.indisready AND i.indpred IS NULL
                AND i.indkey[0] = a.attnum), false) AS leads,
            coalesce(bool_or(a.attnum = ANY (i.indkey::int2[])), false) AS is_indexed
        FROM (VALUES \(columns(names))) AS w(name, schema, relation, attribute)
        \(tables) \(attributes) LEFT JOIN pg_index i ON i.indrelid = c.oid
        GROUP BY w.name, c.oid LIMIT \(rowLimit + 1)
        """
    }

    static func partitionsSQL(_ names: [TableName]) -> String {
        """
        SELECT w.name, n.nspname AS schema, c.relkind = 'p' AS is_partitioned,
            p.partstrat = 'r' AS is_by_range,
            CASE WHEN c.relkind = 'r' THEN pg_total_relation_size(c.oid) ELSE 0 END AS size,
            pg_get_expr(k.relpartbound, k.oid) AS bound
        FROM (VALUES \(rows(names.map { ["\($0)", $0.schema, $0.table] })))
            AS w(name, schema, relation)
        \(tables) LEFT JOIN pg_partitioned_table p ON p.partrelid = c.oid
        LEFT JOIN pg_inherits h ON h.inhparent = c.oid AND c.relkind = 'p'
        LEFT JOIN pg_class k ON k.oid = h.inhrelid
        ORDER BY 1, 2, 6 DESC LIMIT \(rowLimit + 1)
        """
    }

    /// A column is masked by its own label, for roles that have theirs.
    static func exposuresSQL(_ names: [TableColumn], _ readers: [String]) -> String {
        """
        SELECT w.name, r.reader, has_column_privilege(g.oid, c.oid, a.attnum, 'SELECT')
                AS is_readable,
            EXISTS (SELECT FROM pg_seclabel l WHERE l.objoid = c.oid
                AND l.classoid = 'pg_class'::regclass AND l.objsubid = a.attnum
                AND l.provider = 'anon' AND l.label ILIKE 'MASKED WITH%')
            AND EXISTS (SELECT FROM pg_shseclabel l WHERE l.objoid = g.oid
                AND l.classoid = 'pg_authid'::regclass AND l.provider = 'anon'
                AND l.label ILIKE 'MASKED%') AS is_masked
        FROM (VALUES \(columns(names))) AS w(name, schema, relation, attribute)
        CROSS JOIN unnest(ARRAY[\(list(readers))]::text[]) AS r(reader)
        \(tables) \(attributes) LEFT JOIN pg_roles g ON g.rolname = r.reader
        LIMIT \(rowLimit + 1)
        """
    }
}
