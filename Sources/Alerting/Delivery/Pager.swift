import TimeSeries

/// Pages on their way to people: who is told next while nobody has one, and one message instead of
/// many when so many begin that single ones help nobody.
///
/// Like the outbox it decides and does nothing.
public struct Pager: Sendable {
    public private(set) var outbox: Outbox
    /// How people are reached; looked up whenever somebody is told.
    public var roster: Roster
    public internal(set) var storm = StormWatch()
    /// By the episode, and by the key of a storm.
    var ladders: [String: [Ladder]] = [:]
    /// Those that are told together, by who is to be told of them.
    var gatherings: [Audience: Gathering] = [:]
    var stormCount = 0
    /// Episodes whose ladders changed since they were last written down.
    var changedKeys: Set<String> = []
    var writtenState: PagerRecord?
    /// Whether so many pages wait that a storm begins; looked up once a second.
    private var behind: (at: Timestamp, isSo: Bool)?

    /// Episodes that began in a storm.
    public struct Gathering: Hashable, Sendable, Codable {
        /// What names their common message.
        public let key: String
        /// Those that fire still.
        public internal(set) var firing: Set<String> = []
        /// How many there have been.
        public internal(set) var count = 0
    }

    public init(_ outbox: Outbox, roster: Roster = Roster()) {
        self.outbox = outbox
        self.roster = roster
    }

    /// What is told together now.
    public var gathered: [Gathering] { gatherings.values.sorted { $0.key < $1.key } }

    /// The first instant at which something is to be done.
    public var nextWake: Timestamp? {
        var times = ladders.values.flatMap { $0.compactMap(\.deadline) }
        if !gatherings.isEmpty, let due = storm.nextSummary { times.append(due) }
        if let time = outbox.nextWake { times.append(time) }
        return times.min()
    }

    /// Who is told next of an episode, and when; nil once somebody has it.
    public func next(of key: String) -> Timestamp? {
        ladders[key]?.compactMap(\.deadline).min()
    }

    /// Changes the outbox itself: its channels, and what its entries say.
    public mutating func mutateOutbox<Result>(_ body: (inout Outbox) -> Result) -> Result {
        body(&outbox)
    }
}

/// The clock.
extension Pager {
    /// It was set: nobody is told earlier or later for it.
    mutating func clockWasSet(by step: Duration) {
        outbox.clockWasSet(by: step)
        storm.clockWasSet(by: step)
        for key in ladders.keys {
            for index in (ladders[key] ?? []).indices {
                ladders[key]?[index].clockWasSet(by: step)
            }
        }
        changedKeys.formUnion(ladders.keys)
        behind = nil
    }
}

/// What happens to episodes.
extension Pager {
    /// An episode begins. Pages of a storm are told together, unless `isStormExempt`.
    public mutating func begin(
        _ key: String, _ severity: Severity, to audience: Audience, isStormExempt: Bool = false,
        at now: Timestamp
    ) -> [OutboxEvent] {
        guard severity == .page else { return climb(key, severity, audience, at: now) }
        storm.settle(at: now)
        storm.record(at: now, isBehind: isBehind(at: now))
        guard storm.since != nil, !isStormExempt else {
            return climb(key, severity, audience, at: now)
        }
        return gather(key, audience, at: now)
    }

    public mutating func update(
        _ key: String, _ severity: Severity, at now: Timestamp
    ) -> [OutboxEvent] { outbox.update(key, severity, at: now) }

    /// A person has it: nobody else is told.
    public mutating func acknowledge(_ key: String, _ severity: Severity, at now: Timestamp) {
        stop(key)
        outbox.acknowledge(key, severity, at: now)
    }

    /// Nobody else is told for now.
    public mutating func stop(_ key: String) {
        guard ladders[key] != nil else { return }
        changedKeys.insert(key)
        for index in (ladders[key] ?? []).indices { ladders[key]?[index].stop() }
    }

