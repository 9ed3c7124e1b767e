import Checklist
import Collectors

/// What PostgreSQL servers are asked for plans: one statement each, with `pg_catalog` alone in the
/// search path.
enum PostgresQuestion: Sendable, Hashable {
    case asker, archiving, sessions, settings, overrides, loginRules
    case databases, contents
    /// Of roles with some power, and of these.
    case powers([String])
    case indexes([TableColumn])
    case partitions([TableName])
    case exposures([TableColumn], readers: [String])
    case retention(RetentionRule)
    /// Calls of functions of pgcrypto; the schema of pg_stat_statements, quoted for SQL.
    case cryptoCalls(schema: String)

    /// The most rows of one answer that are judged; one more means that it has no end.
    static let rowLimit = 500

    var sql: String {
        switch self {
        case .asker: Self.askerSQL
        case .archiving: Self.archivingSQL
        case .sessions: Self.sessionsSQL
        case .powers(let roles): Self.powersSQL(roles)
        case .indexes(let names): Self.indexesSQL(names)
        case .partitions(let names): Self.partitionsSQL(names)
        case .exposures(let names, let readers): Self.exposuresSQL(names, readers)
        case .settings: Self.settingsSQL
        case .overrides: Self.overridesSQL
        case .loginRules: Self.loginRulesSQL
        case .databases: Self.databasesSQL
        case .contents: Self.contentsSQL
        // The first column of a plan's own statement; a second one is its fault and no harm.
        case .retention(let rule): "SELECT q.value FROM (\(rule.measure.sql)) AS q(value) LIMIT 1"
        case .cryptoCalls(let schema): Self.cryptoCallsSQL(schema)
        }
    }

    /// What is asked of a server for a part, beside who asks.
    static func all(
        for part: PostgresFacts.Part, _ expected: PostgresExpectations
    ) -> [PostgresQuestion] {
        switch part {
        case .pooler, .retention, .encryption: []
        case .archiving: [.archiving]
        case .sessions: [.sessions]
        case .setup: [.powers(expected.roles), .settings, .overrides, .loginRules]
        case .databases: [.databases] + inside(expected)
        }
    }

    /// What is asked of every database.
    static func inside(_ expected: PostgresExpectations) -> [PostgresQuestion] {
        var questions = [PostgresQuestion.contents]
        if !expected.indexes.isEmpty { questions.append(.indexes(expected.indexes)) }
        if !expected.partitioned.isEmpty { questions.append(.partitions(expected.partitioned)) }
        if !expected.masked.isEmpty, !expected.readers.isEmpty {
            questions.append(.exposures(expected.masked, readers: expected.readers))
        }
        return questions
    }

    private static let askerSQL = """
        SELECT quote_ident(session_user) AS role, current_setting('server_version_num') AS version,
            pg_is_in_recovery() AS is_in_recovery,
            (SELECT system_identifier FROM pg_control_system()) AS system_identifier,
            host(inet_client_addr()) AS own_address,
            pg_has_role('pg_read_all_stats', 'USAGE') AS reads_stats,
            pg_has_role('pg_read_all_settings', 'USAGE') AS reads_settings,
            has_table_privilege('pg_hba_file_rules', 'SELECT') AS selects_rules,
            has_function_privilege('pg_hba_file_rules()', 'EXECUTE') AS executes_rules
        """

    private static let archivingSQL = """
        SELECT current_setting('archive_mode') AS mode, pg_is_in_recovery() AS is_in_recovery,
            current_setting('archive_command') NOT IN ('', '(disabled)')
                OR coalesce(current_setting('archive_library', true), '') <> '' AS is_configured,
            a.archived_count, a.last_archived_wal,
            extract(epoch FROM now() - a.last_archived_time) AS last_success,
            extract(epoch FROM now() - a.last_failed_time) AS last_failure,
            coalesce(a.last_failed_time > a.last_archived_time,
                a.last_failed_time IS NOT NULL) AS is_failing,
            w.ready, w.oldest
        FROM pg_stat_archiver a, (SELECT count(*) AS ready,
                extract(epoch FROM now() - min(modification)) AS oldest
            FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready') w
        """

