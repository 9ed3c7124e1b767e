import Targets
import TimeSeries

/// One KPI with its newest value beside its target.
public struct KPIState: Sendable, Codable, Equatable {
    public enum Judgement: Sendable, Codable, Equatable {
        /// Its longest range is not yet covered by observed time: neither good nor bad.
        case warming(observed: Duration, needed: Duration)
        case met
        case missed
        /// No value, or its query failed; says why.
        case unknown(String)
        /// It has no target: shown, not judged.
        case unjudged
    }

    public var name: String
    /// The PromQL of `value`, without the target.
    public var expression: String
    /// As configured: "s", "%", "req/s", "B", "" …; values are in base units.
    public var unit: String
    /// nil: no value now.
    public var value: Double?
    /// "<", "<=", ">", ">=", and the limit in base units; nil without a target.
    public var comparison: String?
    public var limit: Double?
    public var judgement: Judgement
    public var history: History

    public init(
        name: String, expression: String, unit: String = "", value: Double? = nil,
        comparison: String? = nil, limit: Double? = nil, judgement: Judgement,
        history: History = History()
    ) {
        self.name = name
        self.expression = expression
        self.unit = unit
        self.value = value
        self.comparison = comparison
        self.limit = limit
        self.judgement = judgement
        self.history = history
    }

    /// nil while it counts neither way.
    public var health: Health? {
        switch judgement {
        case .warming, .unjudged: nil
        case .met: .ok
        case .missed: .degraded
        case .unknown: .unknown
        }
    }

    /// How many times better than its limit the value is: 9.7 is "9.7× clear", below 1 is a miss.
    /// nil without a value, a limit, or a meaningful quotient (either is 0 or negative).
    public var headroom: Double? {
        guard let value, let limit, let comparison, value > 0, limit > 0 else { return nil }
        return comparison.hasPrefix("<") ? limit / value : value / limit
    }
}

/// An alert whose condition is watched, with what people did about it and what keeps it quiet.
public struct AlertCondition: Sendable, Codable, Equatable {
    public enum State: Sendable, Codable, Equatable {
        /// The condition has held since then, not yet for `hold`.
        case pending(since: Timestamp, hold: Duration)
        case firing(since: Timestamp)
    }

    /// "page", "ticket" or "info".
    public var severity: String
    public var name: String
    /// The labels of the element that breaches, without the metric's name.
    public var labels: Labels
    public var value: Double
    /// "> 0.1": the comparison that holds.
    public var condition: String
    public var state: State
    /// A link, or the path of a Markdown file.
    public var runbook: String?
    /// What names the episode in pages and acts; nil where nobody is told.
    public var key: String?
    public var response = Response.open
    /// Why nobody is told: "silenced by bea until 14:00", "behind http/gateway".
    public var quiet: [String] = []
    /// It came and went too often to be told each time.
    public var isFlapping = false
    /// It was well lately and is held as firing for this long still.
    public var isRecovering = false
    /// Who was told, and who is next: "bea by ntfy, carlos at 14:32".
    public var told: String?
    /// What is wrong, in a sentence, where the rule has one.
    public var summary: String?

    public enum Response: Sendable, Codable, Equatable {
        case open
        case acknowledged(by: String, until: Timestamp?)
        case snoozed(by: String, until: Timestamp)
    }

    public init(
        severity: String, name: String, labels: Labels, value: Double, condition: String,
        state: State, runbook: String? = nil
    ) {
        self.severity = severity
        self.name = name
        self.labels = labels
        self.value = value
        self.condition = condition
        self.state = state
        self.runbook = runbook
    }

    /// Only what fires makes anything worse.
    public var health: Health {
        guard case .firing = state else { return .ok }
        switch severity {
        case "page": return .critical
        case "ticket": return .degraded
        default: return .ok
        }
    }
}