    /// Nobody has it any more: it begins again with the first levels, for those who know of it too.
    public mutating func reopen(
        _ key: String, _ severity: Severity, to audience: Audience, at now: Timestamp
    ) -> [OutboxEvent] {
        outbox.reopen(key)
        ladders[key] = nil
        return climb(key, severity, audience, at: now)
    }

    /// An episode ends. Its storm ends with the last of its episodes, once no more begin.
    public mutating func end(
        _ key: String, _ severity: Severity, at now: Timestamp
    ) -> [OutboxEvent] {
        if ladders.removeValue(forKey: key) != nil { changedKeys.insert(key) }
        for audience in gatherings.keys { gatherings[audience]?.firing.remove(key) }
        return outbox.resolve(key, severity, at: now) + endStorms(at: now)
    }

    private mutating func climb(
        _ key: String, _ severity: Severity, _ audience: Audience, at now: Timestamp
    ) -> [OutboxEvent] {
        guard ladders[key] == nil else { return [] }
        changedKeys.insert(key)
        var events: [OutboxEvent] = []
        if !audience.direct.isEmpty {
            ladders[key, default: []].append(Ladder(escalation: nil, severity: severity))
            events += tell(audience.direct, by: 0, of: key, at: now)
        }
        for policy in audience.ladders {
            let (escalation, told) = Escalation.start(policy, at: now)
            let index = ladders[key]?.count ?? 0
            ladders[key, default: []].append(Ladder(escalation: escalation, severity: severity))
            events += tell(told, by: index, of: key, at: now)
        }
        return events + skipDeadLevels(of: key, at: now)
    }

    private mutating func tell(
        _ destinations: [Destination], by index: Int, of key: String, at now: Timestamp
    ) -> [OutboxEvent] {
        guard ladders[key]?.indices.contains(index) == true else { return [] }
        let contacts = destinations.flatMap { roster.contacts(of: $0, at: now) }
        changedKeys.insert(key)
        let receivers = ladders[key]?[index].enter(contacts, at: now) ?? []
        return tell(receivers, of: key, ladders[key]?[index].severity ?? .page, at: now)
    }

    /// A channel that knows of it already is asked again.
    private mutating func tell(
        _ receivers: [String], of key: String, _ severity: Severity, at now: Timestamp
    ) -> [OutboxEvent] {
        receivers.flatMap {
            outbox.remind(key, on: $0, severity, at: now)
                + outbox.trigger(key, on: $0, severity, at: now)
        }
    }
}

/// What time and receivers bring.
extension Pager {
    /// Tells who is next, and sums up a storm. To be asked at `nextWake`.
    public mutating func advance(at now: Timestamp) -> [OutboxEvent] {
        var events: [OutboxEvent] = []
        let due = ladders.filter { $0.value.contains { $0.deadline.map { $0 <= now } ?? false } }
        for key in due.keys.sorted() { events += advance(key, at: now) }
        outbox.resend(at: now)
        storm.settle(at: now)
        if storm.takeSummary(at: now) {
            for gathering in gathered {
                events += outbox.update(gathering.key, .page, at: now)
            }
        }
        return events + endStorms(at: now) + outbox.fallBackOverdue(at: now)
    }

    private mutating func advance(_ key: String, at now: Timestamp) -> [OutboxEvent] {
        var events: [OutboxEvent] = []
        for index in (ladders[key] ?? []).indices {
            changedKeys.insert(key)
            let late = ladders[key]?[index].takeLater(at: now) ?? []
            events += tell(late, of: key, ladders[key]?[index].severity ?? .page, at: now)
            let told = ladders[key]?[index].escalation?.advance(at: now) ?? []
            if !told.isEmpty { events += tell(told, by: index, of: key, at: now) }
        }
        return events + skipDeadLevels(of: key, at: now)
    }

    public mutating func takeDue(
        at now: Timestamp
    ) -> (attempts: [Attempt], events: [OutboxEvent]) { outbox.takeDue(at: now) }

