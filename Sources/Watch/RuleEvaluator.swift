import Configuration
import Execution
import Rules
import Snapshot
import Targets
import TimeSeries

/// Evaluates the groups of the rule files, each at its interval, beside the engine: a slow group
/// delays no collection, no snapshot and no `[[alert]]`.
actor RuleEvaluator {
    /// What is known of all groups now.
    struct Result: Sendable {
        var groups: [RuleGroupState] = []
        var alerts: [AlertCondition] = []
        var notices: [Notice] = []
    }

    /// Rules whose failure is named; of more, only how many there are.
    private static let noticeLimit = 5
    /// More alerts than this are one mistake in a rule, not so many alerts; the worst are shown.
    private static let alertLimit = Threshold.elementLimit

    private let head: Head
    private let store: any SeriesStore
    private var groups: [ScheduledGroup] = []
    private var removed: [RuleGroupRun] = []
    private var paging: PagingSettings
    private let executor = QueueExecutor("dogwatch.rules")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Alerts of rule files take up their `for` state from the store, as after a restart.
    init(head: Head, store: any SeriesStore, configuration: Configuration) {
        self.head = head
        self.store = store
        paging = configuration.paging
        groups = configuration.rules.groups.map {
            ScheduledGroup(
                RuleGroupRun($0, interval: configuration.watch.interval, restoresAlerts: true))
        }
    }

    /// Takes a new configuration. Rules that stay keep their alerts and series; the series of the
    /// others end at the next evaluation.
    func use(_ configuration: Configuration) {
        paging = configuration.paging
        var known = groups
        let interval = configuration.watch.interval
        groups = configuration.rules.groups.map { group in
            guard let index = known.firstIndex(where: { $0.run.group.isSame(as: group) }) else {
                return ScheduledGroup(RuleGroupRun(group, interval: interval))
            }
            var scheduled = known.remove(at: index)
            scheduled.use(group, interval: interval)
            return scheduled
        }
        removed += known.map(\.run)
    }

    /// Evaluates one group that is due. False when none is; asked again and again with the same
    /// time, each group is evaluated at most once.
    ///
    /// Of the times that a group has missed only the last counts.
    func evaluateOne(at now: Timestamp) -> Bool {
        endRemoved(at: now)
        guard let index = groups.firstIndex(where: { $0.due(at: now) != nil }),
            let time = groups[index].due(at: now)
        else { return false }
        groups[index].evaluate(at: time, in: surroundings, append: append)
        return true
    }

    /// Evaluates every group, due or not.
    func evaluateAll(at now: Timestamp) {
        for index in groups.indices {
            groups[index].evaluate(at: now, in: surroundings, append: append)
        }
    }

    var result: Result {
        let alerts = groups.flatMap { $0.conditions(paging) }.sortedByUrgency
        return Result(
            groups: groups.map(\.run.state), alerts: Array(alerts.prefix(Self.alertLimit)),
            notices: notices + surplus(alerts))
    }

    private func surplus(_ alerts: [AlertCondition]) -> [Notice] {
        let more = alerts.count - Self.alertLimit
        guard more > 0, let at = groups.compactMap(\.run.state.lastEvaluation).max() else {
            return []
        }
        let text = "\(more) more alerts of rule files are not shown: give their groups a limit"
        return [Notice(at: at, health: .degraded, text: text)]
    }

    private var append: RuleAppender {
        let head = head
        return { head.append($0, $1) }
    }

    private var surroundings: RuleSurroundings { RuleSurroundings(boundedOver: store) }

    private func endRemoved(at now: Timestamp) {
        for index in removed.indices { removed[index].end(at: now, append: append) }
        removed = []
    }

    private var notices: [Notice] {
        let failures = groups.flatMap { scheduled in
            scheduled.run.state.rules.compactMap { rule -> Notice? in
                guard case .failed(let reason) = rule.outcome, let at = rule.lastEvaluation else {
                    return nil
                }
                let text = "rule \(scheduled.run.group.name)/\(rule.name): \(reason)"
                return Notice(at: at, health: .unknown, text: cleaned(text))
            }
        }
        guard failures.count > Self.noticeLimit, let last = failures.last else { return failures }
        let more = failures.count - Self.noticeLimit
        return failures.prefix(Self.noticeLimit)
            + [Notice(at: last.at, health: .unknown, text: "\(more) more rules failed")]
    }
}

/// A group with the time of its last evaluation, and how its alerts are shown.
private struct ScheduledGroup {
    private(set) var run: RuleGroupRun
    private var last: Timestamp?
    private var looks: [AlertLook]

    init(_ run: RuleGroupRun) {
        self.run = run
        looks = run.group.rules.map(AlertLook.init)
    }

    /// Goes on with the group as a new configuration has it.
    mutating func use(_ group: RuleGroup, interval: Duration) {
        run = RuleGroupRun(group, interval: interval, continuing: run)
        looks = group.rules.map(AlertLook.init)
    }

    /// When the group should be evaluated by now: at once at first, then at the multiples of its
    /// interval, so that `for` counts whole intervals. nil while it is not due.
    func due(at now: Timestamp) -> Timestamp? {
        let interval = max(1, run.interval.milliseconds)
        let slot = Timestamp(milliseconds: now.milliseconds / interval * interval)
        // A clock that was set back must not stop evaluation until it has caught up.
        guard let last, last <= now + run.interval else { return now }
        return slot > last ? slot : nil
    }

    mutating func evaluate(
        at time: Timestamp, in surroundings: RuleSurroundings, append: RuleAppender
    ) {
        last = time
        run.evaluate(at: time, in: surroundings, append: append)
    }

    func conditions(_ paging: PagingSettings) -> [AlertCondition] {
        zip(run.state.rules, looks).flatMap { rule, look in look.conditions(of: rule, paging) }
    }
}

extension RuleGroup {
    /// Names are unique within a file.
    fileprivate func isSame(as other: RuleGroup) -> Bool {
        name == other.name && file == other.file
    }
}
