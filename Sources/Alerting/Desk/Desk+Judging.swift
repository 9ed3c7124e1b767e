import TimeSeries

extension Desk {
    /// Takes evaluations that were made at one time. What fires in the same pass already hides what
    /// stands on it.
    public mutating func judge(_ passes: [RulePass], at now: Timestamp) {
        let work = passes.flatMap { found(in: $0, at: now) }
        let rising = work.filter { wouldBegin($0, at: now) }
        for item in rising { awaitParents(of: item.fingerprint, at: now) }
        let hiding = hiding(adding: rising.map(\.fingerprint))
        for item in rising {
            guard let alert = alerts[item.fingerprint] else { continue }
            let reasons = suppressions(of: alert, item.fingerprint, behind: hiding, at: now)
            apply(alerts[item.fingerprint]?.incident.suppress(reasons) ?? [], item.fingerprint, now)
        }
        for item in work { evaluate(item, at: now) }
        for pass in passes { forgetBlank(of: pass.rule) }
        advance(at: now)
    }

    /// One alert with what was found of it.
    fileprivate struct Work {
        var fingerprint: Fingerprint
        var rule: WatchedRule
        var finding: Finding
        var element: AlertElement?
        /// The alert stood for a result without elements, and there are some again.
        var isOver = false
    }

    private mutating func found(in pass: RulePass, at now: Timestamp) -> [Work] {
        let rule = pass.rule
        let known = index[rule.id] ?? [:]
        guard case .elements(let elements) = pass.outcome else {
            return known.values.map { Work(fingerprint: $0, rule: rule, finding: .error) }
        }
        var seen: Set<Fingerprint> = []
        var work: [Work] = []
        for element in elements.prefix(Self.elementLimit) {
            let fingerprint = fingerprint(of: element, rule, at: now)
            guard seen.insert(fingerprint).inserted else { continue }
            work.append(
                Work(
                    fingerprint: fingerprint, rule: rule, finding: element.finding,
                    element: element))
        }
        if elements.isEmpty, !rule.absenceIsWell, known.isEmpty {
            let nothing = AlertElement(labels: Labels(), finding: .noData)
            work.append(
                Work(
                    fingerprint: fingerprint(of: nothing, rule, at: now), rule: rule,
                    finding: .noData))
        }
        for (labels, fingerprint) in known where !seen.contains(fingerprint) {
            let stoodForAll = labels.isEmpty && !elements.isEmpty
            work.append(
                Work(
                    fingerprint: fingerprint, rule: rule,
                    finding: rule.absenceIsWell ? .value(0) : .noData, isOver: stoodForAll))
        }
        return work
    }

    /// Of a known alert, or of a new one that begins its life here.
    private mutating func fingerprint(
        of element: AlertElement, _ rule: WatchedRule, at now: Timestamp
    ) -> Fingerprint {
        if let known = index[rule.id]?[element.labels] {
            raise(known, to: element.severity ?? rule.severity, at: now)
            return known
        }
        var labels = element.labels
        for label in rule.labels.all { labels[label.name] = label.value }
        let fingerprint = Fingerprint(rule: rule.id, labels)
        index[rule.id, default: [:]][element.labels] = fingerprint
        if alerts[fingerprint] == nil {
            alerts[fingerprint] = DeskAlert(rule, labels, element: element.labels)
        }
        alerts[fingerprint]?.target = element.target
        alerts[fingerprint]?.severity = element.severity ?? rule.severity
        return fingerprint
    }

    private func wouldBegin(_ item: Work, at now: Timestamp) -> Bool {
        guard let alert = alerts[item.fingerprint], !alert.isFiring, !item.isOver else {
            return false
        }
        var cycle = alert.incident.cycle
        return cycle.evaluate(item.finding, by: item.rule.cycle, at: now) == .firing
    }