    /// Takes the outcome of an attempt. Where nobody of a level can be told, the next one is at once.
    public mutating func finish(
        _ attempt: Attempt, _ outcome: AttemptOutcome, at now: Timestamp,
        using random: inout some RandomNumberGenerator
    ) -> [OutboxEvent] {
        finish(attempt, outcome.verdict(at: now), "\(outcome)", at: now, using: &random)
    }

    public mutating func finish(
        _ attempt: Attempt, _ verdict: DeliveryVerdict, _ said: String, at now: Timestamp,
        using random: inout some RandomNumberGenerator
    ) -> [OutboxEvent] {
        var events = outbox.finish(attempt, verdict, said, at: now, using: &random)
        let isDead = events.contains {
            if case .dead(let entry, _) = $0 { entry.kind == .trigger } else { false }
        }
        if isDead { events += skipDeadLevels(of: attempt.entry.key, at: now) }
        return events
    }

    /// Goes on to the next level where none of the one before can be told: every receiver of it is dead,
    /// or it has nobody on call.
    private mutating func skipDeadLevels(of key: String, at now: Timestamp) -> [OutboxEvent] {
        var events: [OutboxEvent] = []
        for index in (ladders[key] ?? []).indices {
            while let ladder = ladders[key]?[index], !isReached(ladder, of: key) {
                let told = ladders[key]?[index].escalation?.skipLevel(at: now) ?? []
                guard !told.isEmpty else { break }
                events += tell(told, by: index, of: key, at: now)
            }
        }
        return events
    }

    private func isReached(_ ladder: Ladder, of key: String) -> Bool {
        !ladder.later.isEmpty || ladder.told.contains { outbox.tells($0, of: key) }
    }

    /// So many pages wait for so long that single ones help nobody.
    private mutating func isBehind(at now: Timestamp) -> Bool {
        if let behind,
            (Duration.zero..<Duration.seconds(1)).contains(now.duration(since: behind.at))
        {
            return behind.isSo
        }
        let isSo = outbox.isBehind(by: Outbox.patience, at: now)
        behind = (now, isSo)
        return isSo
    }
}

/// Storms.
extension Pager {
    private mutating func gather(
        _ key: String, _ audience: Audience, at now: Timestamp
    ) -> [OutboxEvent] {
        let isNew = gatherings[audience] == nil
        if isNew {
            stormCount += 1
            gatherings[audience] = Gathering(key: "storm/\(stormCount)")
        }
        guard gatherings[audience]?.firing.insert(key).inserted == true else { return [] }
        gatherings[audience]?.count += 1
        guard isNew, let gathering = gatherings[audience] else { return [] }
        // Its first message is its first summary.
        _ = storm.takeSummary(at: now)
        return climb(gathering.key, .page, audience, at: now)
    }

    private mutating func endStorms(at now: Timestamp) -> [OutboxEvent] {
        guard storm.since == nil else { return [] }
        let over = gatherings.filter { $0.value.firing.isEmpty }
        var events: [OutboxEvent] = []
        for (audience, gathering) in over.sorted(by: { $0.value.key < $1.value.key }) {
            gatherings[audience] = nil
            if ladders.removeValue(forKey: gathering.key) != nil {
                changedKeys.insert(gathering.key)
            }
            events += outbox.resolve(gathering.key, .page, at: now)
        }
        return events
    }
}

extension Pager {
    /// What must hold for us to be well, as far as pages go; the rest is for the caller to know.
    public func deadManSwitch(
        pageChannels: Set<String>, lastEvaluationWasOnTime: Bool, sinceSync: Duration,
        isClockSane: Bool, freeBytes: Int64, at now: Timestamp
    ) -> DeadManSwitch {
        DeadManSwitch(
            lastEvaluationWasOnTime: lastEvaluationWasOnTime, sinceSync: sinceSync,
            oldestPage: outbox.oldestPage(at: now), pageChannels: pageChannels.count,
            brokenPageChannels: pageChannels.intersection(outbox.brokenChannels).count,
            isClockSane: isClockSane, freeBytes: freeBytes)
    }
}
