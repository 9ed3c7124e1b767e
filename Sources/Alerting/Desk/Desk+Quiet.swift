import TimeSeries

/// What keeps alerts quiet: silences, maintenance, other alerts, parents that were not looked at.
extension Desk {
    /// How often what only time changes is looked at.
    private static let refreshInterval = Duration.seconds(5)

    /// The alerts that fire, as hiders of others.
    func hiding(adding rising: [Fingerprint] = []) -> HidingAlerts {
        guard !plan.inhibitions.isEmpty else { return HidingAlerts([], []) }
        let firing = alerts.filter { $0.value.isFiring }.map { ($0.key, $0.value.matched) }
        let coming = rising.compactMap { fingerprint in
            alerts[fingerprint].map { (fingerprint, $0.matched) }
        }
        return HidingAlerts(plan.inhibitions, firing + coming)
    }

    func suppressions(
        of alert: DeskAlert, _ fingerprint: Fingerprint, behind hiding: HidingAlerts,
        at now: Timestamp
    ) -> Set<Suppression> {
        let labels = alert.matched
        var reasons: Set<Suppression> = []
        for (id, silence) in silences where silence.silences(labels, at: now) {
            reasons.insert(.silence(id))
        }
        for window in plan.maintenance where window.silences(labels, at: now) {
            reasons.insert(.maintenance(window.comment))
        }
        if let source = hiding.source(hiding: labels, of: fingerprint) {
            reasons.insert(.inhibited(by: source))
        }
        if let hold = holds[fingerprint], !hold.isOver(at: now) { reasons.insert(.awaitingParents) }
        return reasons
    }

    /// Looks at all alerts that fire, where something changed that can make them quiet or heard.
    mutating func refreshSuppressions(at now: Timestamp) {
        let overdueHolds = holds.filter { $0.value.isOver(at: now) }
        for fingerprint in overdueHolds.keys { holds[fingerprint] = nil }
        let isDue = suppressedAt.map { now.duration(since: $0) >= Self.refreshInterval } ?? true
        guard suppressionsAreStale || isDue || !overdueHolds.isEmpty else { return }
        suppressionsAreStale = false
        suppressedAt = now
        let hiding = hiding()
        for (fingerprint, alert) in alerts where alert.isFiring {
            let before = alert.incident.suppressions
            let reasons = suppressions(of: alert, fingerprint, behind: hiding, at: now)
            guard reasons != before else { continue }
            let effects = alerts[fingerprint]?.incident.suppress(reasons) ?? []
            changes.alerts.insert(fingerprint)
            changes.lines.append(
                DeskLine(suppression: alert, fingerprint, reasons.map(words(of:)), at: now))
            if effects.contains(where: \.isRelease) { remember(before, fingerprint) }
            apply(effects, fingerprint, now)
        }
    }

    /// What hid an alert is told with the page that comes after.
    private mutating func remember(_ before: Set<Suppression>, _ fingerprint: Fingerprint) {
        let words = before.filter { $0 != .awaitingParents }.map(words(of:)).sorted()
        guard !words.isEmpty else { return }
        released[fingerprint] = "was quiet: \(words.joined(separator: ", "))"
    }

    /// In words for people: "silenced by bea until …" without the time, which is shown beside it.
    public func words(of reason: Suppression) -> String {
        switch reason {
        case .silence(let id):
            silences[id].map { "silenced by \($0.author): \($0.comment)" } ?? "silenced"
        case .maintenance(let comment): "maintenance: \(comment)"
        case .inhibited(let source): "behind \(alerts[source].map(named) ?? "another alert")"
        case .awaitingParents: "waiting for what it stands on"
        }
    }

    private func named(_ alert: DeskAlert) -> String {
        alert.target.map { "\(alert.name) of \($0)" } ?? alert.name
    }
}

/// Parents.
extension Desk {
    /// Keeps the page of a dependent back until its parents were looked at.
    mutating func awaitParents(of fingerprint: Fingerprint, at now: Timestamp) {
        guard let alert = alerts[fingerprint], alert.severity == .page, let target = alert.target,
            let parents = plan.parents[target], !parents.isEmpty
        else { return }
        holds[fingerprint] = ParentHold(
            parents: parents, firstBad: alert.breachedSince ?? now, at: now)
    }

    /// A target was looked at, whatever was found: dependents that waited for it may be heard.
    public mutating func looked(at target: String, _ sampled: Timestamp) {
        for fingerprint in holds.keys { holds[fingerprint]?.looked(at: target, sampled) }
    }

    /// Targets whose next result somebody waits for.
    public var awaited: Set<String> { holds.values.reduce(into: []) { $0.formUnion($1.waiting) } }
}

/// Silences.
extension Desk {
    mutating func settleSilences(at now: Timestamp) {
        for (id, silence) in silences {
            if !silence.isEnded {
                silences[id]?.settle(at: now)
                guard silences[id]?.isEnded == true else { continue }
                changes.silences.insert(id)
                suppressionsAreStale = true
                changes.lines.append(DeskLine(silence: "ended", id, silence, by: nil, at: now))
            } else if now.duration(since: silence.end) > Silence.longest {
                silences[id] = nil
                changes.silences.insert(id)
            }
        }
    }
}

extension IncidentEffect {
    fileprivate var isRelease: Bool { if case .release = self { true } else { false } }
}
