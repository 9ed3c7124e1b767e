import Targets

/// What a person should know that needs no rule: what is plainly wrong, and what the role may not
/// see, with the grant that helps.
struct PostgresFindings {
    let record: PostgresRecord
    let detail: PostgresDetail

    var all: [Finding] { wrong + unseen + failures + missing }

    // MARK: Plainly wrong

    private var wrong: [Finding] {
        [connections, wraparound, receiver, archiver, checksums].compactMap { $0 } + slots
    }

    /// Nobody but superusers gets in once the rest is used up.
    private var connections: Finding? {
        let usable = detail.connections.max - detail.connections.reserved
        guard usable > 0 else { return nil }
        let share = Double(detail.connections.used) / Double(usable)
        guard share >= 0.95 else { return nil }
        return Finding(
            share >= 1 ? .critical : .degraded, "connections are running out",
            actual: "\(detail.connections.used)", expected: "below \(usable)",
            remedy: "End idle sessions, add a pooler, or raise max_connections.")
    }

    private var wraparound: Finding? {
        guard let share = detail.wraparound, share > 0.8 else { return nil }
        let oldest = record.answers[.wraparound].flatMap(PostgresMaintenance.oldestDatabase) ?? ""
        return Finding(
            .critical, "transaction ids are running out",
            actual: "\(Int(min(share, 1) * 100)) % used",
            expected: "below 80 %",
            remedy: "Run VACUUM in database \(oldest); look for old transactions and slots.")
    }

    /// A standby that has streamed before, and to which nobody sends now.
    private var receiver: Finding? {
        guard detail.isInRecovery, let rows = record.answers[.receiver], rows.count == 0,
            record.answers[.server]?.number(0, "wal_end") != nil
        else { return nil }
        return Finding(
            .degraded, "standby without a WAL receiver", actual: "not streaming",
            expected: "streaming",
            remedy: "Check the primary and primary_conninfo; the server's log says why.")
    }

    private var archiver: Finding? {
        guard let rows = record.answers[.archiver],
            let failure = rows.number(0, "last_failure_age"),
            failure < rows.number(0, "last_archive_age") ?? .infinity
        else { return nil }
        let file = PostgresText.name(rows.text(0, "last_failed_wal"))
        return Finding(
            .degraded, "WAL archiving fails", actual: "last at \(file)", expected: "archived",
            remedy: "Check archive_command and its space; the server's log has its output.")
    }

    private var checksums: Finding? {
        guard let rows = record.answers[.databases] else { return nil }
        let damaged = (0..<rows.count).filter { (rows.number($0, "checksum_failures") ?? 0) > 0 }
            .map { PostgresText.name(rows.text($0, "datname")) }.map { $0.isEmpty ? "shared" : $0 }
        guard !damaged.isEmpty else { return nil }
        return Finding(
            .critical,
            "data pages are damaged: wrong checksums in \(damaged.joined(separator: ", "))",
            remedy: "Check disk and memory, restore what is damaged, then pg_stat_reset().")
    }

    private var slots: [Finding] {
        detail.slots.filter { ["lost", "unreserved"].contains($0.walStatus) }.map { slot in
            Finding(
                .degraded, "replication slot \(slot.name): its WAL is \(slot.walStatus)",
                actual: slot.walStatus, expected: "reserved",
                remedy: slot.walStatus == "lost"
                    ? "Its consumer must start anew; then drop the slot."
                    : "Let its consumer catch up, or raise max_slot_wal_keep_size.")
        }
    }

    // MARK: Not seen

    /// One finding for all that a grant would show.
    private var unseen: [Finding] {
        let refused = PostgresPart.allCases.filter { record.errors[$0]?.isPermission == true }
        var parts = refused.map(\.words) + hiddenRows
        if hiddenSessions > 0 || record.statements.hiddenCount > 0 {
            parts.insert("other users' statements", at: 0)
        }
        let unmeasured = record.answers[.sizes].map(PostgresMaintenance.unmeasured) ?? []
        if !unmeasured.isEmpty { parts.append("size of \(unmeasured.joined(separator: ", "))") }
        guard !parts.isEmpty else { return [] }
        let grant = refused.isEmpty ? "pg_read_all_stats" : "pg_monitor"
        return [
            Finding(
                .unknown, "role \(role) may not see: \(parts.joined(separator: ", "))",
                remedy: "GRANT \(grant) TO \(quotedRole);")
        ]
    }

    /// Views that show a row to everyone, and its columns only to some.
    private var hiddenRows: [String] {
        [(PostgresPart.replication, "state"), (.receiver, "status")].filter { part, column in
            guard let rows = record.answers[part] else { return false }
            return (0..<rows.count).contains { rows.text($0, column) == nil }
        }.map(\.0.words)
    }

    private var hiddenSessions: Double {
        record.answers[.activity].map { PostgresActivity.sum($0, "hidden") } ?? 0
    }

    private var role: String { PostgresText.name(record.catalog.role) }

    private var quotedRole: String {
        let isPlain = record.catalog.role.unicodeScalars.allSatisfy {
            ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "_"
        }
        return isPlain ? role : "\"\(role.split(separator: "\"").joined(separator: "\"\""))\""
    }

    private var failures: [Finding] {
        PostgresPart.allCases.compactMap { part in
            guard let error = record.errors[part], !error.isPermission else { return nil }
            if error.isCancelled {
                return Finding(
                    .unknown, "\(part.words) took too long and was cancelled",
                    actual: error.message)
            }
            if error.isLocked {
                return Finding(
                    .unknown, "\(part.words) is locked by someone", actual: error.message)
            }
            let remedy =
                error.isNotLoaded && part == .statements
                ? "Add pg_stat_statements to shared_preload_libraries and restart the server." : nil
            return Finding(
                .unknown, "\(part.words) cannot be read: \(error.message)", actual: error.code,
                remedy: remedy)
        }
    }

    // MARK: Not there

    private var missing: [Finding] { [tooOld, noStatements].compactMap { $0 } }

    private var tooOld: Finding? {
        guard record.catalog.versionNumber < PostgresCatalog.oldestVersion else { return nil }
        return Finding(
            .unknown, "PostgreSQL \(record.catalog.version) is older than what is known here",
            actual: record.catalog.version, expected: "13 or newer")
    }

    private var noStatements: Finding? {
        guard record.catalog.statementsSchema == nil else { return nil }
        let database = PostgresText.name(record.catalog.database)
        return Finding(
            .ok, "no statement statistics: pg_stat_statements is not in database \(database)",
            remedy: "CREATE EXTENSION pg_stat_statements; "
                + "with the same name in shared_preload_libraries.")
    }
}
