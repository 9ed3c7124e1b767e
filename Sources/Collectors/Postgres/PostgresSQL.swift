/// The statement for each part, made for what the server has. Names are found in `pg_catalog`
/// alone: the session's search path is set to it.
struct PostgresSQL: Sendable {
    /// The most rows of each list.
    static let sessionLimit = 50
    static let waiterLimit = 50
    static let tableLimit = 20
    static let statementLimit = 5000

    let catalog: PostgresCatalog

    /// nil: this server has no such thing.
    func statement(for part: PostgresPart) -> String? {
        switch part {
        case .server: Self.server
        case .activity: Self.activity
        case .sessions: sessions
        case .locks: locks
        case .catalog, .blockers, .statementTexts: nil
        case .databases: view("pg_stat_database", PostgresSeries.databases, ["datid", "datname"])
        case .conflicts:
            view("pg_stat_database_conflicts", PostgresSeries.conflicts, ["datid", "datname"])
        case .replication: Self.replication
        case .receiver: Self.receiver
        case .slots: slots
        case .wal: view("pg_stat_wal", PostgresSeries.wal)
        case .archiver: Self.archiver
        case .bgwriter: view("pg_stat_bgwriter", PostgresSeries.bgwriter)
        case .checkpointer: view("pg_stat_checkpointer", PostgresSeries.checkpointer)
        case .vacuum: Self.vacuum
        case .prepared: Self.prepared
        case .statements: statements
        case .wraparound: Self.wraparound
        case .tables: tables
        case .walFiles: Self.walFiles
        case .sizes: Self.sizes
        case .settings: Self.settings
        }
    }

    /// Who holds what `pids` wait for. Asked only when something waits: the function stops the
    /// lock manager for a moment for each pid.
    static func blockers(of pids: some Collection<Int>) -> String {
        let list = pids.prefix(waiterLimit).map(String.init).joined(separator: ",")
        return """
            SELECT waiter AS pid, array_to_string(pg_blocking_pids(waiter), ',') AS blockers
            FROM unnest('{\(list)}'::int4[]) AS waiter
            """
    }

    /// Columns of the view that `series` names and the server has.
    private func view(
        _ view: String, _ series: [PostgresSeries], _ labels: [String] = []
    ) -> String? {
        let known = series.filter { catalog.has(view, $0.column) }
        guard !known.isEmpty else { return nil }
        let values = known.map { $0.isTime ? Self.epoch($0.column) : $0.column }
        return "SELECT \((labels + values).joined(separator: ", ")) FROM pg_catalog.\(view)"
    }

    /// An instant in whole seconds since the epoch, as the exporter gives them.
    private static func epoch(_ column: String, of table: String = "") -> String {
        "floor(extract(epoch FROM \(table)\(column))) AS \(column)"
    }
}

// The server and who is connected.
extension PostgresSQL {
    /// End of the WAL in bytes: written by a primary, received by a standby. The functions of the
    /// other role raise an error, and the role may change at any time.
    static let walEnd = """
        CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END
        """

    private static let server = """
        SELECT pg_is_in_recovery() AS in_recovery, extract(epoch FROM now()) AS now,
            extract(epoch FROM pg_postmaster_start_time()) AS started,
            current_setting('max_connections') AS max_connections,
            current_setting('superuser_reserved_connections') AS superuser_reserved,
            current_setting('reserved_connections', true) AS reserved,
            current_setting('autovacuum_freeze_max_age') AS freeze_max_age,
            \(walEnd) - '0/0' AS wal_end, pg_last_wal_replay_lsn() - '0/0' AS replayed,
            extract(epoch FROM now() - pg_last_xact_replay_timestamp()) AS replay_age
        """

    /// A role without `pg_read_all_stats` sees no backend type of others: a user in a database is
    /// then taken for a client.
    private static let activity = """
        SELECT d.datname, a.state, count(a.pid) AS backends,
            count(a.pid) FILTER (WHERE coalesce(a.backend_type = 'client backend',
                a.usesysid IS NOT NULL)) AS clients,
            count(a.pid) FILTER (WHERE a.query = '<insufficient privilege>') AS hidden,
            count(a.pid) FILTER (WHERE a.backend_type = 'autovacuum worker') AS autovacuums,
            count(a.pid) FILTER (WHERE a.state <> 'idle' AND a.xact_start IS NOT NULL
                AND a.backend_type <> 'autovacuum worker'
                AND a.pid <> pg_backend_pid()) AS transactions,
            max(extract(epoch FROM now() - a.xact_start)) FILTER (
                WHERE a.pid <> pg_backend_pid()) AS transaction_age,
            max(extract(epoch FROM now() - a.xact_start)) FILTER (WHERE a.state <> 'idle'
                AND a.backend_type <> 'autovacuum worker'
                AND a.pid <> pg_backend_pid()) AS client_transaction_age
        FROM pg_database d LEFT JOIN pg_stat_activity a ON a.datid = d.oid
        GROUP BY d.datname, a.state
        """

    /// Everyone who is doing or holding something; parallel workers count as their leader.
    private var sessions: String {
        let queryID = catalog.has("pg_stat_activity", "query_id") ? "query_id" : "NULL AS query_id"
        return """
            SELECT pid, usename, datname, application_name, host(client_addr) AS client_addr,
                client_port, backend_type, state, wait_event_type, wait_event,
                extract(epoch FROM now() - xact_start) AS transaction_age,
                extract(epoch FROM now() - query_start) AS query_age,
                extract(epoch FROM now() - state_change) AS state_age,
                extract(epoch FROM backend_start) AS backend_start,
                left(query, \(PostgresText.queryLimit)) AS query, \(queryID)
            FROM pg_stat_activity
            WHERE pid <> pg_backend_pid() AND datid IS NOT NULL AND state <> 'idle'
                AND (leader_pid IS NULL OR leader_pid = pid) AND backend_type <> 'walsender'
            ORDER BY (wait_event_type = 'Lock') DESC NULLS LAST, xact_start NULLS LAST
            LIMIT \(Self.sessionLimit)
            """
    }

