import TimeSeries

/// Who is told next while nobody has an alert: levels in order, each after the wait of the one before.
public struct EscalationPolicy<Target: Hashable & Sendable>: Hashable, Sendable {
    public struct Level: Hashable, Sendable {
        public var targets: [Target]
        /// How long this level has to answer.
        public var wait: Duration

        public init(_ targets: [Target], wait: Duration = .seconds(300)) {
            self.targets = targets
            self.wait = wait
        }
    }

    public var levels: [Level]
    /// How often all levels are gone through.
    public var loops: Int
    /// Told together with all levels when nobody answered.
    public var fallback: [Target]

    public init(levels: [Level], loops: Int = 2, fallback: [Target] = []) {
        self.levels = levels
        self.loops = max(1, loops)
        self.fallback = fallback
    }

    /// All targets of all levels and the fallback, each once.
    var everybody: [Target] {
        var seen: Set<Target> = []
        return (levels.flatMap(\.targets) + fallback).filter { seen.insert($0).inserted }
    }
}

/// Where an escalation stands. It is written down, with the policy that it began with.
public struct Escalation<Target: Hashable & Sendable>: Hashable, Sendable {
    /// When nobody answered, everybody is told again after this long.
    static var lastResortInterval: Duration { .seconds(900) }

    public enum State: Hashable, Sendable {
        /// Levels and loops count from 0.
        case level(Int, loop: Int, until: Timestamp)
        /// All levels were told as often as the policy says.
        case exhausted(until: Timestamp)
        /// Somebody has it, or it is over.
        case stopped
    }

    public let policy: EscalationPolicy<Target>
    public private(set) var state: State

    /// Begins, and gives the targets of the first level. Levels with nobody to tell are passed over at once.
    public static func start(
        _ policy: EscalationPolicy<Target>, at now: Timestamp
    ) -> (escalation: Escalation, told: [Target]) {
        var escalation = Escalation(policy: policy, state: .stopped)
        let told = escalation.enter(level: 0, loop: 0, at: now)
        return (escalation, told)
    }

    private init(policy: EscalationPolicy<Target>, state: State) {
        self.policy = policy
        self.state = state
    }

    /// When somebody else is to be told; nil once it has stopped.
    public var deadline: Timestamp? {
        switch state {
        case .level(_, _, let until), .exhausted(let until): until
        case .stopped: nil
        }
    }

    /// Gives who is to be told now; empty before the deadline. After a long silence only the level that
    /// is due by then is told, and not those that were missed.
    public mutating func advance(at now: Timestamp) -> [Target] {
        var told: [Target] = []
        while let deadline, deadline <= now {
            switch state {
            case .level(let level, let loop, _):
                told = enter(level: level + 1, loop: loop, at: deadline)
            case .exhausted:
                told = policy.everybody
                state = .exhausted(until: now + Self.lastResortInterval)
            case .stopped: break
            }
        }
        return told
    }

    /// No page of this level can be delivered: the next one is told at once.
    public mutating func skipLevel(at now: Timestamp) -> [Target] {
        guard case .level(let level, let loop, _) = state else { return [] }
        return enter(level: level + 1, loop: loop, at: now)
    }

    public mutating func stop() { state = .stopped }

    mutating func clockWasSet(by step: Duration) {
        switch state {
        case .level(let level, let loop, let until):
            state = .level(level, loop: loop, until: until + step)
        case .exhausted(let until): state = .exhausted(until: until + step)
        case .stopped: break
        }
    }

    private mutating func enter(level: Int, loop: Int, at now: Timestamp) -> [Target] {
        var (level, loop) = (level, loop)
        while loop < policy.loops {
            if let next = policy.levels[min(level, policy.levels.count)...].firstIndex(where: {
                !$0.targets.isEmpty
            }) {
                state = .level(next, loop: loop, until: now + policy.levels[next].wait)
                return policy.levels[next].targets
            }
            (level, loop) = (0, loop + 1)
        }
        state = .exhausted(until: now + Self.lastResortInterval)
        return policy.everybody
    }
}

extension EscalationPolicy: Codable where Target: Codable {}
extension EscalationPolicy.Level: Codable where Target: Codable {}
extension Escalation: Codable where Target: Codable {}
extension Escalation.State: Codable where Target: Codable {}
