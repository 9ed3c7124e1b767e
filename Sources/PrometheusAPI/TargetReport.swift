import TimeSeries

/// One target as the API shows it.
public struct TargetReport: Hashable, Sendable {
    public enum Health: String, Hashable, Sendable { case up, down, unknown }

    /// The group that it belongs to: its kind or, for a scrape, its job.
    public var pool: String
    /// Without any credentials; "" where there is none.
    public var url: String
    /// Those of its series.
    public var labels: Labels
    /// Before anything configured changed them.
    public var discoveredLabels: Labels
    public var health: Health
    /// "" while there is none.
    public var lastError: String
    /// nil before the first.
    public var lastScrape: Timestamp?
    public var lastScrapeDuration: Duration
    public var interval: Duration
    public var timeout: Duration

    public init(
        pool: String, url: String, labels: Labels, discoveredLabels: Labels = Labels(),
        health: Health = .unknown, lastError: String = "", lastScrape: Timestamp? = nil,
        lastScrapeDuration: Duration = .zero, interval: Duration, timeout: Duration
    ) {
        self.pool = pool
        self.url = url
        self.labels = labels
        self.discoveredLabels = discoveredLabels
        self.health = health
        self.lastError = lastError
        self.lastScrape = lastScrape
        self.lastScrapeDuration = lastScrapeDuration
        self.interval = interval
        self.timeout = timeout
    }
}

/// What a server says of itself.
public struct ServerFacts: Hashable, Sendable {
    /// Of dogwatch: "0.1.0".
    public var version: String
    public var startedAt: Timestamp
    /// How long samples are kept.
    public var retention: Duration
    /// Evaluations at once.
    public var concurrency: Int

    public init(version: String, startedAt: Timestamp, retention: Duration, concurrency: Int) {
        self.version = version
        self.startedAt = startedAt
        self.retention = retention
        self.concurrency = concurrency
    }
}
