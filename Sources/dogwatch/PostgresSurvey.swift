import Checklist
import Collectors
import Reactor
import Targets
import TimeSeries
import Watch

/// Asks PostgreSQL servers for plans what the watch does not collect anyway: archiving once a minute,
/// sessions every five, how the server and its databases are set up each quarter of an hour. Each
/// time a short connection beside the collector's, closed at once; read-only.
actor PostgresSurvey: Survey {
    private struct Topic: Hashable {
        var target: TargetID
        var part: PostgresFacts.Part
    }

    /// A target as it was asked, with the secret that was read for it.
    private struct Access {
        var settings: PostgresSettings
        var password: Secret?
    }

    private let secret: @Sendable (SecretSource?) async throws(CollectionFailure) -> Secret?
    private let resolver: Resolver
    private let budget: HostBudget
    private var known: [TargetID: PostgresFacts] = [:]
    private var accesses: [TargetID: Access] = [:]
    private var order: [TargetID] = []
    private var paces = Paces<Topic>()
    private var expected = PostgresExpectations()

    nonisolated var checks: Set<String> { Catalogue.postgresChecks }

    init(
        secret: @escaping @Sendable (SecretSource?) async throws(CollectionFailure) -> Secret?,
        resolver: Resolver, budget: HostBudget
    ) {
        self.secret = secret
        self.resolver = resolver
        self.budget = budget
    }

    func ask(_ wanted: Wanted, at now: Timestamp) async {
        let servers = wanted.targets.compactMap { target -> (TargetID, PostgresSettings)? in
            guard case .postgres(let settings) = target.settings else { return nil }
            return (target.id, settings)
        }
        expect(wanted.plans)
        forgetAll(but: servers)
        await withTaskGroup(of: PostgresFacts.self) { group in
            for (id, settings) in servers {
                let parts = due(id, wanted, at: now)
                guard !parts.isEmpty else { continue }
                let old = known[id] ?? PostgresFacts(id: id, expected: expected)
                group.addTask { await self.renewed(old, settings, parts) }
                for part in parts { paces.note(Topic(target: id, part: part), wanted, at: now) }
            }
            for await facts in group where order.contains(facts.id) { known[facts.id] = facts }
        }
    }

    func add(to surveyed: inout Surveyed) { surveyed.postgres = order.compactMap { known[$0] } }

    /// Where plans name other things now, everything is asked anew.
    private func expect(_ plans: [BoundPlan]) {
        let expected = plans.reduce(into: PostgresExpectations()) {
            $0.formUnion($1.bindings.postgres)
        }
        guard expected != self.expected else { return }
        self.expected = expected
        known = [:]
        paces.forget { _ in true }
    }

    /// What is gone, and what is another server now.
    private func forgetAll(but servers: [(TargetID, PostgresSettings)]) {
        order = servers.map(\.0)
        for (id, settings) in servers where accesses[id].map({ $0.settings != settings }) ?? false {
            accesses[id] = nil
            known[id] = nil
            paces.forget { $0.target == id }
        }
        accesses = accesses.filter { order.contains($0.key) }
        known = known.filter { order.contains($0.key) }
        paces.forget { !order.contains($0.target) }
    }

    private func due(
        _ id: TargetID, _ wanted: Wanted, at now: Timestamp
    ) -> Set<PostgresFacts.Part> {
        Set(
            PostgresFacts.Part.allCases.filter { part in
                let topic = Topic(target: id, part: part)
                return !part.checks.isDisjoint(with: wanted.checks)
                    && paces.isDue(topic, every: cadence(of: part, id), wanted, at: now)
            })
    }

    /// Who is no pooler is seldom asked for its console: it writes a line into its log each time.
    private func cadence(of part: PostgresFacts.Part, _ id: TargetID) -> Duration {
        guard part == .pooler, case .known(.none) = known[id]?.pooler?.answer else {
            return part.cadence
        }
        return .seconds(3600)
    }

    private func renewed(
        _ old: PostgresFacts, _ settings: PostgresSettings, _ parts: Set<PostgresFacts.Part>
    ) async -> PostgresFacts {
        var facts = old
        do throws(CollectionFailure) {
            let password = try await password(of: old.id, settings)
            let visit = PostgresVisit(settings: settings, password: password, resolver: resolver)
            let host = visit.host
            if parts.contains(.pooler), await budget.turn(at: host) {
                facts.pooler = await PoolerRound(visit: visit, now: wallClock()).asked(old.pooler)
            }
            if parts.contains(.encryption) {
                facts.plainLogin = await plainLogin(visit, host)
            }
            let round = PostgresRound(
                visit: visit, parts: parts.subtracting([.pooler, .encryption]), now: wallClock(),
                expected: old.expected,
                turn: { [budget] in await budget.turn(at: host) })
            return try await round.renewed(facts)
        } catch {
            // The password may have been changed.
            if error.reason == .denied { accesses[old.id] = nil }
            return facts.failed(parts, error, at: wallClock())
        }
    }

    /// Logs in over TLS, which must work, and then without it, which must not.
    private func plainLogin(
        _ visit: PostgresVisit, _ host: String
    ) async -> Asked<PostgresFacts.PlainLogin> {
        guard visit.place != nil else {
            return Asked(.failed("a Unix socket has no TLS"), at: wallClock())
        }
        let limit = Duration.seconds(5)
        var tlsFailure: String?
        do throws(CollectionFailure) {
            guard await budget.turn(at: host) else {
                throw CollectionFailure(.cancelled, "not asked")
            }
            try await visit.logIn(tls: true, by: .after(limit))
        } catch {
            tlsFailure = error.message
        }
        do throws(CollectionFailure) {
            guard await budget.turn(at: host) else {
                throw CollectionFailure(.cancelled, "not asked")
            }
            try await visit.logIn(tls: false, by: .after(limit))
            return Asked(.known(.accepted), at: wallClock())
        } catch {
            guard error.reason == .denied else {
                return Asked(.failed(error.message), at: wallClock())
            }
            return Asked(
                .known(.refused(error.message, tlsFailure: tlsFailure)), at: wallClock())
        }
    }

    /// Read once: a program that prints it need not run every minute.
    private func password(
        of id: TargetID, _ settings: PostgresSettings
    ) async throws(CollectionFailure) -> Secret? {
        if let access = accesses[id], access.settings == settings { return access.password }
        let password = try await secret(settings.password)
        accesses[id] = Access(settings: settings, password: password)
        return password
    }
}
