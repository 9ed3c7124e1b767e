import PromQL
import TimeSeries

/// A group of rules that is evaluated again and again. A value without a clock: the times come in,
/// samples and states go out.
public struct RuleGroupRun: Sendable {
    public let group: RuleGroup
    /// From one evaluation to the next.
    public let interval: Duration
    private var rules: [RuleRun]
    /// Series of rules that are no longer there; they end at the next evaluation.
    private var ending: [RuleRun] = []
    private var lastEvaluation: Timestamp?
    private var evaluationTime = Duration.zero
    /// Evaluations until the `for` state is restored; nil once it is.
    private var evaluationsToRestore: Int?

    /// - Parameters:
    ///   - interval: For a group that names none.
    ///   - restoresAlerts: After a start: alerts are not written before `restore`, which is due
    ///     after two evaluations, so that recording rules have written what alerts depend on.
    public init(_ group: RuleGroup, interval: Duration, restoresAlerts: Bool = false) {
        self.group = group
        self.interval = group.interval ?? interval
        rules = group.rules.map { RuleRun($0) }
        evaluationsToRestore = restoresAlerts ? 2 : nil
    }

    /// Takes over what an earlier run of the group knows: rules with the same name and labels keep
    /// their alerts and series, the series of the others end.
    public init(_ group: RuleGroup, interval: Duration, continuing old: RuleGroupRun) {
        self.init(group, interval: interval)
        var known = old.rules
        rules = group.rules.map { rule in
            guard let index = known.firstIndex(where: { $0.rule.isSame(as: rule) }) else {
                return RuleRun(rule)
            }
            return RuleRun(rule, continuing: known.remove(at: index))
        }
        ending = old.ending + known
        lastEvaluation = old.lastEvaluation
        evaluationTime = old.evaluationTime
        evaluationsToRestore = old.evaluationsToRestore
    }

    /// Evaluates all rules in order. Each one's samples are appended before the next is evaluated,
    /// so that later rules see what earlier ones recorded.
    public mutating func evaluate(
        at now: Timestamp, in surroundings: RuleSurroundings, append: RuleAppender
    ) {
        let start = surroundings.uptime()
        for index in rules.indices {
            rules[index].evaluate(
                group, at: now, in: surroundings, writesAlerts: evaluationsToRestore == nil,
                append: append)
        }
        for index in ending.indices {
            ending[index].endSeries(at: now - group.queryOffset, to: append)
        }
        ending = []
        lastEvaluation = now
        evaluationTime = surroundings.uptime() - start
        guard let left = evaluationsToRestore else { return }
        evaluationsToRestore = left - 1
        if left <= 1 { restore(at: now, from: surroundings.engine.source) }
    }

    /// Marks every series as ended, as when the group is removed.
    public mutating func end(at now: Timestamp, append: RuleAppender) {
        for index in rules.indices {
            rules[index].endSeries(at: now - group.queryOffset, to: append)
        }
    }

    public var state: RuleGroupState {
        RuleGroupState(
            name: group.name, file: group.file, interval: interval, limit: group.limit,
            lastEvaluation: lastEvaluation, evaluationTime: evaluationTime,
            rules: rules.map(\.state))
    }
}

// MARK: - Restart

extension RuleGroupRun {
    /// How long ago alerts may have been active last to be taken up again, and how long one of them
    /// waits at least before it fires. Source: Prometheus' `--rules.alert.for-outage-tolerance` and
    /// `--rules.alert.for-grace-period`.
    static let outageTolerance = Duration.seconds(3600)
    static let gracePeriod = Duration.seconds(600)

    /// Takes up the `for` state that was stored before a restart: the time in which nothing was
    /// watched does not count as time in which the condition held.
    mutating func restore(at now: Timestamp, from source: any SampleSource) {
        evaluationsToRestore = nil
        for index in rules.indices {
            guard let hold = rules[index].rule.alerting?.hold, hold >= Self.gracePeriod else {
                continue
            }
            let last = Self.lastStates(of: rules[index].rule.name, at: now, in: source)
            rules[index].restore { alert in
                last[alert.labels].map { Self.start(after: $0, hold: hold, at: now) }
            }
        }
    }

    /// The last sample of `ALERTS_FOR_STATE` by the labels of its alert; none of those that ended.
    private static func lastStates(
        of alert: String, at now: Timestamp, in source: any SampleSource
    ) -> [Labels: Sample] {
        let matchers = [
            Matcher(Labels.metricName, equals: AlertSeries.activeSince),
            Matcher("alertname", equals: alert),
        ]
        let series =
            (try? source.select(matchers, from: now - outageTolerance, through: now)) ?? []
        var last: [Labels: Sample] = [:]
        for one in series {
            // What cannot be decoded is as if it had not been stored: the alert begins anew.
            guard let sample = (try? one.samples())?.last, !sample.value.isStale else { continue }
            last[one.labels.withoutMetricName] = sample
        }
        return last
    }

    private static func start(
        after last: Sample, hold: Duration, at now: Timestamp
    ) -> Timestamp {
        let activeAt = Timestamp(seconds: last.value)
        let remaining = hold - last.time.duration(since: activeAt)
        if remaining <= .zero { return activeAt }
        if remaining < gracePeriod { return now + gracePeriod - hold }
        return activeAt + now.duration(since: last.time)
    }
}

extension Rule {
    /// Whether alerts and series of one are those of the other.
    fileprivate func isSame(as other: Rule) -> Bool {
        name == other.name && labels == other.labels
            && (alerting == nil) == (other.alerting == nil)
    }
}
