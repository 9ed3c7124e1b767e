import TimeSeries

extension Outbox {
    /// The first instant at which something is to be done; nil while there is nothing, or nothing
    /// before an attempt under way has ended.
    public var nextWake: Timestamp? {
        let load = load
        var times: [Timestamp] = []
        for lane in lanes.values {
            if let head = lane.queue.first, !head.isInFlight, load.hasRoom(for: head.channel) {
                let earliest = pacers[head.channel]?.earliest ?? .distantPast
                times.append(max(start(of: head), earliest))
            }
            if let deadline = fallbackDeadline(of: lane) { times.append(deadline) }
        }
        if channels.values.contains(where: { $0.resendInterval != nil }) {
            times += lanes.keys.compactMap(resendDue)
        }
        return times.min()
    }

    /// The attempts to make now; each is in flight until `finish` brings its outcome.
    public mutating func takeDue(
        at now: Timestamp
    ) -> (attempts: [Attempt], events: [OutboxEvent]) {
        let events = fallBackOverdue(at: now)
        var load = load
        var attempts: [Attempt] = []
        for name in pacers.keys { pacers[name]?.settle(at: now) }
        for id in dueLanes(at: now, room: load) where load.hasRoom(for: id.channel) {
            let isPaced = pacers[id.channel].map { $0.earliest > now } ?? false
            guard !isPaced, var head = lanes[id]?.queue.first else { continue }
            load.add(id.channel)
            pacers[id.channel]?.take(at: now)
            head.isInFlight = true
            head.attempts += 1
            lanes[id]?.queue[0] = head
            if broken[id.channel] != nil { broken[id.channel] = now }
            attempts.append(Attempt(entry: head, form: head.form))
        }
        return (attempts, events)
    }

    /// The attempts under way.
    private struct Load {
        private var byChannel: [String: Int] = [:]
        private var total = 0

        func hasRoom(for channel: String) -> Bool {
            total < Outbox.parallel && byChannel[channel, default: 0] < Outbox.parallelPerChannel
        }

        mutating func add(_ channel: String) {
            byChannel[channel, default: 0] += 1
            total += 1
        }
    }

    private var load: Load {
        var load = Load()
        for lane in lanes.values {
            if let head = lane.queue.first, head.isInFlight { load.add(head.channel) }
        }
        return load
    }

    /// The lanes whose turn it is, in the order of service: of each channel no more than may be under
    /// way at once.
    private func dueLanes(at now: Timestamp, room: Load) -> [LaneID] {
        typealias Candidate = (entry: OutboxEntry, id: LaneID)
        var best: [String: [Candidate]] = [:]
        for (id, lane) in lanes {
            guard let head = lane.queue.first, !head.isInFlight, start(of: head) <= now,
                room.hasRoom(for: id.channel)
            else { continue }
            let one: Candidate = (head, id)
            let known = best[id.channel] ?? []
            if known.count == Self.parallelPerChannel, !Self.precedes(one, known[known.count - 1]) {
                continue
            }
            let place = known.firstIndex { Self.precedes(one, $0) } ?? known.endIndex
            let next = known[..<place] + [one] + known[place...]
            best[id.channel] = Array(next.prefix(Self.parallelPerChannel))
        }
        return best.values.flatMap { $0 }.sorted(by: Self.precedes).map(\.id)
    }

    private static func precedes(
        _ left: (entry: OutboxEntry, id: LaneID), _ right: (entry: OutboxEntry, id: LaneID)
    ) -> Bool {
        (left.entry.rank, left.entry.created, left.id)
            < (right.entry.rank, right.entry.created, right.id)
    }

    /// A channel that refuses us is tried now and then; for what wakes people it is tried always.
    private func start(of entry: OutboxEntry) -> Timestamp {
        guard entry.severity != .page, let tried = broken[entry.channel] else {
            return entry.notBefore
        }
        return max(entry.notBefore, tried + Self.probeInterval)
    }

    /// Takes the outcome of an attempt, and in words how it ended. Random numbers spread the next ones.
    public mutating func finish(
        _ attempt: Attempt, _ verdict: DeliveryVerdict, _ said: String, at now: Timestamp,
        using random: inout some RandomNumberGenerator
    ) -> [OutboxEvent] {
        let id = LaneID(channel: attempt.entry.channel, key: attempt.entry.key)
        guard var entry = lanes[id]?.queue.first, entry.isInFlight,
            entry.sequence == attempt.entry.sequence
        else { return [] }
        changedKeys.insert(id.key)
        entry.isInFlight = false
        entry.lastFailure = verdict == .accepted ? nil : said
        lanes[id]?.queue[0] = entry
        if let delay = delay(of: entry, verdict, using: &random) {
            if case .retryOnce(let form) = verdict { entry.form = form }
            let late =
                if case .fallBack = verdict { fallBack(id, at: now) } else { [OutboxEvent]() }
            // What fell back remembers it.
            entry.hasFallenBack = lanes[id]?.queue.first?.hasFallenBack ?? entry.hasFallenBack
            return retry(entry, in: id, after: delay, said, at: now) + late
        }
        switch verdict {
        case .accepted: return accept(entry, in: id, at: now)
        case .broken, .retryOnce(.freshSecret):
            return breakChannel(id, at: now) + giveUp(entry, in: id, said, at: now)
        case .never, .retry, .retryAfter, .fallBack, .retryOnce:
            return giveUp(entry, in: id, said, at: now)
        }
    }

