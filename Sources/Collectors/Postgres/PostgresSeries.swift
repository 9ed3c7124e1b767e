import Targets
import TimeSeries

/// A column of a statistics view and the metric it becomes: postgres_exporter's name, type and
/// unit.
struct PostgresSeries: Sendable {
    let column: String
    let metric: String
    let type: MetricType
    let help: String
    /// The column is an instant; the metric is its seconds since the epoch.
    var isTime = false

    init(
        _ column: String, _ type: MetricType, _ help: String, as metric: String,
        isTime: Bool = false
    ) {
        self.column = column
        self.metric = metric
        self.type = type
        self.help = help
        self.isTime = isTime
    }

    /// One family for each metric that has a value. A NULL is no sample: a counter that is off is
    /// not at 0.
    static func families(
        _ series: [PostgresSeries], _ rows: PostgresRows, labels: [Labels]
    ) -> [MetricFamily] {
        series.compactMap { one in
            guard let column = rows.column(one.column) else { return nil }
            let points = (0..<rows.count).compactMap { row in
                rows.number(row, column).map { MetricPoint($0, labels[row]) }
            }
            guard !points.isEmpty else { return nil }
            return MetricFamily(one.metric, one.type, one.help, points)
        }
    }

    /// The families of a view with one row.
    static func families(_ series: [PostgresSeries], _ rows: PostgresRows) -> [MetricFamily] {
        families(series, rows, labels: Array(repeating: Labels(), count: rows.count))
    }

    /// For each row the named columns as labels.
    static func labels(_ rows: PostgresRows, _ names: [String]) -> [Labels] {
        let columns = names.map { ($0, rows.column($0)) }
        return (0..<rows.count).map { row in
            Labels(columns.map { Label($0.0, PostgresText.name(rows.text(row, $0.1))) })
        }
    }
}

// pg_stat_database and pg_stat_database_conflicts. The exporter of Debian 12 has no type for the
// columns that are marked unknown.
extension PostgresSeries {
    static let databases: [PostgresSeries] = [
        database("numbackends", .gauge, "Backends connected to the database"),
        database("xact_commit", .counter, "Transactions committed"),
        database("xact_rollback", .counter, "Transactions rolled back"),
        database("blks_read", .counter, "Blocks read from outside the buffer cache"),
        database("blks_hit", .counter, "Blocks found in the buffer cache"),
        database("tup_returned", .counter, "Live rows read by sequential scans and index entries"),
        database("tup_fetched", .counter, "Live rows fetched by index scans"),
        database("tup_inserted", .counter, "Rows inserted"),
        database("tup_updated", .counter, "Rows updated"),
        database("tup_deleted", .counter, "Rows deleted"),
        database("conflicts", .counter, "Queries cancelled by recovery conflicts"),
        database("temp_files", .counter, "Temporary files made by queries"),
        database("temp_bytes", .counter, "Bytes written to temporary files"),
        database("deadlocks", .counter, "Deadlocks detected"),
        database("checksum_failures", .unknown, "Data pages whose checksum was wrong"),
        database(
            "checksum_last_failure", .unknown, "Time of the last checksum failure", isTime: true),
        database("blk_read_time", .counter, "Milliseconds spent reading blocks"),
        database("blk_write_time", .counter, "Milliseconds spent writing blocks"),
        database("session_time", .unknown, "Milliseconds spent in sessions"),
        database("active_time", .unknown, "Milliseconds spent running statements"),
        database("idle_in_transaction_time", .unknown, "Milliseconds spent idle in transactions"),
        database("sessions", .unknown, "Sessions established"),
        database("sessions_abandoned", .unknown, "Sessions whose client was lost"),
        database("sessions_fatal", .unknown, "Sessions ended by fatal errors"),
        database("sessions_killed", .unknown, "Sessions ended by an operator"),
        database("stats_reset", .counter, "Time of the last reset", isTime: true),
    ]

    private static func database(
        _ column: String, _ type: MetricType, _ help: String, isTime: Bool = false
    ) -> PostgresSeries {
        PostgresSeries(column, type, help, as: "pg_stat_database_\(column)", isTime: isTime)
    }

    static let conflicts: [PostgresSeries] = [
        conflict("confl_tablespace", "dropped tablespaces"),
        conflict("confl_lock", "lock time-outs"),
        conflict("confl_snapshot", "old snapshots"),
        conflict("confl_bufferpin", "pinned buffers"),
        conflict("confl_deadlock", "deadlocks"),
        conflict("confl_active_logicalslot", "logical slots in use"),
    ]

    private static func conflict(_ column: String, _ cause: String) -> PostgresSeries {
        PostgresSeries(
            column, .counter, "Queries cancelled on a standby by \(cause)",
            as: "pg_stat_database_conflicts_\(column)")
    }
}

