import Targets
import TimeSeries

/// All that is known of one server: the last answer of each part, and what its deltas start from.
///
/// Parts are read at different cadences; a part that is not due keeps its last values in every
/// reading, and one that fails is blank until it is read again.
struct PostgresRecord: Sendable {
    private(set) var catalog: PostgresCatalog
    private(set) var answers: [PostgresPart: PostgresRows] = [:]
    private(set) var errors: [PostgresPart: PostgresError] = [:]
    private var families: [PostgresPart: [MetricFamily]] = [:]
    private(set) var statements = PostgresStatements()
    private var throughput = PostgresThroughput()
    private var walRate = PostgresRate()
    private var windowed = PostgresDetail()
    private var topStatements: [PostgresDetail.Statement] = []

    init(catalog: PostgresCatalog) { self.catalog = catalog }

    /// After a reconnection: the same server goes on with its baselines.
    mutating func renew(_ catalog: PostgresCatalog) { self.catalog = catalog }

    /// Takes the answer of one part. `.server` comes first, then `.activity`.
    mutating func take(
        _ part: PostgresPart, _ rows: PostgresRows, at now: ContinuousClock.Instant
    ) {
        if part == .server { noticeChange(rows) }
        errors[part] = nil
        answers[part] = rows
        switch part {
        case .server:
            windowed.walBytesPerSecond = walRate.advance(rows.number(0, "wal_end"), at: now)
        case .databases: take(throughput.advance(rows, at: now))
        case .statements: topStatements = statements.advance(rows, at: now) ?? []
        case .statementTexts: statements.learnTexts(rows)
        default: break
        }
        families[part] = series(part, rows)
        if part.isUsedUp { answers[part] = nil }
    }

    /// The part could not be read: it is blank, and its error becomes a finding.
    mutating func fail(_ part: PostgresPart, _ error: PostgresError) {
        clear(part)
        errors[part] = error
        switch part {
        case .databases: take(nil)
        case .statements: topStatements = []
        default: break
        }
    }

    /// There is nothing to read: nobody waits, or the server does not have it.
    mutating func clear(_ part: PostgresPart) {
        answers[part] = nil
        families[part] = nil
        errors[part] = nil
    }

    /// Another server answers here, it was started anew, or its role changed: no delta and no
    /// cached value may span that. True when everything has to be read again.
    private(set) var isOutdated = false

    private mutating func noticeChange(_ rows: PostgresRows) {
        isOutdated = false
        guard let before = answers[.server] else { return }
        let isSame = ["started", "in_recovery"].allSatisfy {
            before.text(0, $0) == rows.text(0, $0)
        }
        guard !isSame else { return }
        self = PostgresRecord(catalog: catalog)
        isOutdated = true
    }

    private mutating func take(_ rates: PostgresThroughput.Rates?) {
        windowed.transactionsPerSecond = rates?.transactionsPerSecond
        windowed.rollbackShare = rates?.rollbackShare
        windowed.cacheHitRatio = rates?.cacheHitRatio
        windowed.deadlocksPerSecond = rates?.deadlocksPerSecond
        windowed.tempBytesPerSecond = rates?.tempBytesPerSecond
    }

    // MARK: What comes next

    /// Pids that wait for a lock.
    var waitingPids: [Int] {
        Array(Set(waiters.map(\.pid))).sorted()
    }

    /// Ids of shown statements whose texts are not known yet.
    var wantedTexts: [String] { statements.unknownTexts(of: topStatements) }

    var isStandby: Bool { answers[.server]?.flag(0, "in_recovery") ?? false }

    private var waiters: [PostgresActivity.Waiter] {
        answers[.locks].map(PostgresActivity.waiters) ?? []
    }

    // MARK: The reading

    var reading: Reading {
        let up = MetricFamily("pg_up", .gauge, "1: the server answered", value: 1)
        let all = PostgresPart.allCases.flatMap { families[$0] ?? [] }
        let detail = detail
        return Reading(
            families: [up, version] + all + lag, detail: .postgres(detail),
            findings: PostgresFindings(record: self, detail: detail).all)
    }

    private var version: MetricFamily {
        let labels: Labels = [
            "short_version": "\(catalog.version).0", "version": cleaned(catalog.banner),
        ]
        return MetricFamily(
            "pg_static", .unknown, "The server's version", [MetricPoint(1, labels)])
    }

