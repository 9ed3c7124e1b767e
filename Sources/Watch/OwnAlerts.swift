import Alerting
import TimeSeries

/// What the watch has to say of itself that people must hear of.
struct OwnAlerts {
    /// What the pager says of itself.
    struct PagerCondition: Sendable {
        /// What it knows is not on disk, and why.
        var notDurable: String?
        /// What was lost when the disk was read.
        var damage: String?
        /// Receivers that refuse us, with how the last attempt ended.
        var broken: [String: String] = [:]
        /// Schedules that have nobody on call within a week, with since when.
        var holes: [String: String] = [:]
    }

    var isolatedSince: Timestamp?
    /// Rules that cannot be evaluated, with why.
    var failing: [String: String] = [:]
    var pager = PagerCondition()
    var refusedConfiguration: String?
    /// Seconds by which collections begin late.
    var lag = 0.0

    private enum Name: String, CaseIterable {
        case isolated = "monitor_isolated"
        case notDurable = "state_not_durable"
        case damaged = "state_damaged"
        case ruleFails = "check_error"
        case refused = "config_invalid"
        case brokenReceiver = "receiver_broken"
        case hole = "on_call_hole"
        case lag = "evaluator_lag"
    }

    static var ruleIDs: Set<String> { Set(Name.allCases.map(id)) }

    /// One pass of each rule: an element for each thing that is wrong.
    func passes(interval: Duration) -> [RulePass] {
        Name.allCases.map { name in
            RulePass(rule(name, interval: interval), .elements(elements(name, interval: interval)))
        }
    }

    private static func id(_ name: Name) -> String { "watch/\(name.rawValue)" }

    private func rule(_ name: Name, interval: Duration) -> WatchedRule {
        var cycle = AlertRule(
            Threshold(unguarded: .greater, 0), hold: hold(name), noData: .ok)
        cycle.maxGap = interval * 2.5
        return WatchedRule(
            id: Self.id(name), name: name.rawValue, severity: severity(name), cycle: cycle,
            absenceIsWell: true)
    }

    private func severity(_ name: Name) -> Severity {
        switch name {
        case .isolated, .notDurable, .damaged: .page
        case .ruleFails, .refused, .brokenReceiver, .hole, .lag: .ticket
        }
    }

    private func hold(_ name: Name) -> Duration {
        switch name {
        case .ruleFails: .seconds(300)
        case .lag: .seconds(30)
        case .isolated, .notDurable, .damaged, .refused, .brokenReceiver, .hole: .zero
        }
    }

    private func elements(_ name: Name, interval: Duration) -> [AlertElement] {
        switch name {
        case .isolated:
            one(isolatedSince != nil, "our own network is down: nothing is known of the targets")
        case .notDurable:
            pager.notDurable.map { one(true, "pages are not kept over a crash: \($0)") } ?? []
        case .damaged: pager.damage.map { one(true, $0) } ?? []
        case .ruleFails:
            each(failing, label: "rule") { "rule \($0) cannot be evaluated: \($1)" }
        case .refused:
            refusedConfiguration.map {
                one(true, "the changed configuration is refused, the old one runs: \($0)")
            } ?? []
        case .brokenReceiver:
            each(pager.broken, label: "receiver") { "receiver \($0) refuses us: \($1)" }
        case .hole: each(pager.holes, label: "schedule") { "nobody is on call by \($0) \($1)" }
        case .lag:
            one(
                lag > 3 * interval.inSeconds,
                "collections begin \(Int(lag)) s late: this machine is too slow for the watch")
        }
    }

    private func one(_ isWrong: Bool, _ summary: String) -> [AlertElement] {
        isWrong ? [AlertElement(labels: Labels(), finding: .value(1), summary: summary)] : []
    }

    private func each(
        _ wrong: [String: String], label: String, _ summary: (String, String) -> String
    ) -> [AlertElement] {
        wrong.sorted { $0.key < $1.key }.prefix(20).map { name, why in
            AlertElement(
                labels: Labels([label: name]), finding: .value(1), summary: summary(name, why))
        }
    }
}
