import Checklist
import Collectors
import HTTP
import Reactor
import Targets
import TimeSeries
import Watch

/// Asks APIs for what plans name: journeys and versions every five minutes, the rest once an hour, with
/// GET and OPTIONS, without credentials, two requests a second on a kept connection.
actor APISurvey: Survey {
    private struct Topic: Hashable {
        var target: TargetID
        var part: APIFacts.Part
    }

    private let client: HTTPClient
    private let userAgent: String
    private let budget: HostBudget
    private var known: [TargetID: APIFacts] = [:]
    private var order: [TargetID] = []
    private var paces = Paces<Topic>()

    nonisolated var checks: Set<String> { Catalogue.apiChecks }

    init(client: HTTPClient, userAgent: String, budget: HostBudget) {
        self.client = client
        self.userAgent = userAgent
        self.budget = budget
    }

    func ask(_ wanted: Wanted, at now: Timestamp) async {
        let apis = wanted.plans.flatMap(\.bindings.apis)
        let origin = wanted.plans.lazy.flatMap(\.bindings.origins).first
        let endpoints = wanted.targets.compactMap { target -> (TargetID, APIRound)? in
            guard case .http(let settings) = target.settings, settings.unixSocket == nil,
                let api = apis.first(where: { $0.target == target.id.name })
                    ?? origin.map({ _ in APIExpectations(target: target.id.name) })
            else { return nil }
            return (
                target.id,
                APIRound(
                    line: EndpointLine(
                        settings, client: client, userAgent: userAgent, budget: budget),
                    api: api, ownOrigin: origin)
            )
        }
        order = endpoints.map(\.0)
        known = known.filter { order.contains($0.key) }
        paces.forget { !order.contains($0.target) }
        guard wanted.mayReachOut else { return }
        await withTaskGroup(of: APIFacts.self) { group in
            for (id, round) in endpoints {
                let parts = due(id, round, wanted, at: now)
                guard !parts.isEmpty else { continue }
                for part in parts { paces.note(Topic(target: id, part: part), wanted, at: now) }
                let old = known[id] ?? APIFacts(id: id)
                group.addTask { await round.renewed(old, parts) }
            }
            for await facts in group where order.contains(facts.id) { known[facts.id] = facts }
        }
    }

    func add(to surveyed: inout Surveyed) { surveyed.apis = order.compactMap { known[$0] } }

    private func due(
        _ id: TargetID, _ round: APIRound, _ wanted: Wanted, at now: Timestamp
    ) -> [APIFacts.Part] {
        APIFacts.Part.allCases.filter { part in
            wanted.checks.contains(part.check) && round.asks(part)
                && paces.isDue(
                    Topic(target: id, part: part), every: part.cadence, wanted, at: now)
        }
    }
}
