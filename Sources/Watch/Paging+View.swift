import Alerting
import Configuration
import Rules
import Snapshot
import TimeSeries

/// The alerts of one rule, as `ALERTS` is written of them.
public struct RuleAlerts: Sendable {
    public var rule: String
    public var alerts: [RuleAlert]

    init(_ rule: WatchedRule, _ desk: Desk) {
        self.rule = rule.id
        alerts = desk.alerts(of: rule.id).compactMap { alert in
            guard alert.incident.cycle.state != .inactive else { return nil }
            return RuleAlert(
                labels: alert.shownLabels, phase: alert.isFiring ? .firing : .pending,
                activeAt: alert.breachedSince ?? .distantPast, value: alert.value ?? .nan)
        }.sorted { $0.labels < $1.labels }
    }
}

extension DeskAlert {
    /// So long ago as the breach was observed for: time that nobody saw does not count.
    fileprivate var observedSince: Timestamp? {
        guard case .pending(let breached) = incident.cycle.state else { return nil }
        return incident.cycle.lastEvaluation.map { $0 - breached }
    }

    /// With its name and how loud it is.
    var shownLabels: Labels {
        var labels = labels.withoutMetricName
        labels["severity"] = severity.rawValue
        labels["alertname"] = name
        return labels
    }
}

/// What the screen shows.
extension Paging {
    /// More alerts than this are not shown one by one; the worst are.
    private static let shownAlerts = 1000

    func publish(at now: Timestamp) {
        let conditions = desk.alerts.compactMap { condition(of: $0.value, $0.key) }
        view.publish(
            View(
                paging: pagingState(at: now),
                alerts: Array(
                    conditions.sorted { $0.labels < $1.labels }.sortedByUrgency
                        .prefix(Self.shownAlerts))))
    }

    private func condition(of alert: DeskAlert, _ fingerprint: Fingerprint) -> AlertCondition? {
        let state = alert.incident.cycle.state
        guard state != .inactive, let since = alert.breachedSince else { return nil }
        let limit = alert.threshold.map { " \(Quantity($0).text)" } ?? ""
        var condition = AlertCondition(
            severity: alert.severity.rawValue, name: alert.name,
            labels: alert.labels.without("alertname"), value: alert.value ?? .nan,
            condition: alert.comparison.map { $0 + limit } ?? "",
            state: alert.isFiring
                ? .firing(since: alert.firedAt ?? since)
                : .pending(since: alert.observedSince ?? since, hold: alert.hold),
            runbook: alert.runbook)
        condition.summary = alert.summary
        guard alert.isFiring else { return condition }
        condition.key = desk.key(of: alert) ?? fingerprint.short
        condition.response = AlertCondition.Response(alert.incident.response)
        condition.quiet = alert.incident.suppressions.map(desk.words(of:)).sorted()
        condition.isFlapping = alert.incident.cycle.flaps.isFlapping
        condition.isRecovering = state != .firing
        condition.told = desk.key(of: alert).flatMap { desk.pager.words(of: $0) }
        return condition
    }

    private func pagingState(at now: Timestamp) -> PagingState? {
        let receivers = configuration.paging.receivers
        guard !receivers.isEmpty else { return notDurable.map { PagingState(notDurable: $0) } }
        let outbox = desk.pager.outbox
        let (waiting, since) = outbox.waiting()
        let broken = Set(outbox.brokenChannels)
        return PagingState(
            receivers: receivers.map { receiver in
                let record = desk.channels[receiver.name]
                return ReceiverState(
                    name: receiver.name, kind: receiver.kind.rawValue,
                    lastAccepted: record?.lastAccepted, lastConfirmed: record?.lastConfirmed,
                    lastFailure: record?.lastFailure, failure: record?.failure,
                    failures: record?.failures(at: now) ?? 0,
                    isBroken: broken.contains(receiver.name),
                    waiting: outbox.waiting(for: receiver.name).count)
            },
            onCall: shifts.states(desk.plan.roster, at: now),
            silences: silences(at: now),
            notes: desk.notes.reversed().prefix(50).map {
                NoteState(at: $0.at, author: $0.author, text: $0.text, key: $0.key)
            },
            waiting: waiting, waitingSince: since, untoldSince: desk.untoldSince,
            lost: desk.lost.suffix(20).map {
                LostState(
                    at: $0.at, receiver: $0.receiver, kind: $0.kind.rawValue, key: $0.key,
                    said: $0.said)
            }, stormSince: desk.pager.storm.since,
            notDurable: notDurable, deadMan: deadMan)
    }

    private func silences(at now: Timestamp) -> [SilenceState] {
        let silences = desk.silences.filter { !$0.value.isEnded }.map { id, silence in
            SilenceState(
                id: id, matchers: silence.matchers.map(\.description), start: silence.start,
                end: silence.end, author: silence.author, reason: silence.comment)
        }
        let windows = desk.plan.maintenance.filter { $0.isActive(at: now) }.map { window in
            SilenceState(
                id: "maintenance", matchers: window.matchers.map(\.description),
                start: window.start, end: window.end, author: window.author, reason: window.comment)
        }
        return (silences + windows).sorted { ($0.end, $0.id) < ($1.end, $1.id) }
    }
}

/// What it says of itself.
extension Paging {
    var condition: OwnAlerts.PagerCondition {
        let week = now() + .seconds(7 * 86_400)
        let holes = shifts.states(desk.plan.roster, at: now()).compactMap { state in
            state.hole(before: week).map { (state.schedule, $0) }
        }
        let broken = desk.pager.outbox.brokenChannels.map {
            ($0, desk.channels[$0]?.failure ?? "it refuses us")
        }
        return OwnAlerts.PagerCondition(
            notDurable: notDurable, damage: damage,
            broken: Dictionary(broken) { first, _ in first },
            holes: Dictionary(holes) { first, _ in first })
    }
}

extension OnCallState {
    /// "now" or "from …", where nobody is on call before an instant.
    fileprivate func hole(before end: Timestamp) -> String? {
        if person == nil { return "now" }
        guard next == nil, let until, until < end else { return nil }
        return "from \(until.text)"
    }
}

/// Who is on call, looked up once a minute.
struct ShiftCalendar: Sendable {
    private var known: [OnCallState] = []
    private var lookedAt: Timestamp?

    private static let horizon = Duration.seconds(30 * 86_400)

    mutating func states(_ roster: Roster, at now: Timestamp) -> [OnCallState] {
        if let lookedAt,
            (Duration.zero..<Duration.seconds(60)).contains(now.duration(since: lookedAt)),
            !known.contains(where: { $0.until.map { $0 <= now } ?? false })
        {
            return known
        }
        lookedAt = now
        known = roster.schedules.sorted { $0.key < $1.key }.map { name, schedule in
            let shifts = schedule.shifts(from: now, to: now + Self.horizon, limit: 2)
            let next = shifts.dropFirst().first
            return OnCallState(
                schedule: name, person: shifts.first?.user, until: next?.start, next: next?.user)
        }
        return known
    }
}

extension AlertCondition.Response {
    init(_ response: Response) {
        switch response {
        case .open: self = .open
        case .acknowledged(let person, let until): self = .acknowledged(by: person, until: until)
        case .snoozed(let person, let until): self = .snoozed(by: person, until: until)
        }
    }
}

extension Pager {
    /// "ntfy, mail": who took the page.
    fileprivate func words(of key: String) -> String? {
        let receivers = outbox.receivers(of: key)
        return receivers.isEmpty ? nil : receivers.joined(separator: ", ")
    }
}
