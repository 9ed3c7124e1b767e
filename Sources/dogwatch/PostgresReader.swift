import Checklist
import Collectors
import TimeSeries

/// Replies of a PostgreSQL server as facts. What was refused names the grant that is missing.
struct PostgresReader: Sendable {
    let replies: [PostgresQuestion: PostgresReply]
    let now: Timestamp
    let expected: PostgresExpectations

    private var asker: PostgresRow? {
        guard case .rows(let rows) = replies[.asker] else { return nil }
        return rows.first
    }

    /// The role that asks, quoted for SQL.
    var role: String { asker?["role"] ?? "dogwatch" }
    private var monitorGrant: String { "GRANT pg_monitor TO \(role)" }

    /// Makes facts of rows. `grant` is what a refusal lacks; more rows than are judged are none.
    func asked<Value>(
        _ question: PostgresQuestion, grant: String? = nil, _ read: ([PostgresRow]) -> Value?
    ) -> Asked<Value> {
        let answer: Asked<Value>.Answer =
            switch replies[question] {
            case .rows(let rows) where rows.count > PostgresQuestion.rowLimit:
                .failed("the answer has more than \(PostgresQuestion.rowLimit) rows")
            case .rows(let rows):
                read(rows).map { .known($0) } ?? .failed("the answer cannot be read")
            case .denied: .denied(grant: grant ?? monitorGrant)
            case .failed(let why): .failed(why)
            case nil: .failed("it was not asked")
            }
        return Asked(answer, at: now)
    }

    var server: Asked<PostgresFacts.Server> {
        asked(.asker) { rows in
            guard let row = rows.first, let role = row["role"],
                let version = row["version"].flatMap({ Int($0) }),
                let isInRecovery = row.flag("is_in_recovery")
            else { return nil }
            return .init(
                role: role, version: version, isInRecovery: isInRecovery,
                systemIdentifier: row["system_identifier"], ownAddress: row["own_address"])
        }
    }

    var archiving: Asked<PostgresFacts.Archiving> {
        asked(.archiving) { rows in
            guard let row = rows.first, let mode = row["mode"],
                let isConfigured = row.flag("is_configured"),
                let isInRecovery = row.flag("is_in_recovery"),
                let archived = row.number("archived_count"),
                let isFailing = row.flag("is_failing"), let ready = row.number("ready")
            else { return nil }
            var facts = PostgresFacts.Archiving()
            facts.mode = mode
            facts.isConfigured = isConfigured
            facts.isInRecovery = isInRecovery
            facts.archived = archived
            facts.isFailing = isFailing
            facts.ready = ready
            facts.lastFile = row["last_archived_wal"]
            facts.lastSuccessAge = row.number("last_success")
            facts.lastFailureAge = row.number("last_failure")
            facts.oldestReadyAge = row.number("oldest")
            return facts
        }
    }

    /// Who may not see others' sessions sees none; that is not the same as no sessions.
    var missingStatistics: String? { asker?.flag("reads_stats") == true ? nil : monitorGrant }

    var sessions: Asked<[PostgresFacts.Sessions]> {
        if let grant = missingStatistics { return Asked(.denied(grant: grant), at: now) }
        return asked(.sessions) { rows in
            read(rows) { row in
                guard let role = row["role"], let address = row["address"],
                    let isLoopback = row.flag("is_loopback"), let isClient = row.flag("is_client"),
                    let count = row.number("count")
                else { return nil }
                return .init(
                    role: role, address: address, isLoopback: isLoopback,
                    tlsVersion: row["tls_version"], isClient: isClient, count: count)
            }
        }
    }

    var powers: Asked<[PostgresFacts.Power]> {
        asked(.powers(expected.roles)) { rows in
            read(rows) { row in
                guard let role = row["role"], let isSuperuser = row.flag("is_superuser") else {
                    return nil
                }
                return .init(role: role, isSuperuser: isSuperuser, others: list(row["others"]))
            }
        }
    }

    var settings: Asked<[String: PostgresFacts.Setting]> {
        if asker?.flag("reads_settings") != true {
            return Asked(.denied(grant: monitorGrant), at: now)
        }
        return asked(.settings) { rows in
            let pairs: [(String, PostgresFacts.Setting)]? = read(rows) { row in
                guard let name = row["name"] else { return nil }
                return (
                    name,
                    .init(
                        row["setting"] ?? "", source: row["source"] ?? "",
                        isPendingRestart: row.flag("pending_restart") ?? false)
                )
            }
            return pairs.map { Dictionary($0) { first, _ in first } }
        }
    }

    var overrides: Asked<[PostgresFacts.Override]> {
        asked(.overrides) { rows in
            read(rows) { row in
                guard let database = row["database"], let role = row["role"],
                    let name = row["name"]
                else { return nil }
                return .init(database: database, role: role, name: name, value: row["value"] ?? "")
            }
        }
    }

    var loginRules: Asked<[PostgresFacts.LoginRule]> {
        asked(.loginRules, grant: missingRules) { rows in
            read(rows) { row in
                guard let line = row["line_number"].flatMap({ Int($0) }) else { return nil }
                return .init(
                    line: line, type: row["type"] ?? "", databases: list(row["databases"]),
                    users: list(row["users"]), address: row["address"], netmask: row["netmask"],
                    method: row["auth_method"] ?? "", error: row["error"])
            }
        }
    }

    /// The view is one grant and its function another; the first that is missing hides the second.
    private var missingRules: String {
        let grants = [
            ("selects_rules", "GRANT SELECT ON pg_hba_file_rules TO \(role)"),
            ("executes_rules", "GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO \(role)"),
        ]
        return grants.filter { asker?.flag($0.0) != true }.map(\.1).joined(separator: "; ")
    }

    /// nil when one row cannot be read: a part of an answer is none.
    func read<Value>(_ rows: [PostgresRow], _ body: (PostgresRow) -> Value?) -> [Value]? {
        let values = rows.compactMap(body)
        return values.count == rows.count ? values : nil
    }

    private func list(_ text: String?) -> [String] {
        (text ?? "").split(separator: ",").map { String($0.drop { $0 == " " }) }
    }
}
