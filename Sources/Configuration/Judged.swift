import Alerting
import PromQL
import Rules
import TimeSeries

/// A comparison with a limit in base units: "< 100ms" is `<` 0.1.
public struct Goal: Sendable, Hashable {
    public var comparison: Condition.Operator
    /// Seconds, bytes, ratio or a plain number.
    public var limit: Double

    public init(_ comparison: Condition.Operator, _ limit: Double) {
        self.comparison = comparison
        self.limit = limit
    }

    /// Whether the comparison is true of a value; never of NaN, but for `!=`.
    public func holds(for value: Double) -> Bool { comparison.holds(value, limit) }
}

/// `[[kpi]]`: a number to keep on the screen and, with a target, to judge.
public struct KPISpec: Sendable, Hashable {
    public var name: String
    /// PromQL, in base units.
    public var value: String
    /// How it is shown: "s", "%" (of a ratio), "req/s", "B"; "" for a plain number.
    public var unit: String
    /// nil: shown, not judged.
    public var target: Goal?

    public init(name: String, value: String, unit: String = "", target: Goal? = nil) {
        self.name = name
        self.value = value
        self.unit = unit
        self.target = target
    }
}

/// `[[alert]]`: a threshold on every element of a PromQL result.
public struct AlertSpec: Sendable, Hashable {
    public var name: String
    /// PromQL, without the comparison.
    public var value: String
    /// The side that breaches: `above` is `>`, `below` is `<`.
    public var breach: Goal
    /// While firing it ends on the safe side of this; nil means the limit itself.
    public var clear: Double?
    /// How long it must breach before it fires.
    public var hold = Duration.zero
    /// How long it must be well before it resolves.
    public var keepFiringFor = Duration.zero
    /// What an empty result means.
    public var noData: AlertRule.NoData
    public var severity: Severity
    /// A URL or a file.
    public var runbook: String?
    public var labels: [String: String] = [:]

    public init(
        name: String, value: String, breach: Goal, severity: Severity = .ticket,
        noData: AlertRule.NoData = .keep
    ) {
        self.name = name
        self.value = value
        self.breach = breach
        self.severity = severity
        self.noData = noData
    }
}

/// `[[slo]]`: what we promise over a window.
public struct SLOSpec: Sendable, Hashable {
    /// What counts as good.
    public enum Indicator: Sendable, Hashable {
        /// Good events of all; plain selectors of counters.
        case good(String, total: String)
        /// All events but the bad ones.
        case bad(String, total: String)
        /// Slices of time in which a value meets its target.
        case slices(value: String, target: Goal, slice: Duration)
    }

    public var name: String
    public var indicator: Indicator
    /// The least share that is good, 0…1, as written in percent.
    public var objective: Double
    /// How long the promise holds; of a calendar's window about as long.
    public var window: Duration
    /// The day or the month for which it holds; nil for a window that rolls.
    public var calendar: CalendarWindow?
    /// When too fast a burn tells people.
    public var tiers = BurnTier.standard
    /// What happens in a maintenance window that matches counts for nothing.
    public var excludesMaintenance = false
    public var labels: [String: String] = [:]
    public var runbook: String?

    public init(name: String, indicator: Indicator, objective: Double, window: Duration) {
        self.name = name
        self.indicator = indicator
        self.objective = objective
        self.window = window
    }

    /// Nil never happens for what the configuration accepts.
    public var level: ServiceLevel? { ServiceLevel(objective: objective, window: window) }

    /// Events in a second, where that is known.
    var eventsPerSecond: Double? {
        if case .slices(_, _, let slice) = indicator { 1 / slice.inSeconds } else { nil }
    }
}

/// `[rules]`: rule files of Prometheus, and files of `[[alert]]` and `[[slo]]`.
public struct RuleFiles: Sendable, Hashable {
    /// Paths, patterns already resolved, each once.
    public var files: [String] = []
    /// What rule files hold, in the order of the files.
    public var groups: [RuleGroup] = []
    /// What the other files hold.
    public var judged = JudgedFile()
    /// SHA-256 over all of them.
    public var digest = ""

    public init() {}
}
