import TimeSeries

/// One alert with everything that is known of it: what the desk keeps and writes down.
public struct DeskAlert: Sendable, Codable {
    /// The id of its rule.
    public let rule: String
    public let name: String
    /// Of the element and the rule; they tell it from others.
    public let labels: Labels
    /// Of the element alone, by which it is found again.
    let element: Labels
    public internal(set) var severity: Severity
    /// The target of the watch that it is about.
    public internal(set) var target: String?
    public internal(set) var incident = Incident()
    public internal(set) var value: Double?
    public internal(set) var summary: String?
    public internal(set) var comparison: String?
    public internal(set) var threshold: Double?
    public internal(set) var unit = ""
    public internal(set) var runbook: String?
    public internal(set) var budget: Page.Alert.Budget?
    /// How long a breach must last before it fires.
    public internal(set) var hold = Duration.zero
    /// Since when it breaches, pending or firing.
    public internal(set) var breachedSince: Timestamp?
    /// When the present episode began to fire, or the last one did.
    public internal(set) var firedAt: Timestamp?
    /// When the last episode ended; nil while one lasts.
    public internal(set) var endedAt: Timestamp?
    /// Since when nobody can say whether it breaches; nil while that is known.
    public internal(set) var unknownSince: Timestamp?
    /// The groups that were given its present episode.
    var groups: [String] = []
    /// Whether those who were told know that it flaps.
    var hasToldFlapping = false
    /// Read back after a restart and not judged since.
    var isRestored = false
    /// The last result of its rule was without it.
    var isAbsent = false

    private enum CodingKeys: String, CodingKey {
        case rule, name, labels, element, severity, target, incident, value, summary, comparison,
            threshold
        case unit, runbook, budget, hold, breachedSince, firedAt, endedAt, unknownSince, groups
        case hasToldFlapping
    }

    init(_ rule: WatchedRule, _ labels: Labels, element: Labels) {
        self.rule = rule.id
        name = rule.name
        self.labels = labels
        self.element = element
        severity = rule.severity
    }

    /// What matchers see: its labels with its name, its severity and its target.
    public var matched: Labels {
        var labels = labels
        labels["alertname"] = name
        labels["severity"] = severity.rawValue
        if let target, labels["target"].isEmpty { labels["target"] = target }
        return labels
    }

    public var isFiring: Bool { incident.cycle.state.isFiring }

    /// Nothing of it is worth keeping: it is well, and never fired.
    var isBlank: Bool {
        incident.cycle.state == .inactive && incident.cycle.episode == 0
            && incident.endedByHand == nil
    }

    mutating func note(_ element: AlertElement?, of rule: WatchedRule) {
        comparison = rule.comparison
        threshold = rule.threshold
        unit = rule.unit
        hold = rule.cycle.hold
        runbook = element?.runbook ?? rule.runbook
        value = element?.value
        budget = element?.budget
        guard let element else { return }
        summary = element.summary
        target = element.target
    }
}

extension DeskAlert {
    /// The clock was set: what lies so far back still does.
    mutating func clockWasSet(by step: Duration) {
        incident.clockWasSet(by: step)
        breachedSince = breachedSince.map { $0 + step }
        firedAt = firedAt.map { $0 + step }
        endedAt = endedAt.map { $0 + step }
        unknownSince = unknownSince.map { $0 + step }
    }

    /// The latest instant that it knows of.
    var newest: Timestamp? {
        [incident.cycle.lastEvaluation, firedAt, endedAt, unknownSince].compactMap(\.self).max()
    }

    /// As pages tell it.
    func told(as fingerprint: Fingerprint, changes: [String] = []) -> Page.Alert {
        let isMissing = isFiring && value == nil && summary == nil
        return Page.Alert(
            fingerprint: fingerprint.description, episode: max(1, incident.cycle.episode),
            rule: name, labels: labels.without("alertname"),
            summary: (summary ?? name) + (isMissing ? ": NO DATA" : ""), value: value, unit: unit,
            comparison: comparison, threshold: threshold,
            startsAt: firedAt ?? breachedSince ?? .distantPast, endsAt: isFiring ? nil : endedAt,
            runbook: runbook, since: breachedSince == firedAt ? nil : breachedSince,
            budget: budget, changes: changes)
    }
}
