import TimeSeries

/// What is to be delivered, in which order and when: at least once, one message at a time for an
/// episode and channel, and never an end before its beginning.
///
/// It decides and does nothing: the edge commits what it holds, makes the attempts that it gives out,
/// and brings the outcomes back.
public struct Outbox: Sendable {
    /// A way to reach people, as far as the order of messages depends on it.
    public struct Channel: Hashable, Sendable {
        public var name: String
        /// The channel that takes over when this one fails.
        public var fallback: String?
        /// Whether it keeps a record of incidents, so that one that nobody saw is still told in full.
        public var keepsRecord: Bool
        /// How fast it may be used; nil is without a limit.
        public var limit: RateLimit?
        /// It forgets what it is not told again after this long; nil: it remembers.
        public var resendInterval: Duration?

        public init(
            name: String, fallback: String? = nil, keepsRecord: Bool = false,
            limit: RateLimit? = nil, resendInterval: Duration? = nil
        ) {
            self.name = name
            self.fallback = fallback
            self.keepsRecord = keepsRecord
            self.limit = limit
            self.resendInterval = resendInterval
        }
    }

    public static let parallelPerChannel = 4
    public static let parallel = 32
    /// Beyond so many episodes and channels the oldest that nobody was told of and that wake nobody
    /// are dropped.
    public static let capacity = 10_000
    /// A page that no channel has taken after this long goes to the fallback.
    public static let patience = Duration.seconds(60)
    /// An end is tried for this long.
    public static let resolveLimit = Duration.seconds(86_400)
    /// How often a channel that refuses us is tried for what wakes nobody.
    public static let probeInterval = Duration.seconds(300)

    private(set) var channels: [String: Channel] = [:]
    var lanes: [LaneID: Lane] = [:]
    /// The channels that an episode was given to, also those that could not take it.
    var channelsByKey: [String: [String]] = [:]
    /// When a channel that refuses us was last tried.
    var broken: [String: Timestamp] = [:]
    /// Of the channels with a limit.
    var pacers: [String: Pacer] = [:]
    /// Episodes whose messages changed since they were last written down.
    var changedKeys: Set<String> = []
    /// How many messages each channel was given since the start.
    public private(set) var queued: [String: Int] = [:]

    public init(_ channels: [Channel]) { use(channels) }

    /// Takes other channels; what waits for those that stay goes on.
    mutating func use(_ new: [Channel]) {
        let before = channels
        channels = Dictionary(new.map { ($0.name, $0) }) { first, _ in first }
        pacers = channels.mapValues { channel in
            let isSame = before[channel.name]?.limit == channel.limit
            return isSame ? pacers[channel.name] : channel.limit.map(Pacer.init)
        }.compactMapValues(\.self)
        broken = broken.filter { channels[$0.key] != nil }
    }

    /// The clock was set: what waits, waits as long as before.
    mutating func clockWasSet(by step: Duration) {
        for id in lanes.keys { lanes[id]?.clockWasSet(by: step) }
        broken = broken.mapValues { $0 + step }
        for name in pacers.keys { pacers[name]?.clockWasSet(by: step) }
        changedKeys.formUnion(channelsByKey.keys)
    }

    struct LaneID: Hashable, Comparable, Sendable {
        var channel: String
        var key: String

        static func < (left: LaneID, right: LaneID) -> Bool {
            (left.key, left.channel) < (right.key, right.channel)
        }
    }

    /// The messages of one episode to one channel, in order.
    struct Lane: Sendable, Codable {
        var queue: [OutboxEntry] = []
        var lastSequence = 0
        /// That of its newest message.
        var severity = Severity.page
        var hasEnded = false
        var isAcknowledged = false
        /// When the channel last took something.
        var lastAccepted: Timestamp?

        mutating func clockWasSet(by step: Duration) {
            for index in queue.indices { queue[index].clockWasSet(by: step) }
            lastAccepted = lastAccepted.map { $0 + step }
        }

        /// The trigger while nobody has taken it.
        var openTrigger: OutboxEntry? { queue.first { $0.kind == .trigger } }
    }