    /// Locks by database and mode, then who waits: one look at the lock table for both.
    private var locks: String {
        let waited = catalog.has("pg_locks", "waitstart") ? "now() - waitstart" : "NULL::interval"
        return """
            WITH held AS MATERIALIZED (SELECT * FROM pg_locks)
            SELECT d.datname, lower(h.mode) AS mode, count(*) AS locks, NULL::int4 AS pid,
                NULL::text AS locktype, NULL::numeric AS waited
            FROM held h JOIN pg_database d ON d.oid = h.database GROUP BY 1, 2
            UNION ALL
            (SELECT NULL, lower(mode), NULL, pid, locktype, extract(epoch FROM \(waited))::numeric
            FROM held WHERE NOT granted AND pid IS NOT NULL LIMIT \(Self.waiterLimit))
            """
    }
}

// Replication and the log.
extension PostgresSQL {
    /// The server forgets a lag once the replica has caught up and nothing more happens, or keeps
    /// the last one: whoever has replayed everything has none.
    private static let replication = """
        SELECT r.application_name, host(r.client_addr) AS client_addr, r.state, r.sync_state,
            s.slot_name, (\(walEnd)) - '0/0' AS wal_end, (\(walEnd)) - r.replay_lsn AS lag_bytes,
            CASE WHEN (\(walEnd)) <= r.replay_lsn THEN 0
                ELSE extract(epoch FROM r.replay_lag) END AS lag_seconds
        FROM pg_stat_replication r LEFT JOIN pg_replication_slots s ON s.active_pid = r.pid
        """

    private static let receiver = """
        SELECT status, sender_host, slot_name,
            extract(epoch FROM last_msg_receipt_time) AS last_msg_receipt_time
        FROM pg_stat_wal_receiver
        """

    private var slots: String {
        let reason = catalog.present(
            ["invalidation_reason", "conflicting"], in: "pg_replication_slots")
        return """
            SELECT slot_name, slot_type, database, active, wal_status, safe_wal_size,
                (\(Self.walEnd)) - '0/0' AS wal_end, (\(Self.walEnd)) - restart_lsn AS retained,
                confirmed_flush_lsn - '0/0' AS confirmed,
                \(reason.first.map { "\($0)::text" } ?? "NULL") AS invalidation
            FROM pg_replication_slots
            """
    }

    private static let archiver = """
        SELECT archived_count, failed_count, last_failed_wal,
            extract(epoch FROM now() - last_archived_time) AS last_archive_age,
            extract(epoch FROM now() - last_failed_time) AS last_failure_age
        FROM pg_stat_archiver
        """

    /// Only segments count; history and backup files lie beside them.
    private static let walFiles = """
        SELECT count(*) AS segments, coalesce(sum(size), 0) AS bytes,
            (SELECT count(*) FROM pg_ls_archive_statusdir() AS f WHERE f.name LIKE '%.ready')
                AS pending
        FROM pg_ls_waldir() AS w WHERE w.name ~ '^[0-9A-F]{24}$'
        """
}

// Data, vacuum and configuration.
extension PostgresSQL {
    private static let vacuum = """
        SELECT p.pid, p.datname, coalesce(c.relname, p.relid::text) AS relname, p.phase,
            p.heap_blks_total, p.heap_blks_scanned, p.heap_blks_vacuumed, p.index_vacuum_count
        FROM pg_stat_progress_vacuum p
        LEFT JOIN pg_class c ON c.oid = p.relid AND p.datname = current_database()
        LIMIT 20
        """

    private static let prepared = """
        SELECT gid, owner, database, extract(epoch FROM now() - prepared) AS age,
            count(*) OVER () AS total
        FROM pg_prepared_xacts ORDER BY prepared LIMIT 20
        """

    private static let wraparound = """
        SELECT datname, age(datfrozenxid) AS xid_age, mxid_age(datminmxid) AS mxid_age
        FROM pg_database
        """

    /// The largest tables of this database by the catalog's own page count: asking for real sizes
    /// would wait for locks.
    private var tables: String? {
        let known = PostgresSeries.tables.filter { catalog.has("pg_stat_user_tables", $0.column) }
        guard !known.isEmpty else { return nil }
        let values = known.map {
            $0.isTime ? Self.epoch($0.column, of: "t.") : "t.\($0.column)"
        }
        return """
            SELECT current_database() AS datname, t.schemaname, t.relname,
                \(values.joined(separator: ", "))
            FROM pg_stat_user_tables t JOIN pg_class c ON c.oid = t.relid
            WHERE t.schemaname !~ '^pg_(temp|toast_temp)_'
            ORDER BY c.relpages DESC, t.n_dead_tup DESC, t.relid LIMIT \(Self.tableLimit)
            """
    }

    /// The size function raises an error for a database that one may not connect to.
    private static let sizes = """
        SELECT datname, CASE WHEN has_database_privilege(oid, 'CONNECT')
            OR pg_has_role('pg_read_all_stats', 'USAGE') THEN pg_database_size(oid) END AS bytes
        FROM pg_database
        """

    private static let settings = """
        SELECT name, setting, coalesce(unit, '') AS unit, short_desc, vartype
        FROM pg_settings WHERE vartype IN ('bool', 'integer', 'real')
        """
}
