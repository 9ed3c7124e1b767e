import PromQL
import TimeSeries

/// One rule with what it remembers from evaluation to evaluation.
struct RuleRun: Sendable {
    let rule: Rule
    private(set) var alerts = ActiveAlerts()
    private(set) var series = LiveSeries()
    private(set) var outcome = RuleState.Outcome.unknown
    private var lastEvaluation: Timestamp?
    private var evaluationTime = Duration.zero

    init(_ rule: Rule) { self.rule = rule }

    /// With the memory of an earlier run of the same rule.
    init(_ rule: Rule, continuing old: RuleRun) {
        self.init(rule)
        (alerts, series, outcome) = (old.alerts, old.series, old.outcome)
        (lastEvaluation, evaluationTime) = (old.lastEvaluation, old.evaluationTime)
    }

    /// - Parameters:
    ///   - writesAlerts: False until the `for` state is restored.
    mutating func evaluate(
        _ group: RuleGroup, at now: Timestamp, in surroundings: RuleSurroundings,
        writesAlerts: Bool, append: RuleAppender
    ) {
        let start = surroundings.uptime()
        let time = now - group.queryOffset
        do throws(RuleFailure) {
            let elements = try surroundings.elements(of: rule.expression, at: time)
            let samples = try samples(
                of: elements, limit: group.limit, at: now, time, in: surroundings)
            let written = rule.alerting == nil || writesAlerts ? samples : []
            outcome = Self.outcome(of: series.append(written, at: time, to: append))
        } catch {
            outcome = .failed(error.reason)
        }
        lastEvaluation = now
        evaluationTime = surroundings.uptime() - start
    }

    private mutating func samples(
        of elements: [VectorElement], limit: Int, at now: Timestamp, _ time: Timestamp,
        in surroundings: RuleSurroundings
    ) throws(RuleFailure) -> [RuleSample] {
        guard let alerting = rule.alerting else {
            return try recorded(elements, limit: limit, at: time)
        }
        let new = elements.map { alert(alerting, $0, at: now, in: surroundings) }
        guard Set(new.map(\.labels)).count == new.count else {
            throw RuleFailure(
                "vector contains metrics with the same labelset after applying alert labels")
        }
        alerts.advance(new, alerting, at: now)
        guard limit == 0 || alerts.count <= limit else {
            let count = alerts.count
            alerts.removeAll()
            throw RuleFailure("exceeded limit of \(limit) with \(count) alerts")
        }
        return alerts.all.flatMap { $0.samples(at: time) }
    }

    private func recorded(
        _ elements: [VectorElement], limit: Int, at time: Timestamp
    ) throws(RuleFailure) -> [RuleSample] {
        let samples = elements.map { element in
            var labels = element.labels
            labels[Labels.metricName] = rule.name
            for (name, value) in rule.labels { labels[name] = value }
            return RuleSample(labels, Sample(time, element.value))
        }
        guard Set(samples.map(\.labels)).count == samples.count else {
            throw RuleFailure(
                "vector contains metrics with the same labelset after applying rule labels")
        }
        guard limit == 0 || samples.count <= limit else {
            throw RuleFailure("exceeded limit of \(limit) with \(samples.count) series")
        }
        return samples
    }

    private func alert(
        _ alerting: Rule.Alerting, _ element: VectorElement, at now: Timestamp,
        in surroundings: RuleSurroundings
    ) -> RuleAlert {
        let data = surroundings.templateData(of: element, at: now)
        var labels = element.labels.withoutMetricName
        for (name, template) in alerting.labels {
            labels[name] = template.text(with: data, alert: rule.name)
        }
        labels["alertname"] = rule.name
        return RuleAlert(
            labels: labels,
            annotations: alerting.annotations.mapValues {
                $0.text(with: data, alert: rule.name)
            },
            phase: .pending, activeAt: now, value: element.value)
    }

    private static func outcome(of counts: AppendCounts) -> RuleState.Outcome {
        if counts.seriesLimit > 0 {
            return .failed(
                "\(counts.seriesLimit) series were not kept: the series limit is reached")
        }
        if counts.outOfOrder > 0 {
            return .failed("\(counts.outOfOrder) samples are older than what is stored")
        }
        return .ok
    }

    // MARK: - Beginning and end

    /// Moves the start of alerts to where it was before a restart.
    mutating func restore(_ start: (RuleAlert) -> Timestamp?) { alerts.restart(start) }

    mutating func endSeries(at time: Timestamp, to append: RuleAppender) {
        series.end(at: time, to: append)
    }

    var state: RuleState {
        RuleState(
            name: rule.name, query: rule.expression.source, labels: rule.labels, outcome: outcome,
            lastEvaluation: lastEvaluation, evaluationTime: evaluationTime, kind: kind)
    }

    private var kind: RuleState.Kind {
        guard let alerting = rule.alerting else { return .recording }
        return .alerting(
            hold: alerting.hold, keepFiringFor: alerting.keepFiringFor,
            annotations: alerting.annotations.mapValues(\.source), alerts: alerts.all)
    }
}