    public mutating func finish(
        _ attempt: Attempt, _ outcome: AttemptOutcome, at now: Timestamp,
        using random: inout some RandomNumberGenerator
    ) -> [OutboxEvent] {
        finish(attempt, outcome.verdict(at: now), "\(outcome)", at: now, using: &random)
    }

    /// How long until the next attempt; nil: there is none.
    private func delay(
        of entry: OutboxEntry, _ verdict: DeliveryVerdict,
        using random: inout some RandomNumberGenerator
    ) -> Duration? {
        let attempt = entry.attempts - 1
        switch verdict {
        case .accepted, .never, .broken: return nil
        case .retry:
            return Backoff.delay(attempt: attempt, severity: entry.severity, using: &random)
        case .retryAfter(let wanted?): return wanted
        case .retryAfter(nil):
            return Backoff.delay(
                attempt: attempt, severity: entry.severity, base: .seconds(30), using: &random)
        case .fallBack(let wanted): return wanted ?? Backoff.limit(entry.severity)
        case .retryOnce:
            guard entry.form == .full else { return nil }
            return Backoff.delay(attempt: 0, severity: entry.severity, using: &random)
        }
    }

    private mutating func accept(
        _ entry: OutboxEntry, in id: LaneID, at now: Timestamp
    ) -> [OutboxEvent] {
        lanes[id]?.lastAccepted = now
        broken[id.channel] = nil
        lanes[id]?.queue.removeFirst()
        if entry.kind == .resolve || entry.kind == .missed { close(id) }
        return [.accepted(entry)]
    }

    private mutating func retry(
        _ entry: OutboxEntry, in id: LaneID, after delay: Duration, _ said: String,
        at now: Timestamp
    ) -> [OutboxEvent] {
        let isEnd = entry.kind == .resolve || entry.kind == .missed
        if isEnd, now.duration(since: entry.created) >= Self.resolveLimit {
            return giveUp(entry, in: id, said, at: now)
        }
        var entry = entry
        entry.notBefore = now + delay
        lanes[id]?.queue[0] = entry
        return [.willRetry(entry, at: entry.notBefore, said)]
    }

    /// A trigger that is dead takes what follows it along: nobody there knows of the episode.
    private mutating func giveUp(
        _ entry: OutboxEntry, in id: LaneID, _ said: String, at now: Timestamp
    ) -> [OutboxEvent] {
        var events: [OutboxEvent] = [.dead(entry, said)]
        guard entry.kind == .trigger else {
            lanes[id]?.queue.removeFirst()
            if entry.kind == .resolve || entry.kind == .missed { close(id) }
            return events
        }
        let isOver = lanes[id]?.hasEnded ?? false
        let late = fallBack(id, evenIfOver: true, at: now)
        events += late
        for case .fellBack(_, let channel) in late where isOver {
            // It fired and ended, and nobody was told: the other channel hears of both.
            events += resolve(LaneID(channel: channel, key: id.key), entry.severity, at: now)
        }
        events += (lanes[id]?.queue.dropFirst() ?? []).map { .cancelled($0) }
        close(id, isDead: true)
        return events
    }

    private mutating func breakChannel(_ id: LaneID, at now: Timestamp) -> [OutboxEvent] {
        let isNew = broken[id.channel] == nil
        broken[id.channel] = now
        return isNew ? [.channelBroken(id.channel)] : []
    }
}

/// Pages that their channel does not take go to another one.
extension Outbox {
    /// Where the trigger of a lane can go instead; nil where nobody needs that: it is taken, it is
    /// over, somebody has it, or the other channel knows.
    private func fallback(
        of lane: Lane, evenIfOver: Bool = false
    ) -> (trigger: OutboxEntry, channel: String)? {
        guard evenIfOver || !lane.hasEnded, !lane.isAcknowledged, let trigger = lane.openTrigger,
            !trigger.hasFallenBack, let fallback = channels[trigger.channel]?.fallback,
            channelsByKey[trigger.key]?.contains(fallback) != true
        else { return nil }
        return (trigger, fallback)
    }

    /// Only pages have a deadline.
    private func fallbackDeadline(of lane: Lane) -> Timestamp? {
        guard !lane.hasEnded, !lane.isAcknowledged,
            lane.queue.contains(where: {
                $0.kind == .trigger && $0.severity == .page && !$0.hasFallenBack
            }), let (trigger, _) = fallback(of: lane)
        else { return nil }
        return trigger.created + Self.patience
    }

    mutating func fallBackOverdue(at now: Timestamp) -> [OutboxEvent] {
        guard channels.values.contains(where: { $0.fallback != nil }) else { return [] }
        let overdue = lanes.filter { _, lane in
            fallbackDeadline(of: lane).map { $0 <= now } ?? false
        }
        return overdue.keys.sorted().flatMap { fallBack($0, at: now) }
    }

    private mutating func fallBack(
        _ id: LaneID, evenIfOver: Bool = false, at now: Timestamp
    ) -> [OutboxEvent] {
        guard let lane = lanes[id],
            let (trigger, channel) = fallback(of: lane, evenIfOver: evenIfOver),
            let index = lane.queue.firstIndex(where: { $0.kind == .trigger })
        else { return [] }
        changedKeys.insert(id.key)
        lanes[id]?.queue[index].hasFallenBack = true
        return [.fellBack(trigger, to: channel)]
            + begin(
                id.key, on: channel, trigger.severity, standsInFor: id.channel,
                because: trigger.lastFailure
                    ?? "no answer in \(Self.patience.components.seconds) s",
                at: now)
    }
}
