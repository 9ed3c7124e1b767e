import Targets
import TimeSeries

/// Who is connected, what they do, and who waits for whom.
enum PostgresActivity {
    /// The words of `pg_stat_activity.state`; a later version's further words are added when seen.
    static let states = [
        "active", "idle", "idle in transaction", "idle in transaction (aborted)",
        "fastpath function call", "disabled",
    ]
    static let lockModes = [
        "accesssharelock", "rowsharelock", "rowexclusivelock", "shareupdateexclusivelock",
        "sharelock", "sharerowexclusivelock", "exclusivelock", "accessexclusivelock", "sireadlock",
    ]

    static func families(_ rows: PostgresRows) -> [MetricFamily] {
        var counts: [MetricPoint] = []
        var ages: [MetricPoint] = []
        for (database, states) in byDatabase(rows) {
            for (state, row) in states {
                let labels: Labels = ["datname": database, "state": state]
                counts.append(MetricPoint(row.flatMap { rows.number($0, "backends") } ?? 0, labels))
                ages.append(
                    MetricPoint(row.flatMap { rows.number($0, "transaction_age") } ?? 0, labels))
            }
        }
        return [
            MetricFamily(
                "pg_stat_activity_count", .gauge, "Backends in this state", counts),
            MetricFamily(
                "pg_stat_activity_max_tx_duration", .gauge,
                "Seconds that the longest transaction in this state has lasted", ages),
            MetricFamily(
                "pg_long_running_transactions", .gauge, "Transactions that are open now",
                value: sum(rows, "transactions")),
            MetricFamily(
                "pg_long_running_transactions_oldest_timestamp_seconds", .gauge,
                "Seconds that the oldest open transaction has lasted",
                value: longestTransaction(rows) ?? 0),
            MetricFamily(
                "pg_stat_activity_autovacuum_workers", .gauge, "Autovacuum workers at work",
                value: sum(rows, "autovacuums")),
        ]
    }

    /// Database → its states, each with its row; nil where nobody is in that state.
    private static func byDatabase(_ rows: PostgresRows) -> [String: [String: Int?]] {
        var result: [String: [String: Int?]] = [:]
        for row in 0..<rows.count {
            let database = PostgresText.name(rows.text(row, "datname"))
            if result[database] == nil {
                result[database] = Dictionary(uniqueKeysWithValues: states.map { ($0, nil) })
            }
            guard let state = rows.text(row, "state") else { continue }
            result[database]?[PostgresText.name(state)] = .some(row)
        }
        return result
    }

    static func databases(_ rows: PostgresRows) -> Set<String> {
        Set((0..<rows.count).map { PostgresText.name(rows.text($0, "datname")) })
    }

    static func connections(
        _ rows: PostgresRows, server: PostgresRows
    ) -> PostgresDetail.Connections {
        var result = PostgresDetail.Connections()
        result.max = server.integer(0, "max_connections") ?? 0
        result.reserved =
            (server.integer(0, "superuser_reserved") ?? 0) + (server.integer(0, "reserved") ?? 0)
        for row in 0..<rows.count {
            guard let clients = rows.integer(row, "clients"), clients > 0 else { continue }
            let state = rows.text(row, "state").map { PostgresText.name($0) } ?? "hidden"
            result.used += clients
            result.byState[state, default: 0] += clients
        }
        return result
    }

    /// Seconds; nil when nobody is in a transaction.
    static func longestTransaction(_ rows: PostgresRows) -> Double? {
        (0..<rows.count).compactMap { rows.number($0, "client_transaction_age") }.max()
    }

    static func sum(_ rows: PostgresRows, _ name: String) -> Double {
        let column = rows.column(name)
        return (0..<rows.count).reduce(0) { $0 + (rows.number($1, column) ?? 0) }
    }
}

