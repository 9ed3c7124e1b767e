import Targets
import TimeSeries

/// What the watch looks like at one instant. Immutable; the same value goes to every dashboard.
public struct Snapshot: Sendable, Codable, Equatable {
    /// Counts up by one with every snapshot of one owner.
    public var sequence: Int
    public var takenAt: Timestamp
    public var watch: WatchState
    public var cost: OwnCost
    /// In the configuration's order.
    public var targets: [TargetState]
    public var kpis: [KPIState]
    /// Conditions of the configuration's alerts that hold now, worst first.
    public var alerts: [AlertCondition]
    /// In the configuration's order.
    public var slos: [SLOState]
    /// nil: nobody is paged by this watch.
    public var paging: PagingState?
    /// nil: no plan is loaded.
    public var checklist: ChecklistProgress?
    /// What the watch has to say about itself, newest first: a refused reload, a series limit.
    public var notices: [Notice]

    public init(
        sequence: Int = 0, takenAt: Timestamp, watch: WatchState, cost: OwnCost = OwnCost(),
        targets: [TargetState] = [], kpis: [KPIState] = [], alerts: [AlertCondition] = [],
        slos: [SLOState] = [], paging: PagingState? = nil,
        checklist: ChecklistProgress? = nil, notices: [Notice] = []
    ) {
        self.sequence = sequence
        self.takenAt = takenAt
        self.watch = watch
        self.cost = cost
        self.targets = targets
        self.kpis = kpis
        self.alerts = alerts
        self.slos = slos
        self.paging = paging
        self.checklist = checklist
        self.notices = notices
    }

    /// How many targets are in each state.
    public var counts: [Health: Int] {
        targets.reduce(into: [:]) { $0[$1.health, default: 0] += 1 }
    }

    /// The worst of targets, judged KPIs and alert conditions.
    public var health: Health {
        let kpiHealth = kpis.compactMap(\.health)
        return (targets.map(\.health) + kpiHealth + alerts.map(\.health)).max() ?? .unknown
    }
}

/// The watch itself.
public struct WatchState: Sendable, Codable, Equatable {
    public var name: String
    public var startedAt: Timestamp
    /// How long the watch is meant to last.
    public var length: Duration
    /// Process id of the owner.
    public var owner: Int32
    /// True under `dogwatch serve`: the watch outlives every terminal.
    public var isServed: Bool
    /// Where its configuration was read from.
    public var configuration: String
    /// Set while our own network is judged to be down: results say nothing about targets.
    public var isolatedSince: Timestamp?

    public init(
        name: String, startedAt: Timestamp, length: Duration, owner: Int32, isServed: Bool,
        configuration: String, isolatedSince: Timestamp? = nil
    ) {
        self.name = name
        self.startedAt = startedAt
        self.length = length
        self.owner = owner
        self.isServed = isServed
        self.configuration = configuration
        self.isolatedSince = isolatedSince
    }
}

/// What dogwatch itself uses.
public struct OwnCost: Sendable, Codable, Equatable {
    /// Share of one core over the last seconds, 0…; nil before the second measurement.
    public var cpu: Double?
    public var residentBytes: Int
    public var series: Int
    public var seriesLimit: Int
    /// Samples appended per second.
    public var samplesPerSecond: Double
    /// How late collections began, in seconds: the 99th percentile of the last ten seconds.
    public var lag: Double

    public init(
        cpu: Double? = nil, residentBytes: Int = 0, series: Int = 0, seriesLimit: Int = 0,
        samplesPerSecond: Double = 0, lag: Double = 0
    ) {
        self.cpu = cpu
        self.residentBytes = residentBytes
        self.series = series
        self.seriesLimit = seriesLimit
        self.samplesPerSecond = samplesPerSecond
        self.lag = lag
    }
}

/// One target as it is judged now.
public struct TargetState: Sendable, Codable, Equatable {
    public var id: TargetID
    public var health: Health
    /// Why it is not ok, in one line; "" when it is. "connecting" before the first result.
    public var reason: String
    public var remedy: String?
    /// The failing target that this one depends on and that explains its failure.
    public var cause: TargetID?
    /// When the state last changed.
    public var since: Timestamp
    /// When a collection last succeeded; nil: never. The age of every number in `detail`.
    public var lastSuccess: Timestamp?
    /// When a collection last ended, well or not; nil: none has.
    public var lastTry: Timestamp?
    public var interval: Duration
    public var detail: TargetDetail?
    public var findings: [Finding]
    /// The kind's headline number over the last minutes: seconds for probes and scrapes,
    /// transactions/s for PostgreSQL, operations/s for Redis, cores for containers and hosts.
    public var history: History

    public init(
        id: TargetID, health: Health = .unknown, reason: String = "connecting",
        remedy: String? = nil, cause: TargetID? = nil, since: Timestamp,
        lastSuccess: Timestamp? = nil,
        lastTry: Timestamp? = nil, interval: Duration = .seconds(5), detail: TargetDetail? = nil,
        findings: [Finding] = [], history: History = History()
    ) {
        self.id = id
        self.health = health
        self.reason = reason
        self.remedy = remedy
        self.cause = cause
        self.since = since
        self.lastSuccess = lastSuccess
        self.lastTry = lastTry
        self.interval = interval
        self.detail = detail
        self.findings = findings
        self.history = history
    }
}

/// Values at equal steps, the newest last; a gap is nil, never 0.
public struct History: Sendable, Codable, Equatable {
    public var step: Duration
    public var end: Timestamp
    public var values: [Double?]

    public init(
        step: Duration = .seconds(5), end: Timestamp = Timestamp(milliseconds: 0),
        values: [Double?] = []
    ) {
        self.step = step
        self.end = end
        self.values = values
    }
}

/// Something the watch says about itself.
public struct Notice: Sendable, Codable, Equatable {
    public var at: Timestamp
    public var health: Health
    public var text: String

    public init(at: Timestamp, health: Health, text: String) {
        self.at = at
        self.health = health
        self.text = text
    }
}

/// How far the loaded plans are ticked.
public struct ChecklistProgress: Sendable, Codable, Equatable {
    /// In the configuration's order.
    public var plans: [Plan]
    /// Another one each time that anything about them has changed.
    public var revision: Int

    public struct Plan: Sendable, Codable, Equatable {
        public var title: String
        public var file: String
        public var done: Int
        public var failed: Int
        public var unknown: Int
        public var total: Int

        public init(
            title: String, file: String, done: Int, failed: Int, unknown: Int, total: Int
        ) {
            self.title = title
            self.file = file
            self.done = done
            self.failed = failed
            self.unknown = unknown
            self.total = total
        }
    }

    public init(plans: [Plan], revision: Int) {
        self.plans = plans
        self.revision = revision
    }
}
