import TimeSeries

/// A rule whose alerts the desk keeps, whoever evaluates it.
public struct WatchedRule: Hashable, Sendable {
    /// Names it over restarts and reloads: "alert/cache is missing", "rules/web.yml/http/ApiDown".
    public var id: String
    /// The `alertname` of its alerts.
    public var name: String
    public var severity: Severity
    /// When a breach fires and when an alert ends.
    public var cycle: AlertRule
    /// What the rule adds to the labels of its alerts.
    public var labels: Labels
    /// "<", ">", …; nil for a condition without a limit.
    public var comparison: String?
    public var threshold: Double?
    public var unit: String
    public var runbook: String?
    /// An element that is not in the result is well, as in rule files; else it has no data.
    public var absenceIsWell: Bool

    public init(
        id: String, name: String, severity: Severity, cycle: AlertRule, labels: Labels = Labels(),
        comparison: String? = nil, threshold: Double? = nil, unit: String = "",
        runbook: String? = nil, absenceIsWell: Bool = false
    ) {
        self.id = id
        self.name = name
        self.severity = severity
        self.cycle = cycle
        self.labels = labels
        self.comparison = comparison
        self.threshold = threshold
        self.unit = unit
        self.runbook = runbook
        self.absenceIsWell = absenceIsWell
    }
}

/// One element of what a rule found.
public struct AlertElement: Sendable {
    /// Without the metric's name.
    public var labels: Labels
    public var finding: Finding
    /// What is shown; nil where there is none.
    public var value: Double?
    /// In words, where the rule has some.
    public var summary: String?
    /// Where it differs from the rule's.
    public var severity: Severity?
    public var runbook: String?
    /// The target of the watch that it is about: "http/api".
    public var target: String?
    public var budget: Page.Alert.Budget?

    public init(
        labels: Labels, finding: Finding, value: Double? = nil, summary: String? = nil,
        severity: Severity? = nil, runbook: String? = nil, target: String? = nil,
        budget: Page.Alert.Budget? = nil
    ) {
        self.labels = labels
        self.finding = finding
        self.value = value
        self.summary = summary
        self.severity = severity
        self.runbook = runbook
        self.target = target
        self.budget = budget
    }
}

/// One evaluation of one rule.
public struct RulePass: Sendable {
    public enum Outcome: Sendable {
        case elements([AlertElement])
        /// We could not look, and why.
        case failed(String)
    }

    public var rule: WatchedRule
    public var outcome: Outcome

    public init(_ rule: WatchedRule, _ outcome: Outcome) {
        self.rule = rule
        self.outcome = outcome
    }
}
