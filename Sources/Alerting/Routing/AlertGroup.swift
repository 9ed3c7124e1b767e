import TimeSeries

/// When a group of alerts speaks.
public struct GroupTiming: Hashable, Sendable, Codable {
    /// From the first alert to the first notification, so that what breaks together is told together.
    public var wait: Duration
    /// Between two looks at what changed.
    public var interval: Duration
    /// After this long without a change, what still fires is told again.
    public var repeatAfter: Duration
    /// Whether the end of the last alert is told at once instead of at the next look.
    public var resolvesAtOnce: Bool

    public init(
        wait: Duration, interval: Duration, repeatAfter: Duration, resolvesAtOnce: Bool = true
    ) {
        self.wait = wait
        self.interval = interval
        self.repeatAfter = repeatAfter
        self.resolvesAtOnce = resolvesAtOnce
    }

    /// The timing for alerts of a severity. `hasParents`: an alert that depends on others waits for
    /// them, as they may hide it.
    public static func standard(_ severity: Severity, hasParents: Bool = false) -> GroupTiming {
        switch severity {
        case .page:
            GroupTiming(
                wait: hasParents ? .seconds(5) : .zero, interval: .seconds(30),
                repeatAfter: .seconds(1800))
        case .ticket, .info:
            GroupTiming(
                wait: .seconds(30), interval: .seconds(300), repeatAfter: .seconds(86_400))
        }
    }
}

/// Alerts that are told together, and what of them has been told. Ask `flush` at `nextFlush`.
public struct AlertGroup<Member: Hashable & Comparable & Sendable>: Sendable {
    /// What is told at one time.
    public struct Notification: Hashable, Sendable {
        public var firing: [Member]
        /// Those that ended since they were told of.
        public var resolved: [Member]

        public var isResolved: Bool { firing.isEmpty }
    }

    public var timing: GroupTiming
    public private(set) var firing: Set<Member> = []
    /// Those that people know to fire.
    public private(set) var told: Set<Member> = []
    /// Those that were told of before the last notification: an end is about them.
    public private(set) var lastTold: Set<Member> = []
    /// The next look; nil while the group sleeps.
    public private(set) var nextFlush: Timestamp?
    private var toldAt: Timestamp?
    private var emptySince: Timestamp?

    /// A group that is empty for this long is over; until then it keeps its rhythm, so that what flaps
    /// does not speak more often than at each interval.
    static var linger: Duration { .seconds(30) }

    public init(_ timing: GroupTiming) { self.timing = timing }

    public mutating func fire(_ member: Member, at now: Timestamp) {
        firing.insert(member)
        emptySince = nil
        if nextFlush == nil { nextFlush = now + timing.wait }
    }

    public mutating func resolve(_ member: Member, at now: Timestamp) {
        firing.remove(member)
        guard firing.isEmpty else { return }
        emptySince = emptySince ?? now
        if timing.resolvesAtOnce, !told.isEmpty { nextFlush = now }
    }

    /// Looks at what changed since the last notification; gives one when there is something to tell.
    ///
    /// An alert that came and went in between is not mentioned: nobody knows of it.
    public mutating func flush(at now: Timestamp) -> Notification? {
        let isOver =
            told.isEmpty && (emptySince.map { now.duration(since: $0) >= Self.linger } ?? false)
        nextFlush = isOver ? nil : now + timing.interval
        let resolved = told.subtracting(firing)
        guard !resolved.isEmpty || !firing.isSubset(of: told) || isRepeatDue(at: now) else {
            return nil
        }
        lastTold = told
        told = firing
        toldAt = now
        return Notification(firing: firing.sorted(), resolved: resolved.sorted())
    }

    mutating func clockWasSet(by step: Duration) {
        nextFlush = nextFlush.map { $0 + step }
        toldAt = toldAt.map { $0 + step }
        emptySince = emptySince.map { $0 + step }
    }

    private func isRepeatDue(at now: Timestamp) -> Bool {
        guard let toldAt, !firing.isEmpty else { return false }
        return now.duration(since: toldAt) >= timing.repeatAfter
    }
}

extension AlertGroup: Codable where Member: Codable {}