    public var open: [OutboxEntry] {
        lanes.sorted { $0.key < $1.key }.flatMap { $0.value.queue }
    }

    /// Whether a channel knows of an episode, or is going to.
    func tells(_ channel: String, of key: String) -> Bool {
        lanes[LaneID(channel: channel, key: key)] != nil
    }

    public var openCount: Int { lanes.values.reduce(0) { $0 + $1.queue.count } }

    public var brokenChannels: [String] { broken.keys.sorted() }

    /// Whether so many pages wait for one channel, the oldest for longer than `patience`, that single
    /// ones help nobody.
    func isBehind(by patience: Duration, at now: Timestamp) -> Bool {
        let overdue = lanes.filter { _, lane in
            guard let trigger = lane.openTrigger, trigger.severity == .page else { return false }
            return now.duration(since: trigger.created) > patience
        }
        guard let channel = overdue.first?.key.channel else { return false }
        return lanes.count { $0.key.channel == channel && $0.value.openTrigger != nil }
            >= StormWatch.few
    }

    /// How long the oldest page has waited for a channel to take it; zero where none waits.
    public func oldestPage(at now: Timestamp) -> Duration {
        lanes.values.compactMap(\.openTrigger).filter { $0.severity == .page }
            .map { now.duration(since: $0.created) }.max() ?? .zero
    }
}

extension Outbox {
    /// An episode begins: tells a channel of it, once.
    public mutating func trigger(
        _ key: String, on channel: String, _ severity: Severity, at now: Timestamp
    ) -> [OutboxEvent] {
        begin(key, on: channel, severity, standsInFor: nil, at: now)
    }

    mutating func begin(
        _ key: String, on channel: String, _ severity: Severity, standsInFor: String?,
        because reason: String? = nil, at now: Timestamp
    ) -> [OutboxEvent] {
        let id = LaneID(channel: channel, key: key)
        guard channels[channel] != nil, channelsByKey[key]?.contains(channel) != true else {
            return []
        }
        let events = makeRoom()
        lanes[id] = Lane()
        channelsByKey[key, default: []].append(channel)
        append(
            .trigger, to: id, severity, standsInFor: standsInFor, because: reason, at: now)
        return events
    }

    /// Something changed: tells every channel that knows of the episode. A newer change replaces one
    /// that has not been tried.
    public mutating func update(
        _ key: String, _ severity: Severity, at now: Timestamp
    ) -> [OutboxEvent] {
        var events: [OutboxEvent] = []
        for id in laneIDs(of: key) {
            events += cancel(in: id) { $0.kind == .update && $0.attempts == 0 }
            append(.update, to: id, severity, at: now)
        }
        return events
    }

    /// Asks one channel again that knows of the episode, as nobody has taken it.
    public mutating func remind(
        _ key: String, on channel: String, _ severity: Severity, at now: Timestamp
    ) -> [OutboxEvent] {
        let id = LaneID(channel: channel, key: key)
        guard let lane = lanes[id], !lane.hasEnded, lane.openTrigger == nil else { return [] }
        let events = cancel(in: id) { $0.kind == .update && $0.attempts == 0 }
        append(.update, to: id, severity, at: now)
        return events
    }

    /// A person has it: nobody else needs to be found.
    public mutating func acknowledge(_ key: String, _ severity: Severity, at now: Timestamp) {
        for id in laneIDs(of: key) where lanes[id]?.isAcknowledged == false {
            lanes[id]?.isAcknowledged = true
            append(.acknowledge, to: id, severity, at: now)
        }
    }

    /// An episode ends: tells every channel that was, or may have been, told of it.
    public mutating func resolve(
        _ key: String, _ severity: Severity, at now: Timestamp
    ) -> [OutboxEvent] {
        let ids = laneIDs(of: key)
        if ids.isEmpty, channelsByKey.removeValue(forKey: key) != nil { changedKeys.insert(key) }
        return ids.flatMap { resolve($0, severity, at: now) }
    }

