import Alerting
import Configuration
import Execution
import struct PromQL.Condition
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
        var notices: [Notice] = []
    }

    /// Evaluations that the pager has not been given.
    private var passes: [RulePass] = []
    private var targets: TargetNames

    /// Rules whose failure is named; of more, only how many there are.
    private static let noticeLimit = 5
    /// More alerts than this are one mistake in a rule, not so many alerts; the worst are kept.
    private static let alertLimit = Desk.elementLimit

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
        targets = TargetNames(configuration.targets)
        groups = configuration.rules.groups.map {
            ScheduledGroup(
                RuleGroupRun($0, interval: configuration.watch.interval, restoresAlerts: true))
        }
    }

    /// Takes a new configuration. Rules that stay keep their alerts and series; the series of the
    /// others end at the next evaluation.
    func use(_ configuration: Configuration) {
        paging = configuration.paging
        targets = TargetNames(configuration.targets)
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
        passes += groups[index].passes(paging, targets)
        return true
    }

    /// What was evaluated since this was last asked, for the pager.
    func takePasses() -> [RulePass] {
        defer { passes = [] }
        return passes
    }

    /// The ids of the rules that are watched here.
    var ruleIDs: Set<String> { Set(groups.flatMap(\.ids)) }

    /// Evaluates every group, due or not.
    func evaluateAll(at now: Timestamp) {
        for index in groups.indices {
            groups[index].evaluate(at: now, in: surroundings, append: append)
            passes += groups[index].passes(paging, targets)
        }
    }

    var result: Result {
        Result(groups: groups.map(\.run.state), notices: notices + surplus)
    }

    private var surplus: [Notice] {
        groups.flatMap { group in
            group.run.state.rules.compactMap { rule -> Notice? in
                guard case .alerting(_, _, _, let alerts) = rule.kind, let at = rule.lastEvaluation,
                    alerts.count > Self.alertLimit
                else { return nil }
                let more = alerts.count - Self.alertLimit
                let text =
                    "\(more) more alerts of rule \(rule.name) are not kept: give its group a limit"
                return Notice(at: at, health: .degraded, text: cleaned(text))
            }
        }
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
    private var conditions: [Condition]

    init(_ run: RuleGroupRun) {
        self.run = run
        conditions = run.group.rules.map { Condition($0.expression) }
    }

    /// Goes on with the group as a new configuration has it.
    mutating func use(_ group: RuleGroup, interval: Duration) {
        run = RuleGroupRun(group, interval: interval, continuing: run)
        conditions = group.rules.map { Condition($0.expression) }
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

    /// Rules of one name are told apart by their order.
    var ids: [String] {
        var seen: [String: Int] = [:]
        return run.group.rules.map { rule in
            let id = "rules/\(run.group.file)/\(run.group.name)/\(rule.name)"
            seen[id, default: 0] += 1
            let count = seen[id] ?? 1
            return count > 1 ? "\(id)#\(count)" : id
        }
    }

    /// What the alerting rules found when they were last evaluated.
    func passes(_ paging: PagingSettings, _ targets: TargetNames) -> [RulePass] {
        let state = run.state
        let ids = ids
        return state.rules.indices.compactMap { index in
            RulePass(
                state.rules[index], id: ids[index], of: state, conditions[index], paging, targets)
        }
    }
}

extension RuleGroup {
    /// Names are unique within a file.
    fileprivate func isSame(as other: RuleGroup) -> Bool {
        name == other.name && file == other.file
    }
}
