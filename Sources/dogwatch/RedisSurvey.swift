import Checklist
import Collectors
import Reactor
import Targets
import TimeSeries
import Watch

/// Visits Redis servers for plans, four times an hour: once as a stranger, once with the target's own
/// user, and, where that speaks TLS, once without it.
actor RedisSurvey: Survey {
    private let secret: @Sendable (SecretSource?) async throws(CollectionFailure) -> Secret?
    private let resolver: Resolver
    private let budget: HostBudget
    private var known: [TargetID: RedisFacts] = [:]
    private var order: [TargetID] = []
    private var paces = Paces<TargetID>()

    private static let pace = Duration.seconds(900)

    nonisolated var checks: Set<String> { Catalogue.redisChecks }

    init(
        secret: @escaping @Sendable (SecretSource?) async throws(CollectionFailure) -> Secret?,
        resolver: Resolver, budget: HostBudget
    ) {
        self.secret = secret
        self.resolver = resolver
        self.budget = budget
    }

    func ask(_ wanted: Wanted, at now: Timestamp) async {
        let servers = wanted.targets.compactMap { target -> (TargetID, RedisSettings)? in
            guard case .redis(let settings) = target.settings else { return nil }
            return (target.id, settings)
        }
        order = servers.map(\.0)
        known = known.filter { order.contains($0.key) }
        paces.keep(order)
        let stores = wanted.plans.flatMap(\.bindings.sessions)
        await withTaskGroup(of: RedisFacts.self) { group in
            for (id, settings) in servers
            where paces.isDue(id, every: Self.pace, wanted, at: now) {
                paces.note(id, wanted, at: now)
                let own = stores.filter { $0.target == id.name }
                group.addTask { await self.facts(of: id, settings, own) }
            }
            for await facts in group where order.contains(facts.id) { known[facts.id] = facts }
        }
    }

    func add(to surveyed: inout Surveyed) { surveyed.redis = order.compactMap { known[$0] } }

    private nonisolated func facts(
        of id: TargetID, _ settings: RedisSettings, _ stores: [SessionStore]
    ) async -> RedisFacts {
        var facts = RedisFacts(id: id, seenAt: wallClock())
        do throws(CollectionFailure) {
            let visit = RedisVisit(
                settings: settings, password: try await secret(settings.password),
                resolver: resolver)
            let round = RedisRound(visit: visit, stores: stores) { [budget] in
                await budget.turn(at: visit.host)
            }
            await round.fill(&facts)
        } catch {
            facts.stranger = .unknown(error.message)
            facts.dryRun = .unknown(error.message)
            facts.plain = .unknown(error.message)
        }
        facts.seenAt = wallClock()
        return facts
    }
}