    private mutating func evaluate(_ item: Work, at now: Timestamp) {
        guard var alert = alerts[item.fingerprint] else { return }
        let before = alert.incident
        let effects: [IncidentEffect]
        if alert.isRestored {
            alert.incident.resume(at: now, by: item.rule.cycle)
            alert.isRestored = false
            // What must be observed in full again has been so since now.
            if alert.incident.cycle.state == .pending(breached: .zero) { alert.breachedSince = nil }
        }
        if item.isOver {
            effects = alert.incident.end()
        } else {
            effects = alert.incident.evaluate(item.finding, by: item.rule.cycle, at: now)
        }
        note(item, in: &alert, at: now)
        let isChanged = before.cycle.state.word != alert.incident.cycle.state.word
        alerts[item.fingerprint] = alert
        if isChanged { transition(of: item.fingerprint, from: before.cycle.state, item, at: now) }
        apply(effects, item.fingerprint, now)
        tellFlapping(item.fingerprint, was: before.cycle.flaps.isFlapping)
    }

    private func note(_ item: Work, in alert: inout DeskAlert, at now: Timestamp) {
        if item.element != nil || item.finding == .noData {
            alert.note(item.element, of: item.rule)
        }
        let isKnown = item.finding != .error && item.finding != .noData
        alert.unknownSince = isKnown ? nil : alert.unknownSince ?? now
        alert.isAbsent = item.element == nil
        switch alert.incident.cycle.state {
        case .inactive: alert.breachedSince = nil
        case .pending, .firing, .recovering: alert.breachedSince = alert.breachedSince ?? now
        }
    }

    /// Writes down where an alert went, and why.
    private mutating func transition(
        of fingerprint: Fingerprint, from before: AlertState, _ item: Work, at now: Timestamp
    ) {
        guard var alert = alerts[fingerprint] else { return }
        if alert.isFiring, !before.isFiring {
            alert.firedAt = now
            alert.endedAt = nil
            alert.hasToldFlapping = false
        }
        if !alert.isFiring, before.isFiring { alert.endedAt = now }
        alerts[fingerprint] = alert
        changes.alerts.insert(fingerprint)
        suppressionsAreStale = suppressionsAreStale || alert.isFiring != before.isFiring
        changes.lines.append(
            DeskLine(
                transition: alert, fingerprint, from: before, cause: item.cause, at: now))
    }

    /// One word to those who know of it, once an episode.
    private mutating func tellFlapping(_ fingerprint: Fingerprint, was wasFlapping: Bool) {
        guard let alert = alerts[fingerprint], alert.isFiring,
            alert.incident.cycle.flaps.isFlapping,
            !wasFlapping, !alert.hasToldFlapping
        else { return }
        alerts[fingerprint]?.hasToldFlapping = true
        changes.alerts.insert(fingerprint)
        for id in alert.groups { groups[id]?.remarks.append("flapping: it comes and goes") }
        changes.groups.formUnion(alert.groups)
        due.updates.formUnion(alert.groups)
    }

    /// An alert that gets louder or quieter is told where its new severity goes.
    private mutating func raise(
        _ fingerprint: Fingerprint, to severity: Severity, at now: Timestamp
    ) {
        guard var alert = alerts[fingerprint], alert.severity != severity else { return }
        if alert.isFiring { leave(fingerprint, at: now) }
        // Whoever had it is asked again: the new group begins with its first level.
        _ = alert.incident.raise(from: alert.severity, to: severity)
        alert.severity = severity
        alert.groups = []
        alerts[fingerprint] = alert
        changes.alerts.insert(fingerprint)
        if alert.incident.telling == .told { join(fingerprint, at: now) }
    }

    /// Elements that are gone, that never fired and of which nothing is to be expected.
    private mutating func forgetBlank(of rule: WatchedRule) {
        guard rule.absenceIsWell || rule.cycle.noData == .ok else { return }
        for (labels, fingerprint) in index[rule.id] ?? [:] {
            guard let alert = alerts[fingerprint], alert.isBlank, alert.isAbsent else { continue }
            alerts[fingerprint] = nil
            index[rule.id]?[labels] = nil
        }
    }
}

extension Desk.Work {
    var cause: String {
        if isOver { return "data is back" }
        switch finding {
        case .value(let value): return "value \(value)"
        case .noData: return "no data"
        case .error: return "the rule failed"
        }
    }
}