    private func series(_ part: PostgresPart, _ rows: PostgresRows) -> [MetricFamily] {
        let databases = { PostgresSeries.labels(rows, ["datid", "datname"]) }
        switch part {
        case .server: return serverFamilies(rows)
        case .activity: return PostgresActivity.families(rows)
        case .locks:
            let names = answers[.activity].map(PostgresActivity.databases) ?? []
            return PostgresActivity.lockFamilies(rows, databases: names)
        case .databases:
            return PostgresSeries.families(PostgresSeries.databases, rows, labels: databases())
        case .conflicts:
            return PostgresSeries.families(PostgresSeries.conflicts, rows, labels: databases())
        case .replication: return PostgresReplication.families(senders: rows)
        case .receiver: return PostgresReplication.families(receiver: rows)
        case .slots: return PostgresReplication.families(slots: rows)
        case .wal: return PostgresSeries.families(PostgresSeries.wal, rows)
        case .archiver: return PostgresSeries.families(PostgresReplication.archiver, rows)
        case .bgwriter: return PostgresSeries.families(PostgresSeries.bgwriter, rows)
        case .checkpointer: return PostgresSeries.families(PostgresSeries.checkpointer, rows)
        case .vacuum: return PostgresMaintenance.families(vacuum: rows)
        case .prepared: return PostgresMaintenance.families(prepared: rows)
        case .statements: return PostgresStatements.families(rows)
        case .wraparound: return PostgresMaintenance.families(wraparound: rows)
        case .tables:
            let labels = PostgresSeries.labels(rows, ["datname", "schemaname", "relname"])
            return PostgresSeries.families(PostgresSeries.tables, rows, labels: labels)
        case .walFiles: return PostgresSeries.families(PostgresReplication.walFiles, rows)
        case .sizes: return PostgresMaintenance.families(sizes: rows)
        case .settings: return PostgresParameters.families(rows)
        case .catalog, .sessions, .blockers, .statementTexts: return []
        }
    }

    private func serverFamilies(_ rows: PostgresRows) -> [MetricFamily] {
        let known: [(String, MetricType, String, Double?)] = [
            (
                "pg_postmaster_start_time_seconds", .gauge, "Time at which the server started",
                rows.number(0, "started")
            ),
            (
                "pg_replication_is_replica", .gauge, "1 on a standby",
                rows.flag(0, "in_recovery").map { $0 ? 1 : 0 }
            ),
            (
                "pg_xlog_location_bytes", .gauge, "End of the WAL written or received, in bytes",
                rows.number(0, "wal_end")
            ),
        ]
        return known.compactMap { name, type, help, value in
            value.map { MetricFamily(name, type, help, value: $0) }
        }
    }

    private var lag: [MetricFamily] {
        guard let seconds = ownLag else { return [] }
        return [
            MetricFamily(
                "pg_replication_lag_seconds", .gauge, "Seconds by which this standby is behind",
                value: seconds)
        ]
    }

    private var ownLag: Double? {
        answers[.server].flatMap {
            PostgresReplication.lag(
                server: $0, hasReceiver: (answers[.receiver]?.count ?? 0) > 0)
        }
    }
}

// The facts for the screens.
extension PostgresRecord {
    private var detail: PostgresDetail {
        var detail = windowed
        detail.version = catalog.version
        describeServer(&detail)
        detail.databaseSizeBytes = answers[.sizes].flatMap(PostgresMaintenance.totalSize)
        detail.walSizeBytes = answers[.walFiles]?.number(0, "bytes")
        detail.wraparound = answers[.wraparound].flatMap(PostgresMaintenance.wraparound)
        detail.statements = statements.withTexts(topStatements)
        detail.replicas = answers[.replication].map(PostgresReplication.replicas) ?? []
        detail.slots = answers[.slots].map(PostgresReplication.slots) ?? []
        detail.preparedTransactions = answers[.prepared].map(PostgresMaintenance.prepared) ?? []
        detail.vacuums = answers[.vacuum].map(PostgresMaintenance.vacuums) ?? []
        detail.replicationLagSeconds =
            detail.isInRecovery ? ownLag : detail.replicas.compactMap(\.lagSeconds).max()
        describeSessions(&detail)
        return detail
    }

    private func describeServer(_ detail: inout PostgresDetail) {
        guard let server = answers[.server] else { return }
        detail.isInRecovery = server.flag(0, "in_recovery") ?? false
        if let now = server.number(0, "now"), let started = server.number(0, "started") {
            detail.uptime = max(0, now - started)
        }
        guard let activity = answers[.activity] else { return }
        detail.connections = PostgresActivity.connections(activity, server: server)
        detail.longestTransaction = PostgresActivity.longestTransaction(activity)
    }

    private func describeSessions(_ detail: inout PostgresDetail) {
        detail.waiting = waitingPids.count
        detail.sessions = PostgresActivity.sessions(
            answers[.sessions] ?? PostgresRows(columns: []), waiters: waiters,
            blockers: answers[.blockers].map(PostgresActivity.blockers) ?? [:])
    }
}
