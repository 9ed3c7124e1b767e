import TimeSeries

/// What a new configuration changes.
extension Desk {
    /// Takes another plan. Episodes that are open keep the receivers that know of them; what waits for
    /// Keeps in the history by which configuration is judged from now on. `digest` is that of its
    /// files.
    public mutating func noteConfiguration(_ digest: String, of path: String, at now: Timestamp) {
        var line = DeskLine(at: now, .configuration, digest, "in use")
        line.name = path
        changes.lines.append(line)
    }

    /// a receiver that is gone goes to its fallback.
    public mutating func use(_ new: PagingPlan, at now: Timestamp) {
        let before = plan.channels
        plan = new
        tokens = nil
        pager.roster = new.roster
        suppressionsAreStale = true
        let names = Set(new.channels.map(\.name))
        let removed = before.filter { !names.contains($0.name) }
        record(pager.mutateOutbox { $0.use(new.channels, replacing: removed, at: now) }, at: now)
        for channel in removed { channels[channel.name] = nil }
        changes.channels.formUnion(removed.map(\.name))
        advance(at: now)
    }

    /// Only these rules are watched now: the alerts of others end, which is not to say that they are
    /// well.
    public mutating func keepRules(_ ids: Set<String>, at now: Timestamp) {
        for (rule, known) in index where !ids.contains(rule) {
            end(Array(known.values), because: "its rule was removed, not necessarily well", at: now)
            index[rule] = nil
        }
        advance(at: now)
    }

    /// Only these targets are watched now: the alerts on others end.
    public mutating func keepTargets(_ targets: Set<String>, at now: Timestamp) {
        let gone = alerts.filter { $0.value.target.map { !targets.contains($0) } ?? false }
        guard !gone.isEmpty else { return }
        end(Array(gone.keys), because: "its target was removed, not necessarily well", at: now)
        for alert in gone.values { index[alert.rule]?[alert.element] = nil }
        advance(at: now)
    }

    private mutating func end(
        _ fingerprints: [Fingerprint], because reason: String, at now: Timestamp
    ) {
        for fingerprint in fingerprints.sorted() {
            guard var alert = alerts[fingerprint] else { continue }
            let before = alert.incident.cycle.state
            let effects = alert.incident.end()
            if before.isFiring { alert.endedAt = now }
            alert.breachedSince = nil
            alerts[fingerprint] = alert
            changes.alerts.insert(fingerprint)
            for id in alert.groups where before.isFiring { groups[id]?.remarks.append(reason) }
            if before != .inactive {
                changes.lines.append(
                    DeskLine(transition: alert, fingerprint, from: before, cause: reason, at: now))
            }
            apply(effects, fingerprint, now)
            if alert.isBlank { alerts[fingerprint] = nil }
        }
        suppressionsAreStale = true
    }

    /// Forgets what has been quiet for so long that nobody asks for its number.
    public mutating func forgetOld(at now: Timestamp) {
        let limit = now - Self.memory
        let named = Set(groups.values.flatMap { Array($0.members.told.union($0.members.firing)) })
        for (fingerprint, alert) in alerts
        where !alert.isFiring && alert.endedAt.map({ $0 < limit }) ?? false
            && !named.contains(fingerprint) && alert.isAbsent
        {
            alerts[fingerprint] = nil
            index[alert.rule]?[alert.element] = nil
            changes.alerts.insert(fingerprint)
        }
        for (id, group) in groups
        where group.key == nil && group.members.firing.isEmpty
            && group.changedAt.map({ $0 < limit }) ?? true
        {
            groups[id] = nil
            changes.groups.insert(id)
        }
        for (id, silence) in silences where silence.isEnded && silence.end < limit {
            silences[id] = nil
            changes.silences.insert(id)
        }
    }
}

extension Outbox {
    /// Takes other channels; what nobody has taken goes to the fallbacks of those that are gone.
    mutating func use(
        _ new: [Channel], replacing removed: [Channel], at now: Timestamp
    ) -> [OutboxEvent] {
        let fallbacks = Dictionary(
            removed.map { ($0.name, $0.fallback) }, uniquingKeysWith: { first, _ in first })
        use(new)
        var events: [OutboxEvent] = []
        for id in lanes.keys.sorted() where fallbacks[id.channel] != nil {
            guard let lane = lanes[id] else { continue }
            if let trigger = lane.openTrigger, !lane.hasEnded,
                let fallback = fallbacks[id.channel] ?? nil
            {
                events.append(.fellBack(trigger, to: fallback))
                events += begin(
                    id.key, on: fallback, trigger.severity, standsInFor: id.channel,
                    because: "it is no longer configured", at: now)
            }
            events += lane.queue.map { .cancelled($0) }
            close(id, isDead: true)
        }
        return events
    }
}
