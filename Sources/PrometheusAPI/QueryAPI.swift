import PromQL
import Rules
import TimeSeries

/// Prometheus' HTTP API over our own series, rules and targets: parameters in, JSON out.
///
/// Source: Prometheus documentation, "HTTP API". Answers are those of version 3; what differs is in
/// docs/api.md.
public struct QueryAPI: Sendable {
    /// What is asked about. Closures are called when a request needs their answer.
    public struct Sources: Sendable {
        public var store: any SeriesStore
        public var ruleGroups: @Sendable () -> [RuleGroupState]
        public var targets: @Sendable () -> [TargetReport]
        public var facts: @Sendable () -> ServerFacts

        public init(
            store: any SeriesStore, ruleGroups: @escaping @Sendable () -> [RuleGroupState],
            targets: @escaping @Sendable () -> [TargetReport],
            facts: @escaping @Sendable () -> ServerFacts
        ) {
            self.store = store
            self.ruleGroups = ruleGroups
            self.targets = targets
            self.facts = facts
        }
    }

    /// What a request may cost.
    public struct Limits: Sendable {
        /// From the arrival of a query to its answer; `timeout` can only lower it.
        public var time = Duration.seconds(10)
        /// Samples read plus points made, for one query.
        public var samples = 50_000_000
        /// Points of one series of a range result.
        public var points = 11_000
        /// The longest answer.
        public var bytes = 64 << 20

        public init() {}
    }

    /// When a request is no longer worth answering.
    public struct Patience: Sendable {
        /// When the request arrived.
        public var arrival: ContinuousClock.Instant
        /// Whether the client has left.
        public var hasLeft: @Sendable () -> Bool

        public init(
            arrival: ContinuousClock.Instant = .now,
            hasLeft: @escaping @Sendable () -> Bool = { false }
        ) {
            self.arrival = arrival
            self.hasLeft = hasLeft
        }
    }

    public let sources: Sources
    public let limits: Limits

    public init(_ sources: Sources, limits: Limits = Limits()) {
        self.sources = sources
        self.limits = limits
    }

    /// Answers one request; takes as long as `patience` and the limits allow.
    ///
    /// - Parameter now: the wall clock, for what is asked "now".
    public func answer(
        _ endpoint: Endpoint, _ parameters: APIParameters, at now: Timestamp,
        patience: Patience = Patience()
    ) -> APIReply {
        do {
            return try reply(endpoint, parameters, at: now, patience)
        } catch {
            return APIReply(error)
        }
    }

    private func reply(
        _ endpoint: Endpoint, _ parameters: APIParameters, at now: Timestamp, _ patience: Patience
    ) throws(APIFailure) -> APIReply {
        switch endpoint {
        case .query: try query(parameters, at: now, patience)
        case .queryRange: try queryRange(parameters, patience)
        case .queryExemplars: try queryExemplars(parameters)
        case .formatQuery: try formatQuery(parameters)
        case .series: try series(parameters)
        case .labels: try labels(parameters)
        case .labelValues(let name): try labelValues(name, parameters)
        case .metadata: try metadata(parameters)
        case .rules: try rules(parameters)
        case .alerts: try alerts()
        case .targets: try targets(parameters)
        case .alertmanagers: try alertmanagers()
        case .buildInfo: try buildInfo()
        case .runtimeInfo: try runtimeInfo(at: now)
        case .flags: try flags()
        }
    }
}
