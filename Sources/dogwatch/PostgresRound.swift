import Checklist
import Collectors
import Reactor
import Targets
import TimeSeries

/// One round of questions to one PostgreSQL server: the parts that are due, over one connection, and
/// one more for each further database.
struct PostgresRound: Sendable {
    let visit: PostgresVisit
    let parts: Set<PostgresFacts.Part>
    let now: Timestamp
    let expected: PostgresExpectations
    /// Waits for leave to open another connection; false: give up.
    let turn: @Sendable () async -> Bool

    private static let limit = Duration.seconds(10)
    /// The most databases that are looked into.
    static let databaseLimit = 8

    /// The facts with what is due renewed. What cannot be asked any more is known no more.
    ///
    /// - Throws: When no connection came about; then all that is due is unknown.
    func renewed(_ old: PostgresFacts) async throws(CollectionFailure) -> PostgresFacts {
        guard !parts.isEmpty else { return old }
        let ordered = PostgresFacts.Part.allCases.filter(parts.contains)
        let questions =
            [.asker] + ordered.flatMap { PostgresQuestion.all(for: $0, expected) }
        let replies = try await ask(questions)
        let reader = PostgresReader(replies: replies, now: now, expected: expected)
        var facts = old
        facts.server = reader.server
        if parts.contains(.archiving) { facts.archiving = reader.archiving }
        if parts.contains(.sessions) { facts.sessions = reader.sessions }
        if parts.contains(.setup) {
            facts.powers = reader.powers
            facts.settings = reader.settings
            facts.overrides = reader.overrides
            facts.loginRules = reader.loginRules
        }
        if parts.contains(.databases) { await look(intoDatabases: reader, &facts) }
        if parts.contains(.retention) {
            facts.retentions = Asked(.known(await kept(reader)), at: now)
        }
        return facts
    }

    private func ask(
        _ questions: [PostgresQuestion], in database: String? = nil
    ) async throws(CollectionFailure) -> [PostgresQuestion: PostgresReply] {
        guard await turn() else { throw CollectionFailure(.cancelled, "not asked") }
        let replies = try await visit.ask(
            questions.map(\.sql), in: database, by: .after(Self.limit))
        return Dictionary(zip(questions, replies)) { first, _ in first }
    }

    /// One connection for each database that rules of plans are about.
    private func kept(_ asker: PostgresReader) async -> [PostgresFacts.Kept] {
        var found: [RetentionRule: PostgresFacts.Kept] = [:]
        let byDatabase = Dictionary(grouping: expected.retention, by: \.database)
        for (database, rules) in byDatabase {
            do throws(CollectionFailure) {
                let replies = try await ask(
                    rules.map(PostgresQuestion.retention), in: database)
                let reader = PostgresReader(replies: replies, now: now, expected: expected)
                for rule in rules { found[rule] = reader.kept(rule, asker) }
            } catch {
                for rule in rules { found[rule] = .init(rule, .failed(error.message)) }
            }
        }
        return expected.retention.compactMap { found[$0] }
    }

    // MARK: Databases

    private func look(intoDatabases first: PostgresReader, _ facts: inout PostgresFacts) async {
        guard case .known(let names) = first.databases.answer else {
            facts.databases = first.failedDatabases
            facts.cryptoCalls = nil
            return
        }
        var all: [PostgresFacts.Database] = []
        var statistics: (database: String, schema: String)?
        // Those that plans name are looked into before others.
        let named = names.filter { $0.isCurrent || expected.databases.contains($0.name) }
        let ordered = named + names.filter { !named.contains($0) }
        for (index, entry) in ordered.enumerated() {
            let reader = entry.isCurrent ? first : nil
            let (answer, schema) = await contents(
                of: entry, reader, isBeyond: index >= Self.databaseLimit)
            all.append(.init(entry.name, answer))
            if statistics == nil, let schema { statistics = (entry.name, schema) }
        }
        facts.databases = Asked(.known(all), at: now)
        facts.cryptoCalls = await cryptoCalls(statistics, first)
    }

    private func contents(
        of entry: PostgresReader.DatabaseEntry, _ reader: PostgresReader?, isBeyond: Bool
    ) async -> (Asked<PostgresFacts.Database.Contents>.Answer, schema: String?) {
        if let reader { return (reader.contents, reader.statementsSchema) }
        if isBeyond { return (.failed("\(entry.name): more databases than are looked into"), nil) }
        if let grant = entry.missingGrant { return (.denied(grant: grant), nil) }
        do throws(CollectionFailure) {
            let reader = PostgresReader(
                replies: try await ask(PostgresQuestion.inside(expected), in: entry.name), now: now,
                expected: expected)
            return (reader.contents, reader.statementsSchema)
        } catch {
            return (.failed(error.message), nil)
        }
    }

    private func cryptoCalls(
        _ statistics: (database: String, schema: String)?, _ asker: PostgresReader
    ) async -> Asked<[String: Double]> {
        guard let statistics else {
            return Asked(.failed("pg_stat_statements is installed in no database"), at: now)
        }
        if let grant = asker.missingStatistics { return Asked(.denied(grant: grant), at: now) }
        let question = PostgresQuestion.cryptoCalls(schema: statistics.schema)
        do throws(CollectionFailure) {
            let replies = try await ask([question], in: statistics.database)
            return PostgresReader(replies: replies, now: now, expected: expected).cryptoCalls(
                question, asker)
        } catch {
            return Asked(.failed(error.message), at: now)
        }
    }
}

extension PostgresFacts {
    /// After a connection that failed: what was due is unknown, and why.
    func failed(_ parts: Set<Part>, _ failure: CollectionFailure, at now: Timestamp)
        -> PostgresFacts
    {
        let why = failure.message
        var facts = self
        if parts.contains(.archiving) { facts.archiving = Asked(.failed(why), at: now) }
        if parts.contains(.sessions) { facts.sessions = Asked(.failed(why), at: now) }
        if parts.contains(.setup) {
            facts.powers = Asked(.failed(why), at: now)
            facts.settings = Asked(.failed(why), at: now)
            facts.overrides = Asked(.failed(why), at: now)
            facts.loginRules = Asked(.failed(why), at: now)
        }
        if parts.contains(.databases) { facts.databases = Asked(.failed(why), at: now) }
        if parts.contains(.retention) { facts.retentions = Asked(.failed(why), at: now) }
        if parts.contains(.encryption) { facts.plainLogin = Asked(.failed(why), at: now) }
        return facts
    }
}
