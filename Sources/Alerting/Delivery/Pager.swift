import TimeSeries

/// Pages on their way to people: who is told next while nobody has one, and one message instead of
/// many when so many begin that single ones help nobody.
///
/// The targets of its escalations are channels. Like the outbox it decides and does nothing.
public struct Pager: Sendable {
    public typealias Policy = EscalationPolicy<String>

    public private(set) var outbox: Outbox
    public private(set) var storm = StormWatch()
    /// By the episode, and by the key of a storm.
    private var ladders: [String: Ladder] = [:]
    /// Those that are told together, by who is to be told of them.
    private var gatherings: [Policy: Gathering] = [:]
    private var stormCount = 0

    /// An escalation with what it told last.
    private struct Ladder: Sendable {
        var escalation: Escalation<String>
        var severity: Severity
        var told: [String]
    }

    /// Episodes that began in a storm.
    public struct Gathering: Hashable, Sendable {
        /// What names their common message.
        public let key: String
        /// Those that fire still.
        public internal(set) var firing: Set<String> = []
        /// How many there have been.
        public internal(set) var count = 0
    }

    public init(_ outbox: Outbox) { self.outbox = outbox }

    /// What is told together now.
    public var gathered: [Gathering] { gatherings.values.sorted { $0.key < $1.key } }

    /// The first instant at which something is to be done.
    public var nextWake: Timestamp? {
        var times = ladders.values.compactMap(\.escalation.deadline)
        if !gatherings.isEmpty, let due = storm.nextSummary { times.append(due) }
        if let time = outbox.nextWake { times.append(time) }
        return times.min()
    }
}

/// What happens to episodes.
extension Pager {
    /// An episode begins. Pages of a storm are told together, unless `isStormExempt`.
    public mutating func begin(
        _ key: String, _ severity: Severity, by policy: Policy, isStormExempt: Bool = false,
        at now: Timestamp
    ) -> [OutboxEvent] {
        guard severity == .page else { return climb(key, severity, policy, at: now) }
        storm.settle(at: now)
        storm.record(at: now)
        guard storm.since != nil, !isStormExempt else {
            return climb(key, severity, policy, at: now)
        }
        return gather(key, policy, at: now)
    }

    /// An episode begins that these channels are told of, whoever has it.
    public mutating func begin(
        _ key: String, _ severity: Severity, on channels: [String], at now: Timestamp
    ) -> [OutboxEvent] {
        channels.flatMap { outbox.trigger(key, on: $0, severity, at: now) }
    }

    public mutating func update(
        _ key: String, _ severity: Severity, at now: Timestamp
    ) -> [OutboxEvent] { outbox.update(key, severity, at: now) }

    /// A person has it: nobody else is told.
    public mutating func acknowledge(_ key: String, _ severity: Severity, at now: Timestamp) {
        ladders[key]?.escalation.stop()
        outbox.acknowledge(key, severity, at: now)
    }

    /// An episode ends. Its storm ends with the last of its episodes, once no more begin.
    public mutating func end(
        _ key: String, _ severity: Severity, at now: Timestamp
    ) -> [OutboxEvent] {
        ladders[key] = nil
        for policy in gatherings.keys { gatherings[policy]?.firing.remove(key) }
        return outbox.resolve(key, severity, at: now) + endStorms(at: now)
    }

    private mutating func climb(
        _ key: String, _ severity: Severity, _ policy: Policy, at now: Timestamp
    ) -> [OutboxEvent] {
        guard ladders[key] == nil else { return [] }
        let (escalation, told) = Escalation.start(policy, at: now)
        ladders[key] = Ladder(escalation: escalation, severity: severity, told: told)
        return tell(told, of: key, at: now)
    }

    /// A channel that knows of it already is asked again.
    private mutating func tell(
        _ channels: [String], of key: String, at now: Timestamp
    ) -> [OutboxEvent] {
        guard let severity = ladders[key]?.severity else { return [] }
        ladders[key]?.told = channels
        return channels.flatMap {
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
        for key in ladders.keys.sorted() {
            let told = ladders[key]?.escalation.advance(at: now) ?? []
            if !told.isEmpty { events += tell(told, of: key, at: now) }
        }
        storm.settle(at: now)
        if storm.takeSummary(at: now) {
            for gathering in gathered {
                events += outbox.update(gathering.key, .page, at: now)
            }
        }
        return events + endStorms(at: now)
    }

    public mutating func takeDue(
        at now: Timestamp
    ) -> (attempts: [Attempt], events: [OutboxEvent]) { outbox.takeDue(at: now) }

    /// Takes the outcome of an attempt. Where nobody of a level can be told, the next one is at once.
    public mutating func finish(
        _ attempt: Attempt, _ outcome: AttemptOutcome, at now: Timestamp,
        using random: inout some RandomNumberGenerator
    ) -> [OutboxEvent] {
        var events = outbox.finish(attempt, outcome, at: now, using: &random)
        let isDead = events.contains {
            if case .dead(let entry, _) = $0 { entry.kind == .trigger } else { false }
        }
        if isDead { events += skipDeadLevels(of: attempt.entry.key, at: now) }
        return events
    }

    private mutating func skipDeadLevels(
        of key: String, at now: Timestamp
    ) -> [OutboxEvent] {
        var events: [OutboxEvent] = []
        while let ladder = ladders[key], !ladder.told.contains(where: { outbox.tells($0, of: key) })
        {
            let told = ladders[key]?.escalation.skipLevel(at: now) ?? []
            guard !told.isEmpty else { break }
            events += tell(told, of: key, at: now)
        }
        return events
    }
}

/// Storms.
extension Pager {
    private mutating func gather(
        _ key: String, _ policy: Policy, at now: Timestamp
    ) -> [OutboxEvent] {
        let isNew = gatherings[policy] == nil
        if isNew {
            stormCount += 1
            gatherings[policy] = Gathering(key: "storm/\(stormCount)")
        }
        guard gatherings[policy]?.firing.insert(key).inserted == true else { return [] }
        gatherings[policy]?.count += 1
        guard isNew, let gathering = gatherings[policy] else { return [] }
        // Its first message is its first summary.
        _ = storm.takeSummary(at: now)
        return climb(gathering.key, .page, policy, at: now)
    }

    private mutating func endStorms(at now: Timestamp) -> [OutboxEvent] {
        guard storm.since == nil else { return [] }
        let over = gatherings.filter { $0.value.firing.isEmpty }
        var events: [OutboxEvent] = []
        for (policy, gathering) in over.sorted(by: { $0.value.key < $1.value.key }) {
            gatherings[policy] = nil
            ladders[gathering.key] = nil
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
