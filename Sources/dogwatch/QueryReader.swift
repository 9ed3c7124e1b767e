import Checklist
import Collectors
import Reactor
import Targets

/// Asks PostgreSQL and Redis targets what conditions of items want to know: one short connection each time,
/// read-only, with the target's own role.
struct QueryReader: Sendable {
    let secret: @Sendable (SecretSource?) async throws(CollectionFailure) -> Secret?
    let resolver: Resolver
    let budget: HostBudget

    private static let limit = Duration.seconds(10)
    /// The most rows that are judged; one more means that the answer has no end.
    private static let rowLimit = 1000

    /// The first column of each row; "NULL" where it has none.
    func results(
        of query: BoundAssertion.Query, on targets: [TargetSpec]
    ) async throws(ReportFault) -> [String] {
        let target = targets.first { $0.id.kind == .postgres && $0.id.name == query.target }
        guard let target, case .postgres(let settings) = target.settings else {
            throw ReportFault("there is no [[postgres]] of that name", at: query.target)
        }
        let reply: PostgresReply?
        do throws(CollectionFailure) {
            let visit = PostgresVisit(
                settings: settings, password: try await secret(settings.password),
                resolver: resolver)
            guard await budget.turn(at: visit.host) else {
                throw CollectionFailure(.cancelled, "not asked")
            }
            reply = try await visit.ask(
                [Self.bounded(query.text)], in: query.database, by: .after(Self.limit)
            ).first
        } catch {
            throw ReportFault(error.message, at: query.target)
        }
        switch reply {
        case .rows(let rows) where rows.count > Self.rowLimit:
            throw ReportFault("more than \(Self.rowLimit) rows", at: query.target)
        case .rows(let rows): return rows.map { $0["value"] ?? "NULL" }
        case .denied(let why), .failed(let why): throw ReportFault(why, at: query.target)
        case nil: throw ReportFault("no reply", at: query.target)
        }
    }

    /// The query with a name for its first column, and a bound.
    private static func bounded(_ query: String) -> String {
        var text = query[...]
        while let last = text.last, last == ";" || last.isWhitespace { text.removeLast() }
        return "SELECT * FROM (\n\(text)\n) AS asked (value) LIMIT \(rowLimit + 1)"
    }
}