    mutating func resolve(
        _ id: LaneID, _ severity: Severity, at now: Timestamp
    ) -> [OutboxEvent] {
        guard lanes[id]?.hasEnded == false else { return [] }
        var events = cancel(in: id) { $0.kind == .update && $0.attempts == 0 }
        let isUntried = lanes[id]?.openTrigger.map { $0.attempts == 0 } ?? false
        let keepsRecord = channels[id.channel]?.keepsRecord ?? false
        lanes[id]?.hasEnded = true
        if isUntried, !keepsRecord {
            events += cancel(in: id) { _ in true }
            append(.missed, to: id, severity, at: now)
        } else {
            append(.resolve, to: id, severity, at: now)
        }
        return events
    }

    /// Tells channels that forget again of what still fires.
    mutating func resend(at now: Timestamp) {
        guard channels.values.contains(where: { $0.resendInterval != nil }) else { return }
        for id in lanes.keys.sorted() where resendDue(id).map({ $0 <= now }) ?? false {
            guard let severity = lanes[id]?.severity else { continue }
            append(.update, to: id, severity, at: now)
        }
    }

    func resendDue(_ id: LaneID) -> Timestamp? {
        guard let interval = channels[id.channel]?.resendInterval, let lane = lanes[id],
            lane.queue.isEmpty, !lane.hasEnded
        else { return nil }
        return lane.lastAccepted.map { $0 + interval }
    }

    /// Nobody has it any more: who takes it later is told again.
    mutating func reopen(_ key: String) {
        changedKeys.insert(key)
        for id in laneIDs(of: key) { lanes[id]?.isAcknowledged = false }
    }

    func laneIDs(of key: String) -> [LaneID] {
        (channelsByKey[key] ?? []).map { LaneID(channel: $0, key: key) }
            .filter { lanes[$0] != nil }
    }

    private mutating func append(
        _ kind: MessageKind, to id: LaneID, _ severity: Severity, standsInFor: String? = nil,
        because reason: String? = nil, at now: Timestamp
    ) {
        guard var lane = lanes[id] else { return }
        changedKeys.insert(id.key)
        lane.lastSequence += 1
        lane.severity = severity
        queued[id.channel, default: 0] += 1
        lane.queue.append(
            OutboxEntry(
                kind, channel: id.channel, key: id.key, sequence: lane.lastSequence,
                severity: severity, at: now, standsInFor: standsInFor, because: reason))
        lanes[id] = lane
    }

    private mutating func cancel(
        in id: LaneID, where isObsolete: (OutboxEntry) -> Bool
    ) -> [OutboxEvent] {
        let obsolete = lanes[id]?.queue.filter(isObsolete) ?? []
        changedKeys.insert(id.key)
        lanes[id]?.queue.removeAll(where: isObsolete)
        return obsolete.map { .cancelled($0) }
    }

    /// Drops the oldest episode that nobody was told of and that wakes nobody.
    private mutating func makeRoom() -> [OutboxEvent] {
        guard lanes.count >= Self.capacity else { return [] }
        let droppable = lanes.compactMap { id, lane -> (created: Timestamp, id: LaneID)? in
            guard let trigger = lane.openTrigger, trigger.severity != .page, trigger.attempts == 0
            else { return nil }
            return (trigger.created, id)
        }
        guard let oldest = droppable.min(by: { ($0.created, $0.id) < ($1.created, $1.id) }) else {
            return []
        }
        let events = cancel(in: oldest.id) { _ in true }
        close(oldest.id)
        return events
    }

    /// Nothing more is to be said to a channel. A channel that could not take an episode is remembered
    /// while another one has it, so that it is not asked again.
    mutating func close(_ id: LaneID, isDead: Bool = false) {
        changedKeys.insert(id.key)
        lanes[id] = nil
        if !isDead { channelsByKey[id.key]?.removeAll { $0 == id.channel } }
        let remaining = channelsByKey[id.key] ?? []
        let isOver =
            !isDead
            && remaining.allSatisfy {
                lanes[LaneID(channel: $0, key: id.key)] == nil
            }
        if isOver { channelsByKey[id.key] = nil }
    }
}
