import Checklist
import Configuration
import Rules
import Snapshot
import Targets
import TimeSeries
import Watch

extension WatchFacts {
    /// What a running watch knows of itself.
    init(_ configuration: Configuration, rules: [RuleGroupState], _ snapshot: Snapshot) {
        let now = snapshot.takenAt
        let paging = configuration.paging
        self.init(
            rules: rules.flatMap(\.rules).compactMap { Rule($0) }
                + configuration.alerts.map { Rule($0) },
            kpis: configuration.kpis.map { KPI(name: $0.name, query: $0.value) },
            shifts: paging.schedules.map { schedule in
                let shifts = schedule.schedule.shifts(from: now, to: now + .seconds(7 * 86_400))
                return Shifts(
                    schedule: schedule.name, now: schedule.schedule.person(at: now),
                    hole: shifts.first { $0.user == nil }?.start)
            },
            hasSecond: !paging.escalations.isEmpty
                && paging.escalations.allSatisfy { $0.steps.count > 1 },
            deadMan: paging.deadMan.map { _ in
                DeadMan(lastPing: snapshot.paging?.deadMan?.lastPing, interval: .seconds(60))
            })
    }
}

extension WatchFacts.Rule {
    /// nil for a recording rule.
    fileprivate init?(_ rule: RuleState) {
        guard case .alerting(_, _, let annotations, _) = rule.kind else { return nil }
        var failure: String?
        if case .failed(let why) = rule.outcome { failure = cleaned(why, limit: 120) }
        self.init(
            name: cleaned(rule.name, limit: 60), query: rule.query,
            runbook: annotations["runbook_url"] ?? annotations["runbook"], failure: failure,
            isEvaluated: rule.outcome != .unknown)
    }

    fileprivate init(_ alert: AlertSpec) {
        self.init(
            name: alert.name, query: alert.value, runbook: alert.runbook, isOwn: true)
    }
}
