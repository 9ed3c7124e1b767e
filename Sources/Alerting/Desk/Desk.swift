import TimeSeries

/// Where evaluations become pages: the alerts with their lives, what keeps them quiet, what people do
/// about them, who is told together of what, and what is on its way.
///
/// It decides and does nothing. After each change the edge writes down what `takeChanges` gives, and
/// only then makes the attempts that `takeDue` gives.
public struct Desk: Sendable {
    /// The name of the watch, in keys and texts.
    public let instance: String
    public internal(set) var plan: PagingPlan
    public internal(set) var alerts: [Fingerprint: DeskAlert] = [:]
    /// The alerts of each rule by the labels of their elements.
    var index: [String: [Labels: Fingerprint]] = [:]
    var groups: [String: DeskGroup] = [:]
    /// The groups by the keys of their open episodes.
    var keys: [String: String] = [:] { didSet { tokens = nil } }
    /// The keys and receivers of links that are good; nil when they are to be made anew.
    var tokens: [String: (key: String, receiver: String)]?
    /// What kept alerts quiet that are told now.
    var released: [Fingerprint: String] = [:]
    public internal(set) var pager: Pager
    public internal(set) var silences: [String: Silence] = [:]
    public internal(set) var notes: [Note] = []
    public internal(set) var lost: [LostPage] = []
    public internal(set) var channels: [String: ChannelRecord] = [:]
    /// Dependents whose parents have not been looked at since.
    var holds: [Fingerprint: ParentHold] = [:]
    /// What else changed lately, told in pages: "configuration reloaded".
    var happenings: [Happening] = []
    /// Alerts that somebody has, or had when it was last looked.
    var answered: Set<Fingerprint> = []
    /// What was decided for whole groups and is told with the next look at them.
    var due = GroupWork()
    /// What fires, what silences or what is configured changed since suppressions were looked at.
    var suppressionsAreStale = true
    var suppressedAt: Timestamp?
    var recentlyFired: (at: Timestamp, alerts: RecentAlerts)?
    var changes = DeskChanges()
    /// Messages that ended since they were last taken.
    var outboxEvents: [OutboxEvent] = []

    /// Nil: pages have no links to acknowledge them.
    public var links: AcknowledgementLinks?

    /// More alerts of one rule than this are one mistake in it, not so many alerts.
    public static let elementLimit = 1000
    public static let noteLimit = 200
    /// An alert or a group that was quiet for this long is forgotten, its number with it.
    public static let memory = Duration.seconds(35 * 86_400)

    public init(instance: String, plan: PagingPlan) {
        self.instance = instance
        self.plan = plan
        pager = Pager(Outbox(plan.channels), roster: plan.roster)
    }

    /// What somebody wrote for all who watch.
    public struct Note: Hashable, Sendable, Codable {
        public var at: Timestamp
        public var author: String
        public var text: String
        public var key: String?
    }

    /// How a receiver did lately.
    public struct ChannelRecord: Hashable, Sendable, Codable {
        public var lastAccepted: Timestamp?
        public var lastFailure: Timestamp?
        public var failure: String?
        /// When a person last typed the code of a test page that arrived.
        public var lastConfirmed: Timestamp?
        /// Attempts that failed, by the hour since the epoch; nil: none yet.
        var failuresByHour: [Int: Int]?

        public init() {}

        mutating func fail(_ said: String, at now: Timestamp) {
            lastFailure = now
            failure = said
            let hour = Self.hour(now)
            var known = (failuresByHour ?? [:]).filter { (hour - 24...hour).contains($0.key) }
            known[hour, default: 0] += 1
            failuresByHour = known
        }

        /// How many attempts failed in the last 24 hours, counted by whole hours.
        public func failures(at now: Timestamp) -> Int {
            let hour = Self.hour(now)
            return (failuresByHour ?? [:]).filter { (hour - 23...hour).contains($0.key) }
                .reduce(0) { $0 + $1.value }
        }

        /// The clock was set. Failures are counted by the hours of the day in which they were.
        mutating func clockWasSet(by step: Duration) {
            lastAccepted = lastAccepted.map { $0 + step }
            lastFailure = lastFailure.map { $0 + step }
            lastConfirmed = lastConfirmed.map { $0 + step }
        }

        private static func hour(_ time: Timestamp) -> Int { Int(time.milliseconds / 3_600_000) }
    }

    /// Groups by what is to be said to those who know of them.
    struct GroupWork: Sendable {
        var acknowledged: Set<String> = []
        var stopped: Set<String> = []
        var reopened: Set<String> = []
        var updates: Set<String> = []
    }

    struct Happening: Sendable {
        var at: Timestamp
        var text: String
    }
}

extension Desk {
    /// The key of the open episode that an alert is told under; nil where nobody is told.
    public func key(of alert: DeskAlert) -> String? {
        alert.groups.lazy.compactMap { groups[$0]?.key }.first
    }

    /// The alerts of a rule.
    public func alerts(of rule: String) -> [DeskAlert] {
        (index[rule] ?? [:]).values.compactMap { alerts[$0] }
    }

    /// The alerts that fire under a key.
    func firing(under group: DeskGroup) -> [Fingerprint] {
        group.members.firing.sorted()
    }

    /// Something that a page may mention among what changed about that time.
    public mutating func mention(_ text: String, at now: Timestamp) {
        happenings.append(Happening(at: now, text: text))
        if happenings.count > 20 { happenings.removeFirst() }
    }

    /// The first instant at which something is to be done.
    public var nextWake: Timestamp? {
        var times = groups.values.compactMap(\.members.nextFlush) + holds.values.map(\.deadline)
        if let time = pager.nextWake { times.append(time) }
        return times.min()
    }

    /// What time brings: silences and answers that run out, parents that were looked at, groups whose
    /// turn it is, escalations. To be asked at `nextWake`, and once a second.
    public mutating func advance(at now: Timestamp) {
        settleSilences(at: now)
        settleResponses(at: now)
        refreshSuppressions(at: now)
        tellGroups(at: now)
        record(pager.advance(at: now), at: now)
        writePages(at: now)
    }

    /// The attempts to make now. What was decided before them must be written down first.
    public mutating func takeDue(at now: Timestamp) -> [Attempt] {
        let (attempts, events) = pager.takeDue(at: now)
        record(events, at: now)
        writePages(at: now)
        return attempts.map { attempt in
            var attempt = attempt
            attempt.entry.page = pager.outbox.page(of: attempt.entry) ?? attempt.entry.page
            return attempt
        }
    }

    /// Takes the outcome of an attempt, and in words how it ended.
    public mutating func finish(
        _ attempt: Attempt, _ verdict: DeliveryVerdict, _ said: String, at now: Timestamp,
        using random: inout some RandomNumberGenerator
    ) {
        let name = attempt.entry.channel
        if verdict == .accepted {
            channels[name, default: ChannelRecord()].lastAccepted = now
        } else {
            channels[name, default: ChannelRecord()].fail(said, at: now)
        }
        changes.channels.insert(name)
        record(pager.finish(attempt, verdict, said, at: now, using: &random), at: now)
        writePages(at: now)
    }

    /// Keeps what happened to messages for the history.
    mutating func record(_ events: [OutboxEvent], at now: Timestamp) {
        outboxEvents += events
        keepLost(events, at: now)
        for event in events { changes.lines.append(DeskLine(event, at: now)) }
    }

    /// What happened to messages since this was last asked, for counters and the log.
    public mutating func takeOutboxEvents() -> [OutboxEvent] {
        defer { outboxEvents = [] }
        return outboxEvents
    }
}
