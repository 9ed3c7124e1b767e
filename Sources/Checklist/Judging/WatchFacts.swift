import TimeSeries

/// What the watch knows of itself: its rules, KPIs, shifts, and who notices when it is gone.
public struct WatchFacts: Sendable, Hashable {
    public var rules: [Rule]
    public var kpis: [KPI]
    public var shifts: [Shifts]
    /// Whether pages that nobody takes go on to somebody else.
    public var hasSecond: Bool
    public var deadMan: DeadMan?

    /// An alerting rule.
    public struct Rule: Sendable, Hashable {
        public var name: String
        public var query: String
        /// A URL or a file; nil: none is named.
        public var runbook: String?
        /// Of an evaluation that failed, why.
        public var failure: String?
        /// A condition of the watch's own configuration, not of a rule file.
        public var isOwn: Bool
        public var isEvaluated: Bool

        public init(
            name: String, query: String, runbook: String? = nil, failure: String? = nil,
            isOwn: Bool = false, isEvaluated: Bool = true
        ) {
            self.name = name
            self.query = query
            self.runbook = runbook
            self.failure = failure
            self.isOwn = isOwn
            self.isEvaluated = isEvaluated
        }
    }

    public struct KPI: Sendable, Hashable {
        public var name: String
        public var query: String

        public init(name: String, query: String) {
            self.name = name
            self.query = query
        }
    }

    /// Who is on call by one schedule.
    public struct Shifts: Sendable, Hashable {
        public var schedule: String
        public var now: String?
        /// When the first hole of the next seven days begins; nil: there is none.
        public var hole: Timestamp?

        public init(schedule: String, now: String?, hole: Timestamp? = nil) {
            self.schedule = schedule
            self.now = now
            self.hole = hole
        }
    }

    /// The far end that expects a sign of life.
    public struct DeadMan: Sendable, Hashable {
        /// When it last took one; nil: never.
        public var lastPing: Timestamp?
        /// From one to the next.
        public var interval: Duration

        public init(lastPing: Timestamp?, interval: Duration) {
            self.lastPing = lastPing
            self.interval = interval
        }
    }

    public init(
        rules: [Rule] = [], kpis: [KPI] = [], shifts: [Shifts] = [], hasSecond: Bool = false,
        deadMan: DeadMan? = nil
    ) {
        self.rules = rules
        self.kpis = kpis
        self.shifts = shifts
        self.hasSecond = hasSecond
        self.deadMan = deadMan
    }
}
