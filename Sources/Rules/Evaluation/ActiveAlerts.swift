import TimeSeries

/// The alerts of one rule that are pending or firing. A value: each evaluation gives the next one.
struct ActiveAlerts: Sendable, Hashable {
    private var byLabels: [Labels: RuleAlert] = [:]

    /// In the order of their labels.
    var all: [RuleAlert] { byLabels.values.sorted { $0.labels < $1.labels } }

    var count: Int { byLabels.count }

    /// Takes the elements of one evaluation, as alerts that begin now.
    ///
    /// A known alert keeps its start and takes value and annotations; it fires once it has been
    /// active for `hold`. One that is not among the elements is over, but for one that fires: that
    /// goes on for `keepFiringFor`. Source: Prometheus' documentation, "Alerting rules".
    mutating func advance(_ elements: [RuleAlert], _ rule: Rule.Alerting, at now: Timestamp) {
        var next: [Labels: RuleAlert] = [:]
        for element in elements {
            var alert = byLabels[element.labels] ?? element
            alert.value = element.value
            alert.annotations = element.annotations
            alert.keepFiringSince = nil
            next[element.labels] = alert
        }
        for (labels, alert) in byLabels where next[labels] == nil {
            next[labels] = alert.kept(for: rule.keepFiringFor, at: now)
        }
        for (labels, alert) in next
        where alert.phase == .pending && now.duration(since: alert.activeAt) >= rule.hold {
            next[labels]?.phase = .firing
        }
        byLabels = next
    }

    mutating func removeAll() { byLabels = [:] }

    /// Moves the start of each alert that `start` knows of.
    mutating func restart(_ start: (RuleAlert) -> Timestamp?) {
        for (labels, alert) in byLabels {
            if let activeAt = start(alert) { byLabels[labels]?.activeAt = activeAt }
        }
    }
}

extension RuleAlert {
    /// The alert after its condition no longer holds; nil when it is over.
    fileprivate func kept(for duration: Duration, at now: Timestamp) -> RuleAlert? {
        guard phase == .firing, duration > .zero else { return nil }
        var alert = self
        let since = keepFiringSince ?? now
        alert.keepFiringSince = since
        return now.duration(since: since) < duration ? alert : nil
    }
}
