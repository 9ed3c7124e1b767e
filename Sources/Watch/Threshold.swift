import Configuration
import Rules
import Snapshot
import TimeSeries

/// The elements of one `[[alert]]` that breach or lately did, with since when. A value: evaluation
/// gives the next one.
struct Threshold {
    private struct Element {
        var value: Double
        var breachedSince: Timestamp
        var firingSince: Timestamp?
        /// While firing: since when the value is well again.
        var wellSince: Timestamp?
    }

    let spec: AlertSpec
    private var elements: [Labels: Element] = [:]

    /// More breaching elements than this are one mistake in a rule, not so many alerts.
    static let elementLimit = 1000

    init(spec: AlertSpec) { self.spec = spec }

    /// Takes one evaluation's result: every element of the value, whether it breaches or not.
    mutating func evaluate(_ result: [(labels: Labels, value: Double)], at now: Timestamp) {
        var next: [Labels: Element] = [:]
        for (labels, value) in result.prefix(Threshold.elementLimit) {
            next[labels] = advance(elements[labels], value: value, at: now)
        }
        switch spec.noData {
        case .ok: break
        case .keep:
            next.merge(elements.filter { next[$0.key] == nil && !isIn(result, $0.key) }) { $1 }
        case .alert where result.isEmpty:
            next[Labels()] = advance(elements[Labels()], breaches: true, value: .nan, at: now)
        case .alert: break
        }
        elements = next
    }

    /// The elements that are pending or firing, in the order of their labels.
    var conditions: [AlertCondition] {
        elements.map { labels, element in
            AlertCondition(
                severity: spec.severity.rawValue, name: spec.name, labels: labels,
                value: element.value,
                condition: "\(spec.breach.comparison.rawValue) \(Quantity(spec.breach.limit).text)",
                state: element.firingSince.map { .firing(since: $0) }
                    ?? .pending(since: element.breachedSince, hold: spec.hold),
                runbook: spec.runbook)
        }
        .sorted { $0.labels.all.lexicographicallyPrecedes($1.labels.all) }
    }

    /// The same as alerts of a rule file are known: with the name, the severity and the configured
    /// labels.
    var alerts: [RuleAlert] {
        elements.map { labels, element in
            var labels = labels.withoutMetricName
            labels["severity"] = spec.severity.rawValue
            for (name, value) in spec.labels { labels[name] = value }
            labels["alertname"] = spec.name
            return RuleAlert(
                labels: labels, phase: element.firingSince == nil ? .pending : .firing,
                activeAt: element.breachedSince, keepFiringSince: element.wellSince,
                value: element.value)
        }
        .sorted { $0.labels < $1.labels }
    }

    private func isIn(_ result: [(labels: Labels, value: Double)], _ labels: Labels) -> Bool {
        result.contains { $0.labels == labels }
    }

    private func advance(_ element: Element?, value: Double, at now: Timestamp) -> Element? {
        let limit =
            element?.firingSince != nil ? spec.clear ?? spec.breach.limit : spec.breach.limit
        let goal = Goal(spec.breach.comparison, limit)
        return advance(element, breaches: goal.holds(for: value), value: value, at: now)
    }

    /// nil: the element is well and nothing of it is remembered.
    private func advance(
        _ element: Element?, breaches: Bool, value: Double, at now: Timestamp
    ) -> Element? {
        guard breaches else { return recovering(element, value: value, at: now) }
        var next = element ?? Element(value: value, breachedSince: now)
        next.value = value
        next.wellSince = nil
        if next.firingSince == nil, now.duration(since: next.breachedSince) >= spec.hold {
            next.firingSince = now
        }
        return next
    }

    private func recovering(_ element: Element?, value: Double, at now: Timestamp) -> Element? {
        guard var next = element, next.firingSince != nil else { return nil }
        next.value = value
        next.wellSince = next.wellSince ?? now
        let well = now.duration(since: next.wellSince ?? now)
        return well >= spec.keepFiringFor ? nil : next
    }
}
