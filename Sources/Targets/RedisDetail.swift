/// One Redis or Valkey server at one instant. Rates are over the time since the last collection and
/// nil on the first; a part that the user may not read is nil or empty, with a finding. Without INFO
/// that is nearly all.
public struct RedisDetail: Sendable, Codable, Equatable {
    public struct SlowCommand: Sendable, Codable, Equatable {
        /// Seconds since the epoch.
        public var at = 0.0
        /// Seconds.
        public var duration = 0.0
        public var command = ""
        public var client = ""

        public init() {}
    }

    public struct Client: Sendable, Codable, Equatable {
        public var address = ""
        public var name = ""
        public var user = ""
        public var database = 0
        public var ageSeconds = 0.0
        public var idleSeconds = 0.0
        public var command = ""
        public var memoryBytes = 0.0

        public init() {}
    }

    public struct Keyspace: Sendable, Codable, Equatable {
        public var database = 0
        public var keys = 0.0
        public var expiring = 0.0

        public init() {}
    }

    /// "redis" or "valkey", then its own version.
    public var server = "redis"
    public var version = ""
    /// "master" or "slave", as INFO says; "" when INFO may not be read, and of a sentinel.
    public var role = ""
    public var uptime: Double?
    /// Seconds that our own PING took.
    public var ping: Double?
    public var clients: Int?
    public var maxClients: Int?
    public var blockedClients: Int?
    public var usedMemoryBytes: Double?
    /// nil when there is no limit.
    public var maxMemoryBytes: Double?
    public var fragmentationRatio: Double?
    public var operationsPerSecond: Double?
    /// Hits ÷ look-ups over the last minute; nil below 100 look-ups.
    public var hitRatio: Double?
    public var evictedPerSecond: Double?
    public var expiredPerSecond: Double?
    /// Since the server started, or its counters were reset.
    public var rejectedConnections: Double?
    /// Of a replica: the link, and how long ago the master was heard.
    public var masterLinkIsUp: Bool?
    public var masterLastIOSeconds: Double?
    public var replicas: Int?
    /// The last RDB save, or the last write or rewrite of the append-only file.
    public var lastSaveFailed: Bool?
    public var keyspaces: [Keyspace] = []
    public var slowCommands: [SlowCommand] = []
    /// Those that hold the most memory, at most 20.
    public var topClients: [Client] = []

    public init() {}
}
