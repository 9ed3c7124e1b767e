import Targets
import TimeSeries

/// The pager as it is now.
public struct PagingState: Sendable, Codable, Equatable {
    /// In the configuration's order.
    public var receivers: [ReceiverState]
    public var onCall: [OnCallState]
    /// Those that hold now or will, the soonest to end first.
    public var silences: [SilenceState]
    /// What people wrote, newest first.
    public var notes: [NoteState]
    /// Messages that no receiver has taken yet.
    public var waiting: Int
    /// When the oldest of them was due; nil where none waits.
    public var waitingSince: Timestamp?
    /// Since when a page is on its way that nobody was told of and that nobody has.
    public var untoldSince: Timestamp?
    /// Messages that are not tried again, until somebody has seen them; the oldest first.
    public var lost: [LostState]
    /// Set while so many pages begin that one message sums them up.
    public var stormSince: Timestamp?
    /// Set while what the pager knows is not on disk, in words.
    public var notDurable: String?
    /// The last ping of the dead man's switch; nil where none is configured or none was sent.
    public var deadMan: DeadManState?

    public init(
        receivers: [ReceiverState] = [], onCall: [OnCallState] = [],
        silences: [SilenceState] = [], notes: [NoteState] = [], waiting: Int = 0,
        waitingSince: Timestamp? = nil, untoldSince: Timestamp? = nil, lost: [LostState] = [],
        stormSince: Timestamp? = nil, notDurable: String? = nil,
        deadMan: DeadManState? = nil
    ) {
        self.receivers = receivers
        self.onCall = onCall
        self.silences = silences
        self.notes = notes
        self.waiting = waiting
        self.waitingSince = waitingSince
        self.untoldSince = untoldSince
        self.lost = lost
        self.stormSince = stormSince
        self.notDurable = notDurable
        self.deadMan = deadMan
    }
}

/// A message that its receiver did not take and that is not tried again.
public struct LostState: Sendable, Codable, Equatable {
    public var at: Timestamp
    public var receiver: String
    /// "trigger", "resolve", …
    public var kind: String
    public var key: String
    /// How the last attempt ended.
    public var said: String

    public init(at: Timestamp, receiver: String, kind: String, key: String, said: String) {
        self.at = at
        self.receiver = receiver
        self.kind = kind
        self.key = key
        self.said = said
    }
}

/// A way to reach people, as it went lately.
public struct ReceiverState: Sendable, Codable, Equatable {
    public var name: String
    /// "pagerduty", "email", …
    public var kind: String
    /// When it last took a message.
    public var lastAccepted: Timestamp?
    /// When somebody last confirmed that a test page arrived.
    public var lastConfirmed: Timestamp?
    /// When an attempt last failed, and why.
    public var lastFailure: Timestamp?
    public var failure: String?
    /// How many attempts failed in the last 24 hours.
    public var failures: Int
    /// It refuses us: only a person can mend that.
    public var isBroken: Bool
    /// Messages that wait for it.
    public var waiting: Int

    public init(
        name: String, kind: String, lastAccepted: Timestamp? = nil,
        lastConfirmed: Timestamp? = nil, lastFailure: Timestamp? = nil,
        failure: String? = nil, failures: Int = 0, isBroken: Bool = false, waiting: Int = 0
    ) {
        self.name = name
        self.kind = kind
        self.lastAccepted = lastAccepted
        self.lastConfirmed = lastConfirmed
        self.lastFailure = lastFailure
        self.failure = failure
        self.failures = failures
        self.isBroken = isBroken
        self.waiting = waiting
    }

    /// The last attempt failed.
    public var isFailing: Bool {
        guard let lastFailure else { return false }
        return lastAccepted.map { $0 < lastFailure } ?? true
    }
}

/// Who is on call by one schedule.
public struct OnCallState: Sendable, Codable, Equatable {
    public var schedule: String
    /// Nil is a hole: nobody.
    public var person: String?
    /// When that changes, and to whom; nil where it does not within 30 days.
    public var until: Timestamp?
    public var next: String?

    public init(
        schedule: String, person: String?, until: Timestamp? = nil, next: String? = nil
    ) {
        self.schedule = schedule
        self.person = person
        self.until = until
        self.next = next
    }
}

/// A silence or a maintenance window that is on.
public struct SilenceState: Sendable, Codable, Equatable {
    public var id: String
    public var matchers: [String]
    public var start: Timestamp
    public var end: Timestamp
    public var author: String
    public var reason: String

    public init(
        id: String, matchers: [String], start: Timestamp, end: Timestamp, author: String,
        reason: String
    ) {
        self.id = id
        self.matchers = matchers
        self.start = start
        self.end = end
        self.author = author
        self.reason = reason
    }
}

/// What somebody wrote for all who watch.
public struct NoteState: Sendable, Codable, Equatable {
    public var at: Timestamp
    public var author: String
    public var text: String
    /// The episode that it is about.
    public var key: String?

    public init(at: Timestamp, author: String, text: String, key: String? = nil) {
        self.at = at
        self.author = author
        self.text = text
        self.key = key
    }
}

/// The last word to the service outside that notices when we are gone.
public struct DeadManState: Sendable, Codable, Equatable {
    /// When a ping was last taken.
    public var lastPing: Timestamp?
    /// Why the last ping said that we are not well, or was not taken; empty when all is well.
    public var complaints: [String]

    public init(lastPing: Timestamp? = nil, complaints: [String] = []) {
        self.lastPing = lastPing
        self.complaints = complaints
    }
}

/// One SLO as it stands.
public struct SLOState: Sendable, Codable, Equatable {
    public var name: String
    /// 0…1
    public var objective: Double
    /// "30 d", "this month"
    public var window: String
    /// The error budget as time of a total outage.
    public var allowedOutage: Duration
    /// The share of the budget that is left, below 0 when overspent; nil while nothing is known.
    public var remaining: Double?
    /// True while the window has not run in full.
    public var isEstimate: Bool
    /// The observed share of the window, 0…1.
    public var coverage: Double
    /// Seconds until the budget is gone at the present burn rate; nil when nothing burns.
    public var exhaustion: Double?
    public var burns: [Burn]
    /// Why it cannot be judged; nil when it can.
    public var failure: String?

    /// One tier.
    public struct Burn: Sendable, Codable, Equatable {
        public var tier: String
        /// "page" or "ticket"
        public var severity: String
        /// "1 h"
        public var longWindow: String
        public var shortWindow: String
        /// Burn rates; nil without events.
        public var long: Double?
        public var short: Double?
        /// Observed share of the short window, 0…1.
        public var coverage: Double
        public var factor: Double
        public var isFiring: Bool

        public init(
            tier: String, severity: String, longWindow: String, shortWindow: String,
            long: Double?, short: Double?, coverage: Double, factor: Double, isFiring: Bool
        ) {
            self.tier = tier
            self.severity = severity
            self.longWindow = longWindow
            self.shortWindow = shortWindow
            self.long = long
            self.short = short
            self.coverage = coverage
            self.factor = factor
            self.isFiring = isFiring
        }
    }

    public init(
        name: String, objective: Double, window: String, allowedOutage: Duration,
        remaining: Double? = nil, isEstimate: Bool = true, coverage: Double = 0,
        exhaustion: Double? = nil, burns: [Burn] = [], failure: String? = nil
    ) {
        self.name = name
        self.objective = objective
        self.window = window
        self.allowedOutage = allowedOutage
        self.remaining = remaining
        self.isEstimate = isEstimate
        self.coverage = coverage
        self.exhaustion = exhaustion
        self.burns = burns
        self.failure = failure
    }
}