// Locks and those who wait for them.
extension PostgresActivity {
    static func lockFamilies(_ rows: PostgresRows, databases: Set<String>) -> [MetricFamily] {
        var counts: [Labels: Double] = [:]
        for database in databases {
            for mode in lockModes { counts[["datname": database, "mode": mode]] = 0 }
        }
        for row in 0..<rows.count {
            guard let count = rows.number(row, "locks") else { continue }
            let database = PostgresText.name(rows.text(row, "datname"))
            let mode = PostgresText.name(rows.text(row, "mode"))
            counts[["datname": database, "mode": mode]] = count
        }
        return [
            MetricFamily(
                "pg_locks_count", .gauge, "Locks held or awaited",
                counts.map { MetricPoint($0.value, $0.key) }),
            MetricFamily(
                "pg_locks_waiting_sessions", .gauge, "Sessions that wait for a lock",
                value: Double(Set(waiters(rows).map(\.pid)).count)),
            MetricFamily(
                "pg_locks_longest_wait_seconds", .gauge,
                "Seconds that the longest of them has waited",
                value: waiters(rows).compactMap(\.waited).max() ?? 0),
        ]
    }

    struct Waiter: Sendable, Equatable {
        var pid: Int
        /// "Lock:transactionid"
        var wait: String
        /// Seconds; nil before version 14 and in the first moment.
        var waited: Double?
    }

    static func waiters(_ rows: PostgresRows) -> [Waiter] {
        (0..<rows.count).compactMap { row in
            guard let pid = rows.integer(row, "pid") else { return nil }
            let type = PostgresText.name(rows.text(row, "locktype"))
            return Waiter(pid: pid, wait: "Lock:\(type)", waited: rows.number(row, "waited"))
        }
    }

    /// Waiter → those it waits for; 0 is a prepared transaction, which has no process.
    static func blockers(_ rows: PostgresRows) -> [Int: [Int]] {
        (0..<rows.count).reduce(into: [:]) { result, row in
            guard let pid = rows.integer(row, "pid") else { return }
            let list = (rows.text(row, "blockers") ?? "").split(separator: ",")
            result[pid] = Set(list.compactMap { Int($0) }).sorted()
        }
    }

    /// The sessions with their blockers. A waiter that may not be seen is still listed by its pid.
    static func sessions(
        _ rows: PostgresRows, waiters: [Waiter], blockers: [Int: [Int]]
    ) -> [PostgresDetail.Session] {
        var result = (0..<rows.count).compactMap { session(rows, $0) }
        let waiting = Dictionary(
            waiters.map { ($0.pid, $0) }, uniquingKeysWith: { first, _ in first })
        for index in result.indices {
            result[index].blockedBy = blockers[result[index].pid] ?? []
            result[index].waitAge = waiting[result[index].pid]?.waited
        }
        let known = Set(result.map(\.pid))
        for waiter in waiting.values.sorted(by: { $0.pid < $1.pid })
        where !known.contains(waiter.pid) {
            var session = PostgresDetail.Session()
            session.pid = waiter.pid
            session.wait = waiter.wait
            session.waitAge = waiter.waited
            session.blockedBy = blockers[waiter.pid] ?? []
            result.append(session)
        }
        return result
    }

    private static func session(_ rows: PostgresRows, _ row: Int) -> PostgresDetail.Session? {
        guard let pid = rows.integer(row, "pid") else { return nil }
        var session = PostgresDetail.Session()
        session.pid = pid
        session.user = PostgresText.name(rows.text(row, "usename"))
        session.database = PostgresText.name(rows.text(row, "datname"))
        session.application = PostgresText.name(rows.text(row, "application_name"))
        session.client = client(rows, row)
        session.backendType = PostgresText.name(rows.text(row, "backend_type"))
        session.backendStart = rows.number(row, "backend_start")
        session.state = PostgresText.name(rows.text(row, "state"))
        session.wait = [rows.text(row, "wait_event_type"), rows.text(row, "wait_event")]
            .compactMap { $0 }.map { PostgresText.name($0) }.joined(separator: ":")
        session.transactionAge = rows.number(row, "transaction_age")
        session.queryAge = rows.number(row, "query_age")
        session.stateAge = rows.number(row, "state_age")
        session.queryID = rows.text(row, "query_id").map { PostgresText.name($0) }
        session.query = PostgresText.query(rows.text(row, "query"))
        return session
    }

    /// "10.0.0.7:51234"; "local" over a Unix socket.
    private static func client(_ rows: PostgresRows, _ row: Int) -> String {
        guard let address = rows.text(row, "client_addr") else { return "local" }
        return "\(PostgresText.name(address)):\(rows.integer(row, "client_port") ?? 0)"
    }
}
