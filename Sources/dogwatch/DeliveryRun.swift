import Alerting
import TimeSeries

/// One scenario of deliveries under a clock that jumps from one thing to do to the next.
struct DeliveryRun {
    private let scenario: ReplayDelivery.Scenario
    private var pager: Pager
    private var random: SeededNumbers
    private var result: ReplayDelivery.Answer.Scenario
    private var responses: [String: ArraySlice<ReplayDelivery.Response>]
    private var messages: ArraySlice<ReplayDelivery.Message>
    private var underWay: [(ends: Timestamp, attempt: Attempt, outcome: AttemptOutcome)] = []

    /// A script that asks for more is cut off here.
    private static let mostAttempts = 100_000

    init(_ scenario: ReplayDelivery.Scenario) {
        self.scenario = scenario
        pager = Pager(Outbox(scenario.channels.map(\.channel)))
        random = SeededNumbers(seed: scenario.seed ?? 0)
        result = ReplayDelivery.Answer.Scenario(id: scenario.id)
        responses = Dictionary(
            scenario.channels.map { ($0.name, ($0.responses ?? [])[...]) }
        ) { first, _ in first }
        messages = scenario.input.sorted { $0.t < $1.t }[...]
    }

    mutating func answer() -> ReplayDelivery.Answer.Scenario {
        let end = Timestamp(seconds: scenario.end.seconds)
        var now = Timestamp(seconds: 0)
        while let next, next <= end, result.attempts.count < Self.mostAttempts {
            // What became possible just now may have been due before.
            now = max(now, next)
            takeMessages(at: now)
            finishAttempts(at: now)
            note(pager.advance(at: now), at: now)
            startAttempts(at: now)
        }
        conclude(at: end)
        return result
    }

    private mutating func conclude(at end: Timestamp) {
        let outbox = pager.outbox
        result.open = outbox.open.map(ReplayDelivery.Answer.Entry.init)
        result.brokenChannels = outbox.brokenChannels
        result.oldestPage = outbox.oldestPage(at: end).inSeconds
        // A script has no disk and no clock of its own that could fail.
        result.complaints =
            pager.deadManSwitch(
                pageChannels: Set(scenario.channels.map(\.name)), lastEvaluationWasOnTime: true,
                sinceSync: .zero, isClockSane: true, freeBytes: .max, at: end
            ).complaints
        result.storms = pager.gathered.map {
            .init(key: $0.key, firing: $0.firing.sorted(), count: $0.count)
        }
    }

    private var next: Timestamp? {
        let times = [
            messages.first?.t.instant, underWay.map(\.ends).min(),
            pager.nextWake,
        ]
        return times.compactMap { $0 }.min()
    }

    private mutating func takeMessages(at now: Timestamp) {
        while let message = messages.first, message.t.instant <= now {
            messages.removeFirst()
            let severity = message.severity?.value ?? .page
            switch message.event.value {
            case .trigger: note(begin(message, severity, at: now), at: now)
            case .update: note(pager.update(message.key, severity, at: now), at: now)
            case .acknowledge: pager.acknowledge(message.key, severity, at: now)
            case .resolve: note(pager.end(message.key, severity, at: now), at: now)
            }
        }
    }

    private mutating func begin(
        _ message: ReplayDelivery.Message, _ severity: Severity, at now: Timestamp
    ) -> [OutboxEvent] {
        guard message.channels == nil, let policy = scenario.policy?.policy else {
            let channels = message.channels ?? [scenario.channels[0].name]
            let audience = Audience(direct: channels.map { Destination(.receiver, $0) })
            return pager.begin(
                message.key, severity, to: audience, isStormExempt: true, at: now)
        }
        return pager.begin(
            message.key, severity, to: Audience(ladders: [policy]),
            isStormExempt: message.isStormExempt ?? false,
            at: now)
    }

    private mutating func finishAttempts(at now: Timestamp) {
        let ended = underWay.filter { $0.ends <= now }
        underWay.removeAll { $0.ends <= now }
        for (_, attempt, outcome) in ended {
            note(pager.finish(attempt, outcome, at: now, using: &random), at: now)
        }
    }

    private mutating func startAttempts(at now: Timestamp) {
        let (attempts, events) = pager.takeDue(at: now)
        note(events, at: now)
        for attempt in attempts {
            let response = nextResponse(of: attempt.entry.channel)
            let ends = now + (response?.delay?.duration ?? .zero)
            let outcome = response?.outcome ?? .accepted
            underWay.append((ends, attempt, outcome))
            result.attempts.append(
                .init(
                    t: now.seconds, entry: .init(attempt.entry), attempt: attempt.entry.attempts,
                    form: attempt.form, ended: ends.seconds, outcome: "\(outcome)"))
        }
    }

    /// The last one stays.
    private mutating func nextResponse(of channel: String) -> ReplayDelivery.Response? {
        guard let rest = responses[channel], let response = rest.first else { return nil }
        if rest.count > 1 { responses[channel] = rest.dropFirst() }
        return response
    }

    private mutating func note(_ events: [OutboxEvent], at now: Timestamp) {
        result.events += events.map { ReplayDelivery.Answer.Event($0, at: now) }
    }
}

extension ReplayDelivery.Answer.Entry {
    init(_ entry: OutboxEntry) {
        self.init(
            channel: entry.channel, key: entry.key, seq: entry.sequence, kind: entry.kind)
    }
}

extension ReplayDelivery.Answer.Event {
    fileprivate init(_ event: OutboxEvent, at now: Timestamp) {
        t = now.seconds
        switch event {
        case .accepted(let entry): (self.event, self.entry) = ("accepted", .init(entry))
        case .willRetry(let entry, let time, _):
            (self.event, self.entry, next) = ("retry", .init(entry), time.seconds)
        case .dead(let entry, _): (self.event, self.entry) = ("dead", .init(entry))
        case .cancelled(let entry): (self.event, self.entry) = ("cancelled", .init(entry))
        case .fellBack(let entry, let fallback):
            (self.event, self.entry, channel) = ("fallback", .init(entry), fallback)
        case .channelBroken(let name): (self.event, channel) = ("channel_broken", name)
        }
    }
}

/// SplitMix64: the same numbers for the same seed, on every machine.
private struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
