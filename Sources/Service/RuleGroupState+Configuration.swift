import Configuration
import PromQL
import Rules
import Snapshot
import TimeSeries

extension RuleGroupState {
    /// The `[[alert]]` tables of a configuration as one group of rules; nil without any.
    init?(_ configuration: Configuration, _ snapshot: Snapshot?) {
        guard !configuration.alerts.isEmpty else { return nil }
        let file = configuration.path
        self.init(
            name: file.split(separator: "/").last.map(String.init) ?? file, file: file,
            interval: configuration.watch.interval, lastEvaluation: snapshot?.takenAt,
            rules: configuration.alerts.map { RuleState($0, snapshot) })
    }
}

extension RuleState {
    fileprivate init(_ spec: AlertSpec, _ snapshot: Snapshot?) {
        let labels = spec.labels.merging(["severity": spec.severity.rawValue]) { $1 }
        let annotations = spec.runbook.map { ["runbook_url": $0] } ?? [:]
        let alerts = (snapshot?.alerts ?? []).filter { $0.name == spec.name }
        self.init(
            name: spec.name, query: spec.query, labels: labels,
            outcome: snapshot.map { Outcome(of: spec, in: $0) } ?? .unknown,
            lastEvaluation: snapshot?.takenAt,
            kind: .alerting(
                hold: spec.hold, keepFiringFor: spec.keepFiringFor, annotations: annotations,
                alerts: alerts.map { RuleAlert($0, labels: labels, annotations: annotations) }))
    }
}

extension RuleState.Outcome {
    /// A notice of the snapshot says where an alert's value could not be computed.
    fileprivate init(of spec: AlertSpec, in snapshot: Snapshot) {
        let prefix = "alert \"\(spec.name)\": "
        let notice = snapshot.notices.first { $0.text.hasPrefix(prefix) }
        self = notice.map { .failed(String($0.text.dropFirst(prefix.count))) } ?? .ok
    }
}

extension RuleAlert {
    fileprivate init(
        _ condition: AlertCondition, labels own: [String: String], annotations: [String: String]
    ) {
        let (phase, since): (Phase, Timestamp) =
            switch condition.state {
            case .pending(let since, _): (.pending, since)
            case .firing(let since): (.firing, since)
            }
        self.init(
            labels: condition.labels.merging(Labels(own)).with("alertname", condition.name),
            annotations: annotations, phase: phase, activeAt: since, value: condition.value)
    }
}

extension AlertSpec {
    /// The condition as PromQL, in its uniform spelling.
    fileprivate var query: String {
        let isPlain = (try? Expression(parsing: value))?.isPlainSelector == true
        let left = isPlain ? value : "(\(value))"
        let query = "\(left) \(breach.comparison.rawValue) \(breach.limit)"
        return (try? Expression(parsing: query))?.text ?? query
    }
}
