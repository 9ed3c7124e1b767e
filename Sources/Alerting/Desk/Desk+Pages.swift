import TimeSeries

/// What messages say. It is written when a message is decided, so that it tells of that time.
extension Desk {
    /// More alerts than these are only counted.
    private static let mostAlerts = 20
    /// What changed is mentioned for this long.
    private static let recent = Duration.seconds(1800)

    /// Writes the messages that have no words yet.
    mutating func writePages(at now: Timestamp) {
        let fresh = pager.outbox.unwritten
        guard !fresh.isEmpty else { return }
        var spoken: Set<String> = []
        let recent = recentAlerts(at: now)
        for entry in fresh {
            let page = page(for: entry, beside: recent, at: now)
            pager.mutateOutbox { $0.write(page, for: entry) }
            if let id = keys[entry.key] { spoken.insert(id) }
        }
        for id in spoken where groups[id]?.remarks.isEmpty == false {
            groups[id]?.remarks = []
            changes.groups.insert(id)
        }
    }

    /// Looked up once for all messages of one time.
    private mutating func recentAlerts(at now: Timestamp) -> RecentAlerts {
        if let known = recentlyFired, known.at == now { return known.alerts }
        let alerts = RecentAlerts(alerts, since: now - Self.recent)
        recentlyFired = (now, alerts)
        return alerts
    }

    private func page(
        for entry: OutboxEntry, beside recent: RecentAlerts, at now: Timestamp
    ) -> Page {
        if let gathering = pager.gathered.first(where: { $0.key == entry.key }) {
            return stormPage(for: entry, gathering, at: now)
        }
        let group = keys[entry.key].flatMap { groups[$0] }
        let members = members(of: group, for: entry.kind)
        let beside = changes(recent.names(without: Set(members)), at: now)
        let told = members.prefix(Self.mostAlerts).compactMap { fingerprint in
            self.alerts[fingerprint]?.told(as: fingerprint, changes: beside)
        }
        var page = blank(entry)
        if group != nil, entry.kind == .trigger || entry.kind == .update {
            page.acknowledgeURL = links?.link(to: entry.key, through: entry.channel)
        }
        page.group = Page.Group(
            labels: labels(of: group), size: members.count,
            truncated: members.count - told.count)
        page.alerts = told
        page.remarks += group?.remarks ?? []
        if entry.kind == .missed { page.remarks.append("fired and ended before it could be told") }
        return page
    }

    private func blank(_ entry: OutboxEntry) -> Page {
        Page(
            id: "\(entry.key)#\(entry.sequence)", event: Page.Event(entry.kind), key: entry.key,
            sequence: entry.sequence, severity: entry.severity, createdAt: entry.created,
            alerts: [], instance: instance)
    }

    private func labels(of group: DeskGroup?) -> [String: String] {
        Dictionary((group?.values.all ?? []).map { ($0.name, $0.value) }) { first, _ in first }
    }

    /// The worst first, which is the one that has lasted longest. An end tells of those that were known.
    private func members(of group: DeskGroup?, for kind: MessageKind) -> [Fingerprint] {
        guard let group else { return [] }
        let isEnd = kind == .resolve || kind == .missed
        let members = isEnd ? group.members.lastTold : group.members.firing
        return members.sorted {
            (alerts[$0]?.firedAt ?? .distantFuture, $0) < (
                alerts[$1]?.firedAt ?? .distantFuture, $1
            )
        }
    }

    /// "also firing: …" and what happened or was noted lately, the newest first.
    private func changes(_ names: [String], at now: Timestamp) -> [String] {
        let since = now - Self.recent
        var texts: [String] = []
        if !names.isEmpty {
            let more = names.count > 3 ? " and \(names.count - 3) more" : ""
            texts.append("also firing: \(names.prefix(3).joined(separator: ", "))\(more)")
        }
        texts += notes.filter { $0.at >= since }.suffix(2).reversed().map {
            "\($0.author): \($0.text)"
        }
        texts += happenings.filter { $0.at >= since }.suffix(2).reversed().map(\.text)
        return texts
    }

    private func stormPage(
        for entry: OutboxEntry, _ gathering: Pager.Gathering, at now: Timestamp
    ) -> Page {
        let open = gathering.firing.compactMap { keys[$0] }.compactMap { groups[$0] }
        let members = open.flatMap(\.members.firing)
        let worst = members.min {
            (alerts[$0]?.firedAt ?? .distantFuture, $0) < (
                alerts[$1]?.firedAt ?? .distantFuture, $1
            )
        }
        var page = blank(entry)
        page.group = Page.Group(size: members.count, truncated: max(0, members.count - 1))
        let count =
            "\(members.count) alert\(members.count == 1 ? "" : "s") in \(open.count)"
            + " group\(open.count == 1 ? "" : "s")"
        let name = worst.flatMap { alerts[$0] }.map { ", worst: \($0.summary ?? $0.name)" } ?? ""
        var alert =
            worst.flatMap { fingerprint in alerts[fingerprint]?.told(as: fingerprint) }
            ?? Page.Alert(
                fingerprint: Fingerprint(rule: entry.key, Labels()).description, episode: 1,
                rule: "storm", summary: "", startsAt: entry.created,
                endsAt: entry.kind == .resolve ? now : nil)
        alert.summary = "STORM: \(count)\(name)"
        page.alerts = [alert]
        page.remarks = ["more pages begin than can be told one by one: the list is in dogwatch"]
        return page
    }
}

/// What began to fire lately, by name.
struct RecentAlerts: Sendable {
    private var byName: [String: Set<Fingerprint>] = [:]

    init(_ alerts: [Fingerprint: DeskAlert], since: Timestamp) {
        for (fingerprint, alert) in alerts where alert.isFiring {
            guard let firedAt = alert.firedAt, firedAt >= since else { continue }
            byName[alert.name, default: []].insert(fingerprint)
        }
    }

    /// In order; of very many only some, and as many as there are.
    func names(without members: Set<Fingerprint>) -> [String] {
        guard byName.count < 100 else { return byName.keys.sorted() }
        return byName.filter { !$0.value.isSubset(of: members) }.keys.sorted()
    }
}

extension Page.Event {
    init(_ kind: MessageKind) {
        switch kind {
        case .trigger: self = .trigger
        case .update: self = .update
        case .acknowledge: self = .acknowledge
        case .resolve, .missed: self = .resolve
        }
    }
}
