import TimeSeries

/// What is told together, and when.
extension Desk {
    /// Does what a change of an alert asks for.
    mutating func apply(
        _ effects: [IncidentEffect], _ fingerprint: Fingerprint, _ now: Timestamp
    ) {
        guard !effects.isEmpty else { return }
        changes.alerts.insert(fingerprint)
        let ids = alerts[fingerprint]?.groups ?? []
        for effect in effects {
            switch effect {
            case .trigger, .release: join(fingerprint, at: now)
            case .hold, .cancel: break
            case .resolve: leave(fingerprint, at: now)
            case .acknowledge: due.acknowledged.formUnion(alerts[fingerprint]?.groups ?? ids)
            case .reopen: due.reopened.formUnion(ids)
            case .stopEscalation: due.stopped.formUnion(ids)
            }
        }
    }

    /// Gives an alert to the groups that its routes name.
    mutating func join(_ fingerprint: Fingerprint, at now: Timestamp) {
        guard let alert = alerts[fingerprint] else { return }
        let labels = alert.matched
        var ids: [String] = []
        for target in plan.targets(of: labels, alert.severity) {
            let values = target.values(of: labels)
            let id = DeskGroup.id(route: target, severity: alert.severity, values: values)
            var group =
                groups[id] ?? DeskGroup(route: target, severity: alert.severity, values: values)
            if group.key == nil {
                group.audience = Audience(
                    target.destinations[alert.severity] ?? [], plan.roster)
            }
            group.members.fire(fingerprint, at: now)
            if let remark = released.removeValue(forKey: fingerprint) {
                group.remarks.append(remark)
            }
            groups[id] = group
            ids.append(id)
        }
        alerts[fingerprint]?.groups = ids
        changes.groups.formUnion(ids)
    }

    /// Takes an alert that ended out of its groups. Its groups still know what it was.
    mutating func leave(_ fingerprint: Fingerprint, at now: Timestamp) {
        for id in alerts[fingerprint]?.groups ?? [] {
            groups[id]?.members.resolve(fingerprint, at: now)
            changes.groups.insert(id)
        }
    }

    /// Tells what is due of every group.
    mutating func tellGroups(at now: Timestamp) {
        let dueGroups = groups.filter { $0.value.members.nextFlush.map { $0 <= now } ?? false }
        for id in dueGroups.keys.sorted() { flush(id, at: now) }
        let work = due
        due = GroupWork()
        for id in work.reopened.sorted() { reopen(id, because: "acknowledgement is over", at: now) }
        for id in work.stopped.subtracting(work.reopened).sorted() where isTaken(id) {
            if let key = groups[id]?.key { pager.stop(key) }
        }
        for id in work.acknowledged.subtracting(work.reopened).sorted() where isTaken(id) {
            guard let group = groups[id], let key = group.key else { continue }
            pager.acknowledge(key, group.severity, at: now)
        }
        for id in work.updates.subtracting(work.reopened).sorted() {
            guard let group = groups[id], let key = group.key else { continue }
            record(pager.update(key, group.severity, at: now), at: now)
        }
    }

    /// Whether somebody has every alert of a group.
    func isTaken(_ id: String) -> Bool {
        guard let group = groups[id], !group.members.firing.isEmpty else { return false }
        return group.members.firing.allSatisfy { alerts[$0]?.incident.response.isTaken == true }
    }

    private mutating func flush(_ id: String, at now: Timestamp) {
        guard var group = groups[id] else { return }
        changes.groups.insert(id)
        let isKnown = group.key != nil
        let told = group.members.told
        guard let notification = group.members.flush(at: now) else {
            groups[id] = group
            return
        }
        groups[id] = group
        guard isKnown, let key = group.key else {
            if !notification.firing.isEmpty { open(id, at: now) }
            return
        }
        if notification.isResolved { return close(id, key, at: now) }
        let joined = notification.firing.filter { !told.contains($0) }
        let others = told.contains { alerts[$0]?.incident.response.isTaken == true }
        if !joined.isEmpty, others, group.severity == .page {
            reopen(id, because: "new in an acknowledged group", at: now)
        } else if !isTaken(id) || !joined.isEmpty || !notification.resolved.isEmpty {
            record(pager.update(key, group.severity, at: now), at: now)
        }
    }

    private mutating func open(_ id: String, at now: Timestamp) {
        guard var group = groups[id] else { return }
        group.episode += 1
        group.changedAt = now
        let key = group.fingerprint.key(of: group.episode, instance: instance)
        group.key = key
        groups[id] = group
        keys[key] = id
        let isExempt = group.members.firing.contains {
            alerts[$0]?.labels["storm_exempt"] == "true"
        }
        record(
            pager.begin(
                key, group.severity, to: group.audience, isStormExempt: isExempt, at: now), at: now)
        if isTaken(id) { pager.acknowledge(key, group.severity, at: now) }
    }

    private mutating func close(_ id: String, _ key: String, at now: Timestamp) {
        guard let severity = groups[id]?.severity else { return }
        record(pager.end(key, severity, at: now), at: now)
        // The end is written while the group still knows who it is about.
        writePages(at: now)
        keys[key] = nil
        groups[id]?.key = nil
        groups[id]?.remarks = []
        groups[id]?.changedAt = now
    }

    private mutating func reopen(_ id: String, because remark: String, at now: Timestamp) {
        guard let group = groups[id], let key = group.key else { return }
        groups[id]?.remarks.append(remark)
        changes.groups.insert(id)
        record(pager.reopen(key, group.severity, to: group.audience, at: now), at: now)
    }
}

/// What people have.
extension Desk {
    mutating func settleResponses(at now: Timestamp) {
        for fingerprint in answered {
            guard let alert = alerts[fingerprint], alert.incident.response.isTaken else {
                answered.remove(fingerprint)
                continue
            }
            apply(alerts[fingerprint]?.incident.settle(at: now) ?? [], fingerprint, now)
        }
    }
}

extension RouteTarget {
    /// The labels that a group is made of.
    func values(of labels: Labels) -> Labels {
        if groupBy.contains("...") { return labels.without("severity") }
        var values = Labels()
        for name in groupBy where !labels[name].isEmpty { values[name] = labels[name] }
        return values
    }
}
