import Reactor
import Targets
import TimeSeries

/// Measures one PostgreSQL server (13 and later) over a single connection, under the names of
/// postgres_exporter: `pg_stat_database_xact_commit`, `pg_stat_activity_count`,
/// `pg_replication_lag_seconds`, …
///
/// The session is read-only with statement and lock time-outs on the server's side. Each source is
/// one statement, so that what a role may not read, or what is slow, blanks only itself and becomes
/// a finding. Meant for a role with `pg_monitor`.
public actor PostgresCollector: Collector {
    public nonisolated let id: TargetID
    private let settings: PostgresSettings
    private let password: Secret?
    private let session: PostgresSession
    private let resolver: Resolver
    private var connection: PostgresConnection?
    private var record: PostgresRecord?
    private var schedule = PostgresSchedule()

    /// `timeout` is the target's: the server ends a statement of ours at four fifths of it, and at
    /// 5 s in any case.
    public init(
        id: TargetID, settings: PostgresSettings, password: Secret? = nil,
        timeout: Duration = .seconds(5), resolver: Resolver = Resolver()
    ) {
        self.id = id
        self.settings = settings
        self.password = password
        self.resolver = resolver
        session = PostgresSession(
            statementTimeout: min(max(timeout * 4 / 5, .milliseconds(200)), .seconds(5)))
    }

    public func close() async { await disconnect() }

    /// A kept connection that turns out to be gone is replaced once; then the failure counts.
    public func collect(deadline: Deadline) async throws(CollectionFailure) -> Reading {
        let start = Deadline.now
        let end = deadline - min(start.duration(to: deadline) / 20, .milliseconds(50))
        if let connection {
            do {
                try await readServer(on: connection, by: end)
                return try await readRest(on: connection, since: start, by: end)
            } catch {
                await disconnect()
                guard [.unreachable, .unavailable].contains(error.reason) else { throw error }
            }
        }
        do {
            let fresh = try await connect(by: end)
            try await readServer(on: fresh, by: end)
            return try await readRest(on: fresh, since: start, by: end)
        } catch {
            await disconnect()
            throw error
        }
    }

    /// The next collection reads every part, whatever its cadence.
    func makeAllDue() { schedule = PostgresSchedule() }

    private func disconnect() async {
        await connection?.close()
        connection = nil
    }

    // MARK: Connecting

    private func connect(by deadline: Deadline) async throws(CollectionFailure)
        -> PostgresConnection
    {
        let address = try PostgresAddress(settings.url)
        let fresh = try await PostgresConnection.connect(
            to: address, password: password, session: session, resolver: resolver, by: deadline)
        connection = fresh
        try await fresh.agreeOnEncoding(by: deadline)
        let catalog = try await readCatalog(on: fresh, by: deadline)
        if !catalog.isSessionReadOnly { await fresh.wrapStatements() }
        return fresh
    }

    /// What the server has; its columns only when they may have changed.
    @discardableResult
    private func readCatalog(
        on connection: PostgresConnection, by deadline: Deadline
    ) async throws(CollectionFailure) -> PostgresCatalog {
        let facts = try await essential(PostgresCatalog.factsSQL, on: connection, by: deadline)
        guard var catalog = PostgresCatalog(facts: facts) else {
            throw CollectionFailure(.garbage, "\(connection.place): unknown server facts")
        }
        if let known = record?.catalog, known.hasSameViews(as: catalog) {
            catalog.columns = known.columns
        } else {
            catalog.takeColumns(
                try await essential(PostgresCatalog.columnsSQL, on: connection, by: deadline))
        }
        if record == nil { record = PostgresRecord(catalog: catalog) }
        record?.renew(catalog)
        schedule.markRead(.catalog, at: .now)
        return catalog
    }

    /// A statement without whose answer there is no reading.
    private func essential(
        _ statement: String, on connection: PostgresConnection, by deadline: Deadline
    ) async throws(CollectionFailure) -> PostgresRows {
        switch try await connection.run(statement, by: deadline) {
        case .success(let rows): return rows
        case .failure(let error):
            throw CollectionFailure(postgres: error, at: connection.place)
        }
    }

    // MARK: Reading

    private func readServer(
        on connection: PostgresConnection, by deadline: Deadline
    ) async throws(CollectionFailure) {
        if schedule.isDue(.catalog, at: .now) {
            try await readCatalog(on: connection, by: deadline)
        }
        for part in PostgresPart.allCases where part.isEssential {
            guard let statement = statement(for: part) else { continue }
            let rows = try await essential(statement, on: connection, by: deadline)
            record?.take(part, rows, at: .now)
            if part == .server, record?.isOutdated == true { makeAllDue() }
        }
    }

    /// The other parts that are due, as far as the time goes; what is left over stays due.
    private func readRest(
        on connection: PostgresConnection, since start: Deadline, by deadline: Deadline
    ) async throws(CollectionFailure) -> Reading {
        let reserve = start.duration(to: deadline) / 5
        for part in PostgresPart.allCases where !part.isEssential && part != .catalog {
            guard schedule.isDue(part, at: start) else { continue }
            guard let statement = statement(for: part) else {
                if !part.isFollowUp { record?.clear(part) }
                continue
            }
            guard Deadline.now + reserve < deadline else { break }
            guard try await read(part, statement, on: connection, at: start, by: deadline) else {
                break
            }
        }
        guard let record else {
            throw CollectionFailure(.ours, "\(id): nothing was read")
        }
        return record.reading
    }

    /// False when the connection is used up: the part gave no answer before the deadline.
    private func read(
        _ part: PostgresPart, _ statement: String, on connection: PostgresConnection,
        at start: Deadline, by deadline: Deadline
    ) async throws(CollectionFailure) -> Bool {
        schedule.markRead(part, at: start)
        do {
            switch try await connection.run(statement, by: deadline) {
            case .success(let rows): record?.take(part, rows, at: .now)
            case .failure(let error):
                record?.fail(part, error)
                if !error.isCancelled { schedule.markRefused(part) }
            }
            return true
        } catch {
            guard error.reason == .timedOut else { throw error }
            record?.fail(part, PostgresError(code: "57014", message: "no answer in time"))
            await disconnect()
            return false
        }
    }

    private func statement(for part: PostgresPart) -> String? {
        guard let record else { return nil }
        let sql = PostgresSQL(catalog: record.catalog)
        switch part {
        case .blockers:
            let pids = record.waitingPids
            return pids.isEmpty ? nil : PostgresSQL.blockers(of: pids)
        case .statementTexts:
            let ids = record.wantedTexts
            return ids.isEmpty ? nil : sql.statementTexts(of: ids)
        case .receiver: return record.isStandby ? sql.statement(for: part) : nil
        default: return sql.statement(for: part)
        }
    }
}
