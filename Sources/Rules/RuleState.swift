import TimeSeries

/// One group of a rule file as it was last evaluated.
public struct RuleGroupState: Sendable, Hashable {
    public var name: String
    /// The file as it was named.
    public var file: String
    /// From one evaluation to the next.
    public var interval: Duration
    /// The most series or alerts that one rule may give; 0 is no limit.
    public var limit: Int
    /// nil before the first evaluation.
    public var lastEvaluation: Timestamp?
    /// What the last evaluation of all its rules took.
    public var evaluationTime: Duration
    public var rules: [RuleState]

    public init(
        name: String, file: String, interval: Duration, limit: Int = 0,
        lastEvaluation: Timestamp? = nil, evaluationTime: Duration = .zero, rules: [RuleState] = []
    ) {
        self.name = name
        self.file = file
        self.interval = interval
        self.limit = limit
        self.lastEvaluation = lastEvaluation
        self.evaluationTime = evaluationTime
        self.rules = rules
    }
}

/// One rule as it was last evaluated.
public struct RuleState: Sendable, Hashable {
    /// What only one kind of rule has.
    public enum Kind: Sendable, Hashable {
        case recording
        case alerting(
            hold: Duration, keepFiringFor: Duration, annotations: [String: String],
            alerts: [RuleAlert])
    }

    /// Whether the last evaluation gave a result.
    public enum Outcome: Sendable, Hashable {
        case unknown
        case ok
        case failed(String)
    }

    public var name: String
    /// PromQL as it is written.
    public var query: String
    public var labels: [String: String]
    public var outcome: Outcome
    public var lastEvaluation: Timestamp?
    public var evaluationTime: Duration
    public var kind: Kind

    public init(
        name: String, query: String, labels: [String: String] = [:], outcome: Outcome = .unknown,
        lastEvaluation: Timestamp? = nil, evaluationTime: Duration = .zero, kind: Kind
    ) {
        self.name = name
        self.query = query
        self.labels = labels
        self.outcome = outcome
        self.lastEvaluation = lastEvaluation
        self.evaluationTime = evaluationTime
        self.kind = kind
    }
}

/// One element of an alerting rule's result that is pending or firing.
public struct RuleAlert: Sendable, Hashable {
    public enum Phase: String, Sendable, Hashable { case pending, firing }

    /// With `alertname` and the rule's own labels.
    public var labels: Labels
    /// Templates expanded.
    public var annotations: [String: String]
    public var phase: Phase
    /// The first evaluation at which the condition held.
    public var activeAt: Timestamp
    /// While firing: the first evaluation at which the condition no longer held.
    public var keepFiringSince: Timestamp?
    public var value: Double

    public init(
        labels: Labels, annotations: [String: String] = [:], phase: Phase, activeAt: Timestamp,
        keepFiringSince: Timestamp? = nil, value: Double
    ) {
        self.labels = labels
        self.annotations = annotations
        self.phase = phase
        self.activeAt = activeAt
        self.keepFiringSince = keepFiringSince
        self.value = value
    }
}