    /// Its own sessions are those of its role and application name.
    private static let sessionsSQL = """
        SELECT a.usename AS role, host(a.client_addr) AS address,
            inet '127.0.0.0/8' >>= a.client_addr OR a.client_addr = inet '::1' AS is_loopback,
            CASE WHEN s.ssl THEN coalesce(s.version, 'TLS') END AS tls_version,
            a.backend_type = 'client backend' AS is_client, count(*) AS count
        FROM pg_stat_activity a LEFT JOIN pg_stat_ssl s ON s.pid = a.pid
        WHERE a.client_addr IS NOT NULL AND a.pid <> pg_backend_pid()
            AND NOT (a.usename = session_user
                AND a.application_name = current_setting('application_name'))
        GROUP BY 1, 2, 3, 4, 5 ORDER BY 4 NULLS FIRST, 6 DESC LIMIT \(rowLimit + 1)
        """

    private static func powersSQL(_ roles: [String]) -> String {
        """
        SELECT p.role, p.is_superuser, p.others FROM (
            SELECT r.rolname AS role, r.rolsuper AS is_superuser, r.rolcanlogin, concat_ws(', ',
                CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END,
                CASE WHEN r.rolcreatedb THEN 'CREATEDB' END,
                CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END,
                (SELECT 'member of ' || min(s.rolname) FROM pg_roles s
                WHERE s.rolsuper AND NOT r.rolsuper AND pg_has_role(r.oid, s.oid, 'MEMBER'))
            ) AS others FROM pg_roles r) p
        WHERE p.rolcanlogin AND (p.is_superuser OR p.others <> '')
            OR p.role = ANY (ARRAY[\(list(roles))]::text[])
        ORDER BY 2 DESC, 1 LIMIT \(rowLimit + 1)
        """
    }

    private static let settingsSQL = """
        SELECT name, setting, source, pending_restart FROM pg_settings WHERE name IN (
            'password_encryption', 'log_connections', 'log_disconnections', 'log_line_prefix',
            'shared_preload_libraries', 'pgaudit.role', 'pgaudit.log_parameter')
        """

    private static let overridesSQL = """
        SELECT coalesce(d.datname, '*') AS database, coalesce(r.rolname, '*') AS role,
            lower(split_part(c, '=', 1)) AS name, substr(c, strpos(c, '=') + 1) AS value
        FROM pg_db_role_setting o LEFT JOIN pg_database d ON d.oid = o.setdatabase
            LEFT JOIN pg_roles r ON r.oid = o.setrole, unnest(o.setconfig) c
        WHERE lower(c) LIKE 'pgaudit.%' LIMIT \(rowLimit + 1)
        """

    private static let loginRulesSQL = """
        SELECT line_number, type, array_to_string(database, ',') AS databases,
            array_to_string(user_name, ',') AS users, address, netmask, auth_method, error
        FROM pg_hba_file_rules ORDER BY line_number LIMIT \(rowLimit + 1)
        """

    /// The one that is connected to first.
    private static let databasesSQL = """
        SELECT datname AS name, datname = current_database() AS is_current,
            has_database_privilege(oid, 'CONNECT') AS lets_connect, quote_ident(datname) AS quoted
        FROM pg_database WHERE datallowconn AND NOT datistemplate
        ORDER BY 2 DESC, 1 LIMIT \(rowLimit + 1)
        """

    private static let contentsSQL = """
        SELECT coalesce((SELECT has_schema_privilege('public', oid, 'CREATE') FROM pg_namespace
                WHERE nspname = 'public'), false) AS public_creates,
            (SELECT extversion FROM pg_extension WHERE extname = 'pgcrypto') AS pgcrypto,
            (SELECT extversion FROM pg_extension WHERE extname = 'pgaudit') AS pgaudit,
            (SELECT quote_ident(n.nspname) FROM pg_extension e
                JOIN pg_namespace n ON n.oid = e.extnamespace
                WHERE e.extname = 'pg_stat_statements') AS statements_schema,
            s.setting AS audit_log, s.source AS audit_source
        FROM (SELECT 1) AS one LEFT JOIN pg_settings s ON s.name = 'pgaudit.log'
        """

    /// The server keeps one's own statement with its literals replaced, so that it does not count
    /// itself.
    private static func cryptoCallsSQL(_ schema: String) -> String {
        """
        SELECT d.datname AS database, sum(s.calls) AS calls
        FROM \(schema).pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
        WHERE s.query ~* '(pgp_[a-z_]+|crypt(_iv)?)\\s*\\('
            AND s.query !~* '^\\s*(create|alter|drop|comment|grant|revoke)\\s'
        GROUP BY 1 LIMIT \(rowLimit + 1)
        """
    }
}
