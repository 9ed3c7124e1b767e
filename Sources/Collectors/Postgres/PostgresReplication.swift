import Targets
import TimeSeries

/// Replicas, slots, the WAL and its archive, as seen from a primary or a standby.
enum PostgresReplication {
    // MARK: Senders

    static func replicas(_ rows: PostgresRows) -> [PostgresDetail.Replica] {
        (0..<rows.count).map { row in
            var replica = PostgresDetail.Replica()
            let names = ["application_name", "client_addr"].map {
                PostgresText.name(rows.text(row, $0))
            }
            replica.name = names.first { !$0.isEmpty } ?? "local"
            replica.state = PostgresText.name(rows.text(row, "state"))
            replica.sync = PostgresText.name(rows.text(row, "sync_state"))
            replica.lagBytes = rows.number(row, "lag_bytes").map { max(0, $0) }
            replica.lagSeconds = rows.number(row, "lag_seconds").map { max(0, $0) }
            return replica
        }
    }

    static func families(senders rows: PostgresRows) -> [MetricFamily] {
        let labels = PostgresSeries.labels(
            rows, ["application_name", "client_addr", "state", "slot_name"])
        return PostgresSeries.families(senderSeries, rows, labels: labels)
    }

    private static let senderSeries: [PostgresSeries] = [
        PostgresSeries(
            "wal_end", .gauge, "End of the WAL in bytes",
            as: "pg_stat_replication_pg_current_wal_lsn_bytes"),
        PostgresSeries(
            "lag_bytes", .gauge, "Bytes of WAL that the replica has not replayed",
            as: "pg_stat_replication_pg_wal_lsn_diff"),
        PostgresSeries(
            "lag_seconds", .gauge, "Seconds from the WAL's flush here to its replay there",
            as: "pg_stat_replication_replay_lag_seconds"),
    ]

    // MARK: Own lag

    /// Seconds by which this standby is behind; 0 on a primary. A standby that has replayed all it
    /// received is level only while something still sends to it.
    static func lag(server: PostgresRows, hasReceiver: Bool) -> Double? {
        guard server.flag(0, "in_recovery") == true else { return 0 }
        let received = server.number(0, "wal_end")
        let replayed = server.number(0, "replayed")
        if hasReceiver, let received, let replayed, replayed >= received { return 0 }
        return server.number(0, "replay_age").map { max(0, $0) }
    }

    static func families(receiver rows: PostgresRows) -> [MetricFamily] {
        let statuses = [
            "stopped": 0.0, "starting": 1, "streaming": 2, "waiting": 3, "restarting": 4,
            "stopping": -1,
        ]
        let points = (0..<rows.count).map { row in
            let labels: Labels = [
                "upstream_host": PostgresText.name(rows.text(row, "sender_host")),
                "slot_name": PostgresText.name(rows.text(row, "slot_name")),
            ]
            let status = rows.text(row, "status")
            return (
                MetricPoint(status.map { statuses[$0] ?? -2 } ?? -3, labels),
                rows.number(row, "last_msg_receipt_time").map { MetricPoint($0, labels) }
            )
        }
        return [
            MetricFamily(
                "pg_stat_wal_receiver_status", .gauge,
                "0 stopped, 1 starting, 2 streaming, 3 waiting, 4 restarting, -1 stopping",
                points.map(\.0)),
            MetricFamily(
                "pg_stat_wal_receiver_last_msg_receipt_time", .counter,
                "Time of the last message from the sender", points.compactMap(\.1)),
        ].filter { !$0.points.isEmpty }
    }

    // MARK: Slots

    static func slots(_ rows: PostgresRows) -> [PostgresDetail.Slot] {
        (0..<rows.count).map { row in
            var slot = PostgresDetail.Slot()
            slot.name = PostgresText.name(rows.text(row, "slot_name"))
            slot.isActive = rows.flag(row, "active") ?? false
            slot.retainedBytes = rows.number(row, "retained").map { max(0, $0) }
            slot.walStatus = PostgresText.name(rows.text(row, "wal_status"))
            return slot
        }
    }

    /// Under the names of the older exporters (`pg_replication_slots_…`) and of the newer ones
    /// (`pg_replication_slot_…`).
    static func families(slots rows: PostgresRows) -> [MetricFamily] {
        let old = PostgresSeries.labels(rows, ["slot_name", "database"])
        let new = PostgresSeries.labels(rows, ["slot_name", "slot_type"])
        let indices = 0..<rows.count
        func active(_ labels: [Labels]) -> [MetricPoint] {
            indices.compactMap { row in
                rows.flag(row, "active").map { MetricPoint($0 ? 1 : 0, labels[row]) }
            }
        }
        let states = indices.compactMap { row -> MetricPoint? in
            guard let status = rows.text(row, "wal_status") else { return nil }
            var labels = new[row]
            labels["wal_status"] = PostgresText.name(status)
            return MetricPoint(1, labels)
        }
        return [
            MetricFamily(
                "pg_replication_slots_active", .gauge, "1 while something uses the slot",
                active(old)),
            MetricFamily(
                "pg_replication_slot_slot_is_active", .gauge, "1 while something uses the slot",
                active(new)),
            MetricFamily(
                "pg_replication_slot_wal_status", .gauge, "1 for the present state of its WAL",
                states),
        ].filter { !$0.points.isEmpty }
            + PostgresSeries.families(oldSlotSeries, rows, labels: old)
            + PostgresSeries.families(newSlotSeries, rows, labels: new)
    }

    private static let oldSlotSeries = [
        PostgresSeries(
            "retained", .gauge, "Bytes of WAL that are kept for the slot",
            as: "pg_replication_slots_pg_wal_lsn_diff")
    ]

    private static let newSlotSeries = [
        PostgresSeries(
            "wal_end", .gauge, "End of the WAL in bytes",
            as: "pg_replication_slot_slot_current_wal_lsn"),
        PostgresSeries(
            "confirmed", .gauge, "WAL position that the slot's user confirmed, in bytes",
            as: "pg_replication_slot_slot_confirmed_flush_lsn"),
        PostgresSeries(
            "safe_wal_size", .gauge, "Bytes of WAL that may be written before the slot is lost",
            as: "pg_replication_slot_safe_wal_size_bytes"),
    ]
}

// The archive and the WAL's files.
extension PostgresReplication {
    static let archiver: [PostgresSeries] = [
        PostgresSeries(
            "archived_count", .counter, "WAL files archived", as: "pg_stat_archiver_archived_count"
        ),
        PostgresSeries(
            "failed_count", .counter, "Failed attempts to archive a WAL file",
            as: "pg_stat_archiver_failed_count"),
        PostgresSeries(
            "last_archive_age", .gauge, "Seconds since a WAL file was last archived",
            as: "pg_stat_archiver_last_archive_age"),
    ]

    static let walFiles: [PostgresSeries] = [
        PostgresSeries("segments", .gauge, "WAL segments on disk", as: "pg_wal_segments"),
        PostgresSeries("bytes", .gauge, "Bytes of WAL segments on disk", as: "pg_wal_size_bytes"),
        PostgresSeries(
            "pending", .gauge, "WAL files that wait for the archiver",
            as: "pg_archiver_pending_wal_count"),
    ]
}
