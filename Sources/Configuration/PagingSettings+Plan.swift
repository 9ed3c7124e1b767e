import Alerting
import Targets
import TimeSeries

extension PagingSettings {
    /// The same as the pager works with it.
    public var plan: PagingPlan {
        PagingPlan(
            roster: roster, route: route.map { $0.route(id: "route", above: nil) },
            inhibitions: inhibitions.map(\.inhibition) + dependencies.inhibitions,
            parents: dependencies.parents, maintenance: maintenance,
            channels: receivers.map(\.channel),
            acknowledgementLasts: routeOptions.acknowledgeFor)
    }

    private var roster: Roster {
        Roster(
            users: Dictionary(
                users.map { user in
                    (user.name, user.contacts.map { Contact($0.receiver, after: $0.after) })
                }, uniquingKeysWith: { first, _ in first }),
            schedules: Dictionary(
                schedules.map { ($0.name, $0.schedule) }, uniquingKeysWith: { first, _ in first }),
            escalations: Dictionary(
                escalations.map { ($0.name, $0.policy) }, uniquingKeysWith: { first, _ in first }),
            fallbackUser: routeOptions.fallbackUser)
    }

    /// The receivers that a page can reach.
    public var pageReceivers: [String] {
        let roster = plan.roster
        let named = route?.all.flatMap { $0.destinations[.page] ?? [] } ?? []
        let people = named.flatMap { destination -> [Destination] in
            guard destination.kind == .escalation else { return [destination] }
            return roster.escalations[destination.name]?.levels.flatMap(\.targets) ?? []
        }
        let contacts = people.flatMap { destination -> [String] in
            switch destination.kind {
            case .receiver: [destination.name]
            case .user: roster.users[destination.name]?.map(\.receiver) ?? []
            case .schedule, .escalation: roster.users.values.flatMap { $0.map(\.receiver) }
            }
        }
        return Set(contacts).sorted()
    }
}

extension PagingSettings.Escalation {
    fileprivate var policy: EscalationPolicy<Destination> {
        EscalationPolicy(levels: steps.map { .init($0.notify, wait: $0.wait) }, loops: loops)
    }
}

extension PagingSettings.Route {
    /// This node and all below it.
    fileprivate var all: [Self] { [self] + routes.flatMap(\.all) }

    /// What a node does not say it has from the one above.
    fileprivate func route(id: String, above: RouteTarget?) -> Route<RouteTarget> {
        var target = RouteTarget(
            id: id, destinations: above?.destinations ?? [:],
            groupBy: groupBy.isEmpty ? above?.groupBy ?? ["alertname"] : groupBy)
        for (severity, destinations) in destinations {
            target.destinations[severity] = destinations
        }
        return Route(
            to: target, matchers: matchers, continues: continues,
            routes: routes.enumerated().map { index, route in
                route.route(id: "\(id).routes[\(index)]", above: target)
            })
    }
}

extension PagingSettings.Inhibition {
    fileprivate var inhibition: Inhibition {
        Inhibition(source: source, target: target, equal: equal)
    }
}

extension PagingSettings.Receiver {
    fileprivate var channel: Outbox.Channel {
        Outbox.Channel(
            name: name, fallback: fallback, keepsRecord: keepsRecord, limit: kind.limit,
            resendInterval: settings.resendInterval)
    }

    /// Services that keep incidents: one that ended unseen is still told in full.
    private var keepsRecord: Bool {
        switch kind {
        case .pagerduty, .opsgenie, .alertmanager: true
        case .slack, .ntfy, .email, .webhook, .command: false
        }
    }
}

extension PagingSettings.Receiver.Kind {
    /// How fast each may be used without being refused.
    fileprivate var limit: RateLimit? {
        switch self {
        case .pagerduty, .opsgenie: RateLimit(burst: 60, every: .seconds(1))
        case .slack: RateLimit(burst: 5, every: .seconds(1))
        case .ntfy: RateLimit(burst: 20, every: .seconds(5))
        case .email: RateLimit(burst: 20, every: .seconds(3))
        case .webhook: RateLimit(burst: 10, every: .milliseconds(100))
        case .alertmanager, .command: nil
        }
    }
}
