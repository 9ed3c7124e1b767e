import Checklist
import Collectors
import Reactor
import Targets
import TimeSeries

/// Asks whether a target is a PgBouncer, and if so how its pools are.
struct PoolerRound: Sendable {
    let visit: PostgresVisit
    let now: Timestamp

    private static let limit = Duration.seconds(5)
    /// What a PgBouncer says to who may not use its console. It speaks no other language.
    private static let refusal = "not allowed"

    func asked(_ old: Asked<PostgresFacts.Pooler>?) async -> Asked<PostgresFacts.Pooler> {
        do throws(CollectionFailure) {
            let replies = try await visit.askConsole(
                ["SHOW POOLS", "SHOW CLIENTS"], by: .after(Self.limit))
            return Asked(answer(replies), at: now)
        } catch {
            return Asked(answer(error, old), at: now)
        }
    }

    private func answer(
        _ failure: CollectionFailure, _ old: Asked<PostgresFacts.Pooler>?
    ) -> Asked<PostgresFacts.Pooler>.Answer {
        if failure.message.contains(Self.refusal) { return .denied(grant: grant) }
        let wasPooler =
            switch old?.answer {
            case .known(.works), .known(.unreachable): true
            default: false
            }
        if wasPooler { return .known(.unreachable(failure.message)) }
        // A server says that it has no such database; a pooler lets in or refuses its console.
        return failure.reason == .denied ? .known(.none) : .failed(failure.message)
    }

    private var grant: String {
        "stats_users = \(visit.user.isEmpty ? "dogwatch" : visit.user) in pgbouncer.ini"
    }

    private func answer(_ replies: [PostgresReply]) -> Asked<PostgresFacts.Pooler>.Answer {
        guard replies.count == 2, case .rows(let pools) = replies[0],
            case .rows(let clients) = replies[1]
        else { return .failed("the console does not answer SHOW POOLS and SHOW CLIENTS") }
        let applications = pools.filter(isApplication)
        let read = applications.compactMap { PostgresFacts.Pool($0) }
        guard read.count == applications.count else {
            return .failed("SHOW POOLS cannot be read")
        }
        let addresses = clients.filter(isApplication).compactMap { $0["addr"] }
        return .known(.works(read, clientAddresses: Set(addresses)))
    }

    private func isApplication(_ row: PostgresRow) -> Bool {
        row["database"] != "pgbouncer" && row["user"] != visit.user
    }
}

extension PostgresFacts.Pool {
    fileprivate init?(_ row: PostgresRow) {
        guard let database = row["database"], let user = row["user"],
            let active = row.number("cl_active"), let waiting = row.number("cl_waiting"),
            let seconds = row.number("maxwait")
        else { return nil }
        self.init(
            database: database, user: user, mode: row["pool_mode"] ?? "", active: active,
            waiting: waiting, longestWait: seconds + (row.number("maxwait_us") ?? 0) / 1e6)
    }
}