// The background writer, which until 16 counts checkpoints too; the checkpointer; the WAL.
extension PostgresSeries {
    static let bgwriter: [PostgresSeries] = [
        total("bgwriter", "checkpoints_timed", "Checkpoints by time"),
        total("bgwriter", "checkpoints_req", "Checkpoints by request"),
        total("bgwriter", "checkpoint_write_time", "Milliseconds writing in checkpoints"),
        total("bgwriter", "checkpoint_sync_time", "Milliseconds syncing in checkpoints"),
        total("bgwriter", "buffers_checkpoint", "Buffers written by checkpoints"),
        total("bgwriter", "buffers_clean", "Buffers written by the background writer"),
        total("bgwriter", "maxwritten_clean", "Cleaning scans stopped at their limit"),
        total("bgwriter", "buffers_backend", "Buffers written by backends"),
        total("bgwriter", "buffers_backend_fsync", "Syncs that backends had to do"),
        total("bgwriter", "buffers_alloc", "Buffers allocated"),
        total("bgwriter", "stats_reset", "Time of the last reset", isTime: true),
    ]

    static let checkpointer: [PostgresSeries] = [
        total("checkpointer", "num_timed", "Checkpoints by time"),
        total("checkpointer", "num_requested", "Checkpoints by request"),
        total("checkpointer", "num_done", "Checkpoints completed"),
        total("checkpointer", "restartpoints_timed", "Restartpoints by time"),
        total("checkpointer", "restartpoints_req", "Restartpoints by request"),
        total("checkpointer", "restartpoints_done", "Restartpoints completed"),
        total("checkpointer", "write_time", "Milliseconds writing in checkpoints"),
        total("checkpointer", "sync_time", "Milliseconds syncing in checkpoints"),
        total("checkpointer", "buffers_written", "Buffers written by checkpoints"),
        total("checkpointer", "slru_written", "SLRU buffers written by checkpoints"),
        total("checkpointer", "stats_reset", "Time of the last reset", isTime: true),
    ]

    private static func total(
        _ view: String, _ column: String, _ help: String, isTime: Bool = false
    ) -> PostgresSeries {
        PostgresSeries(
            column, .counter, help, as: "pg_stat_\(view)_\(column)_total", isTime: isTime)
    }

    static let wal: [PostgresSeries] = [
        PostgresSeries("wal_records", .counter, "WAL records", as: "pg_stat_wal_records_total"),
        PostgresSeries("wal_fpi", .counter, "WAL full-page images", as: "pg_stat_wal_fpi_total"),
        PostgresSeries("wal_bytes", .counter, "WAL bytes", as: "pg_stat_wal_bytes_total"),
        PostgresSeries(
            "wal_buffers_full", .counter, "WAL written because its buffers were full",
            as: "pg_stat_wal_buffers_full_total"),
    ]
}

// pg_stat_user_tables of the connected database.
extension PostgresSeries {
    static let tables: [PostgresSeries] = [
        table("seq_scan", .counter, "Sequential scans"),
        table("seq_tup_read", .counter, "Live rows read by sequential scans"),
        table("idx_scan", .counter, "Index scans"),
        table("idx_tup_fetch", .counter, "Live rows fetched by index scans"),
        table("n_tup_ins", .counter, "Rows inserted"),
        table("n_tup_upd", .counter, "Rows updated"),
        table("n_tup_del", .counter, "Rows deleted"),
        table("n_tup_hot_upd", .counter, "Rows updated without touching an index"),
        table("n_live_tup", .gauge, "Live rows, estimated"),
        table("n_dead_tup", .gauge, "Dead rows, estimated"),
        table("n_mod_since_analyze", .gauge, "Rows changed since the last analyze, estimated"),
        table("last_vacuum", .gauge, "Time of the last vacuum by hand", isTime: true),
        table("last_autovacuum", .gauge, "Time of the last autovacuum", isTime: true),
        table("last_analyze", .gauge, "Time of the last analyze by hand", isTime: true),
        table("last_autoanalyze", .gauge, "Time of the last autoanalyze", isTime: true),
        table("vacuum_count", .counter, "Vacuums by hand"),
        table("autovacuum_count", .counter, "Autovacuums"),
        table("analyze_count", .counter, "Analyzes by hand"),
        table("autoanalyze_count", .counter, "Autoanalyzes"),
    ]

    private static func table(
        _ column: String, _ type: MetricType, _ help: String, isTime: Bool = false
    ) -> PostgresSeries {
        PostgresSeries(column, type, help, as: "pg_stat_user_tables_\(column)", isTime: isTime)
    }
}
