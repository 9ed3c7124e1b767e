import Targets
import TimeSeries

/// What keeps a server healthy over time: vacuum, transaction age, two-phase commits, sizes.
enum PostgresMaintenance {
    // MARK: Vacuum

    static func vacuums(_ rows: PostgresRows) -> [PostgresDetail.Vacuum] {
        (0..<rows.count).map { row in
            var vacuum = PostgresDetail.Vacuum()
            vacuum.pid = rows.integer(row, "pid") ?? 0
            vacuum.database = PostgresText.name(rows.text(row, "datname"))
            vacuum.table = PostgresText.name(rows.text(row, "relname"))
            vacuum.phase = PostgresText.name(rows.text(row, "phase"))
            if let total = rows.number(row, "heap_blks_total"), total > 0 {
                vacuum.progress = rows.number(row, "heap_blks_scanned").map { $0 / total }
            }
            return vacuum
        }
    }

    static func families(vacuum rows: PostgresRows) -> [MetricFamily] {
        let labels = PostgresSeries.labels(rows, ["datname", "relname"])
        let series = [
            ("heap_blks_total", "heap_blks", "Blocks of the table when the vacuum started"),
            ("heap_blks_scanned", "heap_blks_scanned", "Blocks scanned"),
            ("heap_blks_vacuumed", "heap_blks_vacuumed", "Blocks vacuumed"),
            ("index_vacuum_count", "index_vacuums", "Passes over the indexes"),
        ].map { column, metric, help in
            PostgresSeries(column, .gauge, help, as: "pg_stat_progress_vacuum_\(metric)")
        }
        return PostgresSeries.families(series, rows, labels: labels)
    }

    // MARK: Transaction age

    /// Oldest database's age ÷ 2³¹, the distance at which ids come round.
    static func wraparound(_ rows: PostgresRows) -> Double? {
        (0..<rows.count).compactMap { row in
            [rows.number(row, "xid_age"), rows.number(row, "mxid_age")].compactMap { $0 }.max()
        }.max().map { $0 / 0x1p31 }
    }

    static func oldestDatabase(_ rows: PostgresRows) -> String? {
        (0..<rows.count).max {
            (rows.number($0, "xid_age") ?? 0) < (rows.number($1, "xid_age") ?? 0)
        }.map { PostgresText.name(rows.text($0, "datname")) }
    }

    /// The exporter calls the ages seconds; they count transactions.
    static func families(wraparound rows: PostgresRows) -> [MetricFamily] {
        let series = [
            ("xid_age", "age_datfrozenxid_seconds", "Age of the oldest transaction id, in ids"),
            ("mxid_age", "age_datminmxid_seconds", "Age of the oldest multixact id, in ids"),
        ].map { column, metric, help in
            PostgresSeries(column, .gauge, help, as: "pg_database_wraparound_\(metric)")
        }
        return PostgresSeries.families(
            series, rows, labels: PostgresSeries.labels(rows, ["datname"]))
    }

    // MARK: Two-phase commits

    static func prepared(_ rows: PostgresRows) -> [PostgresDetail.PreparedTransaction] {
        (0..<rows.count).map { row in
            var transaction = PostgresDetail.PreparedTransaction()
            transaction.name = PostgresText.name(rows.text(row, "gid"))
            transaction.owner = PostgresText.name(rows.text(row, "owner"))
            transaction.database = PostgresText.name(rows.text(row, "database"))
            transaction.age = max(0, rows.number(row, "age") ?? 0)
            return transaction
        }
    }

    static func families(prepared rows: PostgresRows) -> [MetricFamily] {
        [
            MetricFamily(
                "pg_prepared_transactions", .gauge, "Transactions prepared for two-phase commit",
                value: rows.number(0, "total") ?? 0),
            MetricFamily(
                "pg_prepared_transactions_oldest_seconds", .gauge,
                "Seconds since the oldest of them was prepared", value: rows.number(0, "age") ?? 0),
        ]
    }

    // MARK: Sizes

    static func families(sizes rows: PostgresRows) -> [MetricFamily] {
        let series = [
            PostgresSeries("bytes", .gauge, "Bytes on disk", as: "pg_database_size_bytes")
        ]
        return PostgresSeries.families(
            series, rows, labels: PostgresSeries.labels(rows, ["datname"]))
    }

    /// nil when a database may not be measured: a part of the whole would mislead.
    static func totalSize(_ rows: PostgresRows) -> Double? {
        let sizes = (0..<rows.count).map { rows.number($0, "bytes") }
        return sizes.contains(nil) ? nil : sizes.compactMap { $0 }.reduce(0, +)
    }

    static func unmeasured(_ rows: PostgresRows) -> [String] {
        (0..<rows.count).filter { rows.number($0, "bytes") == nil }
            .map { PostgresText.name(rows.text($0, "datname")) }
    }
}
