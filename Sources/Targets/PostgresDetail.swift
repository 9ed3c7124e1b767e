/// One PostgreSQL server at one instant. Rates are over the time since the last collection and nil
/// on the first; a part that the role may not read is nil or empty, with a finding that says why.
public struct PostgresDetail: Sendable, Codable, Equatable {
    public struct Connections: Sendable, Codable, Equatable {
        /// Client backends only, our own among them.
        public var used = 0
        public var max = 0
        /// Of `max`, those kept for superusers and for `pg_use_reserved_connections`.
        public var reserved = 0
        /// State word of `pg_stat_activity` → count ("active", "idle in transaction (aborted)", …);
        /// "hidden" for those whose state the role may not see.
        public var byState: [String: Int] = [:]

        public init() {}
    }

    public struct Session: Sendable, Codable, Equatable {
        public var pid = 0
        public var user = ""
        public var database = ""
        public var application = ""
        /// "10.0.0.7:51234", or "local" over a Unix socket.
        public var client = ""
        /// "client backend", "autovacuum worker", …
        public var backendType = ""
        /// Seconds since the epoch; with the pid it names one session for good.
        public var backendStart: Double?
        public var state = ""
        /// "Lock:transactionid"; "" when it does not wait.
        public var wait = ""
        /// Seconds that it has waited for a lock; nil when it does not, and before version 14.
        public var waitAge: Double?
        /// Seconds; nil when not in a transaction or query.
        public var transactionAge: Double?
        public var queryAge: Double?
        public var stateAge: Double?
        /// Of a session that is idle in a transaction this is its last query.
        public var query = ""
        public var queryID: String?
        /// Pids that hold what it waits for; 0 is a prepared transaction.
        public var blockedBy: [Int] = []

        public init() {}
    }

    public struct Statement: Sendable, Codable, Equatable {
        public var queryID = ""
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

    /// A transaction that was prepared for a two-phase commit and holds its locks without a process.
    public struct PreparedTransaction: Sendable, Codable, Equatable {
        public var name = ""
        public var owner = ""
        public var database = ""
        /// Seconds since it was prepared.
        public var age = 0.0

        public init() {}
    }

    public struct Vacuum: Sendable, Codable, Equatable {
        public var pid = 0
        public var database = ""
        public var table = ""
        public var phase = ""
        /// Blocks scanned ÷ blocks of the table, 0…1; nil before it knows them.
        public var progress: Double?

        public init() {}
    }

    /// "15.18"
    public var version = ""
    public var isInRecovery = false
    /// Seconds since the server started.
    public var uptime = 0.0
    public var connections = Connections()
    public var transactionsPerSecond: Double?
    /// nil below 100 transactions in the window.
    public var rollbackShare: Double?
    /// Blocks found in shared buffers ÷ blocks asked for, in the window; nil below 1,000 blocks.
    public var cacheHitRatio: Double?
    public var deadlocksPerSecond: Double?
    public var tempBytesPerSecond: Double?
    public var walBytesPerSecond: Double?
    /// All databases together; nil when one of them may not be measured.
    public var databaseSizeBytes: Double?
    /// Bytes of WAL segments on disk.
    public var walSizeBytes: Double?
    /// Seconds; nil when no client is in a transaction.
    public var longestTransaction: Double?
    /// Sessions that wait for a lock.
    public var waiting = 0
    /// Oldest database's transaction age ÷ 2³¹, 0…1.
    public var wraparound: Double?
    /// On a standby its own lag; on a primary that of its slowest replica, nil without one.
    public var replicationLagSeconds: Double?
    public var sessions: [Session] = []
    /// The dearest statements of the window, dearest first; empty on the first collection.
    public var statements: [Statement] = []
    public var replicas: [Replica] = []
    public var slots: [Slot] = []
    /// Oldest first.
    public var preparedTransactions: [PreparedTransaction] = []
    public var vacuums: [Vacuum] = []

    public init() {}
}
