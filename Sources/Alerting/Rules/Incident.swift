import TimeSeries

/// Why nobody is told of an alert that fires.
public enum Suppression: Hashable, Sendable, Codable {
    case silence(String)
    case maintenance(String)
    /// By the alert that hides it.
    case inhibited(by: Fingerprint)
    /// Its parents have not been looked at since it turned bad.
    case awaitingParents
}

/// What is to be done about a change, in order. It is written down with the change itself.
public enum IncidentEffect: Hashable, Sendable {
    /// People are to be told, and the escalation begins with its first level.
    case trigger(episode: Int)
    /// The trigger waits: nobody is told while the alert is suppressed.
    case hold(episode: Int)
    /// The trigger that was held goes out, and the escalation begins with its first level.
    case release(episode: Int)
    /// The trigger that was held is not needed any more.
    case cancel(episode: Int)
    case resolve(episode: Int)
    case acknowledge(episode: Int)
    /// Somebody else is to be found again, from the first level on.
    case reopen(episode: Int)
    case stopEscalation
}

/// An alert with what people did about it and with what keeps it quiet: the condition goes on under
/// both, and neither changes it.
public struct Incident: Hashable, Sendable, Codable {
    /// What people know of the present episode.
    public enum Telling: Hashable, Sendable, Codable {
        /// There is nothing to know.
        case nothing
        /// The trigger waits behind a suppression.
        case held
        /// The trigger was given out.
        case told
    }

    public private(set) var cycle: AlertCycle
    public private(set) var response = Response.open
    public private(set) var telling = Telling.nothing
    public private(set) var suppressions: Set<Suppression> = []
    /// When a person ended it while it breached; nil once it was well or `latchLimit` has passed.
    public private(set) var endedByHand: Timestamp?

    /// A breach that goes on after a person ended its alert begins a new episode after this long.
    public static let latchLimit = Duration.seconds(300)

    public init(_ cycle: AlertCycle = AlertCycle()) { self.cycle = cycle }

    /// Judges a finding and moves on. `now` must not lie before the evaluation before it.
    public mutating func evaluate(
        _ finding: Finding, by rule: AlertRule, at now: Timestamp
    ) -> [IncidentEffect] {
        let settled = settle(at: now)
        guard !isLatched(finding, rule, now) else { return settled }
        return settled + effects(of: cycle.evaluate(finding, by: rule, at: now))
    }

    /// Opens what somebody had and what has run out.
    public mutating func settle(at now: Timestamp) -> [IncidentEffect] {
        response.settle(at: now) ? told(.reopen(episode: cycle.episode)) : []
    }

    /// Goes on after a time in which nothing ran.
    public mutating func resume(at now: Timestamp, by rule: AlertRule) {
        cycle.resume(at: now, by: rule)
    }

    /// The clock was set. How long somebody has it is a time of day, which they chose: that stays.
    mutating func clockWasSet(by step: Duration) {
        cycle.clockWasSet(by: step)
        endedByHand = endedByHand.map { $0 + step }
    }

    /// The rule or the target is gone: not necessarily well, and no longer watched.
    public mutating func end() -> [IncidentEffect] { effects(of: cycle.end()) }

    private mutating func effects(of event: AlertEvent?) -> [IncidentEffect] {
        switch event {
        case .firing: begin()
        case .resolved: finish()
        case .pending, .pendingCleared, nil: []
        }
    }

    private mutating func begin() -> [IncidentEffect] {
        response = .open
        telling = suppressions.isEmpty ? .told : .held
        let episode = cycle.episode
        return [telling == .told ? .trigger(episode: episode) : .hold(episode: episode)]
    }

    /// The end is told to those who know of the beginning, also while the alert is suppressed.
    private mutating func finish() -> [IncidentEffect] {
        let before = telling
        (telling, response) = (.nothing, .open)
        switch before {
        case .told: return [.stopEscalation, .resolve(episode: cycle.episode)]
        case .held: return [.cancel(episode: cycle.episode)]
        case .nothing: return []
        }
    }

    /// While a person's word holds, a breach is not looked at; one good evaluation ends that.
    private mutating func isLatched(
        _ finding: Finding, _ rule: AlertRule, _ now: Timestamp
    ) -> Bool {
        guard let endedByHand else { return false }
        let judgement = rule.judge(finding, isFiring: false, missing: cycle.missing)
        let isOver = now.duration(since: endedByHand) >= Self.latchLimit
        if judgement == .well || isOver { self.endedByHand = nil }
        return self.endedByHand != nil
    }
}

/// What keeps an alert quiet.
extension Incident {
    /// Takes all reasons that hold now. The alert goes on under them.
    public mutating func suppress(_ reasons: Set<Suppression>) -> [IncidentEffect] {
        let wasQuiet = !suppressions.isEmpty
        suppressions = reasons
        guard wasQuiet, reasons.isEmpty, telling == .held, cycle.state.isFiring else { return [] }
        telling = .told
        let released = IncidentEffect.release(episode: cycle.episode)
        guard response.isTaken else { return [released] }
        return [released, .stopEscalation, .acknowledge(episode: cycle.episode)]
    }
}

/// What people do about an alert. Nothing of it has an effect where nothing fires.
extension Incident {
    /// Somebody has it. `until` is nil where that has no end.
    public mutating func acknowledge(by person: String, until: Timestamp?) -> [IncidentEffect] {
        guard cycle.state.isFiring else { return [] }
        response = .acknowledged(by: person, until: until)
        return [.stopEscalation] + told(.acknowledge(episode: cycle.episode))
    }

    /// Nobody has it any more.
    public mutating func unacknowledge() -> [IncidentEffect] {
        guard cycle.state.isFiring, response.isTaken else { return [] }
        response = .open
        return told(.reopen(episode: cycle.episode))
    }

    /// Nobody is asked again for a while, at most a day.
    public mutating func snooze(
        by person: String, for length: Duration, at now: Timestamp
    ) -> [IncidentEffect] {
        guard cycle.state.isFiring,
            let snoozed = Response.snooze(by: person, for: length, at: now)
        else { return [] }
        response = snoozed
        return [.stopEscalation] + told(.acknowledge(episode: cycle.episode))
    }

    /// It got louder: who has it is asked again.
    public mutating func raise(from before: Severity, to after: Severity) -> [IncidentEffect] {
        response.raise(from: before, to: after) ? told(.reopen(episode: cycle.episode)) : []
    }

    /// A person ends it. It does not come back before it was well once, or for `latchLimit`.
    public mutating func endByHand(at now: Timestamp) -> [IncidentEffect] {
        guard cycle.state.isFiring else { return [] }
        endedByHand = now
        return end()
    }

    /// Concerns only what people know of.
    private func told(_ effect: IncidentEffect) -> [IncidentEffect] {
        telling == .told ? [effect] : []
    }
}
