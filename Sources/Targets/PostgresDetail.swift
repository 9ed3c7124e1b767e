/// One PostgreSQL server at one instant. Rates are over the time since the last collection and nil
/// on the first; a part that the role may not read is nil or empty, with a finding that says why.
public struct PostgresDetail: Sendable, Codable, Equatable {
    public struct Connections: Sendable, Codable, Equatable {
        /// Client backends only.
        public var used = 0
        public var max = 0
        /// State word of `pg_stat_activity` → count ("active", "idle in transaction (aborted)", …).
        public var byState: [String: Int] = [:]

        public init() {}
    }

    public struct Session: Sendable, Codable, Equatable {
        public var pid = 0
        public var user = ""
        public var database = ""
        public var application = ""
        public var client = ""
        public var state = ""
        /// "Lock:transactionid"; "" when it does not wait.
        public var wait = ""
        /// Seconds; nil when not in a transaction or query.
        public var transactionAge: Double?
        public var queryAge: Double?
        public var stateAge: Double?
        /// Of a session that is idle in a transaction this is its last query.
        public var query = ""
        /// Pids that hold what it waits for; 0 is a prepared transaction.
        public var blockedBy: [Int] = []

        public init() {}
    }

    public struct Statement: Sendable, Codable, Equatable {
        public var query = ""
        public var database = ""
        public var user = ""
        /// Over the window.
        public var callsPerSecond = 0.0
        public var meanSeconds = 0.0
        /// Share of all statements' time in the window, 0…1.
        public var timeShare = 0.0
        public var rowsPerCall = 0.0

        public init() {}
    }

    public struct Replica: Sendable, Codable, Equatable {
        public var name = ""
        public var state = ""
        public var sync = ""
        public var lagBytes: Double?
        public var lagSeconds: Double?

        public init() {}
    }

    public struct Slot: Sendable, Codable, Equatable {
        public var name = ""
        public var isActive = false
        public var retainedBytes: Double?
        public var walStatus = ""

        public init() {}
    }

    /// "15.18"
    public var version = ""
    public var isInRecovery = false
    public var uptime = 0.0
    public var connections = Connections()
    public var transactionsPerSecond: Double?
    public var rollbackShare: Double?
    /// Blocks found in shared buffers ÷ blocks asked for, in the window; nil below 1,000 blocks.
    public var cacheHitRatio: Double?
    public var deadlocksPerSecond: Double?
    public var tempBytesPerSecond: Double?
    public var walBytesPerSecond: Double?
    public var databaseSizeBytes: Double?
    public var longestTransaction: Double?
    public var waiting = 0
    /// Oldest database's transaction age ÷ 2³¹, 0…1.
    public var wraparound: Double?
    public var replicationLagSeconds: Double?
    public var sessions: [Session] = []
    public var statements: [Statement] = []
    public var replicas: [Replica] = []
    public var slots: [Slot] = []

    public init() {}
}
