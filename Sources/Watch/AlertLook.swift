import Configuration
import PromQL
import Rules
import Snapshot
import TimeSeries

/// How the alerts of one rule are shown.
struct AlertLook {
    /// "> 0.1": the comparison at the top of the rule's expression; "" where there is none.
    private let comparison: String

    init(_ rule: Rule) {
        switch Condition(rule.expression).test {
        case .limit(let op, let limit): comparison = "\(op.rawValue) \(Quantity(limit).text)"
        case .computed(let op, let limit): comparison = "\(op.rawValue) \(limit.text)"
        case .inside, .present, .none: comparison = ""
        }
    }

    func conditions(of rule: RuleState, _ paging: PagingSettings) -> [AlertCondition] {
        guard case .alerting(let hold, _, _, let alerts) = rule.kind else { return [] }
        return alerts.map { alert in
            let severity = paging.severity(of: alert.labels["severity"]) ?? .ticket
            return AlertCondition(
                severity: severity.rawValue, name: rule.name,
                labels: alert.labels.without("alertname"), value: alert.value,
                condition: comparison,
                state: alert.phase == .firing
                    ? .firing(since: alert.activeAt + hold)
                    : .pending(since: alert.activeAt, hold: hold),
                runbook: alert.annotations["runbook_url"] ?? alert.annotations["runbook"])
        }
    }
}

extension RuleSurroundings {
    /// Over what the watch keeps, within the bounds of its other queries; a cancelled task ends its
    /// query.
    init(boundedOver store: any SampleSource) {
        let start = ContinuousClock.now
        self.init(
            engine: PromQL.Engine(store, options: Question.options),
            deadline: {
                let isOver = PromQL.Engine.passed(.now + Question.timeLimit)
                return { isOver() || Task.isCancelled }
            },
            uptime: { .now - start })
    }
}
