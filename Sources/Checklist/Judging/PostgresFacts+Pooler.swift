extension PostgresFacts {
    /// What the console of a PgBouncer says. Its console's own pool and dogwatch's are not in it.
    public enum Pooler: Sendable, Hashable {
        /// The target is no pooler.
        case none
        /// One that has answered before answers no more.
        case unreachable(String)
        case works([Pool], clientAddresses: Set<String>)
    }

    /// A row of `SHOW POOLS`.
    public struct Pool: Sendable, Hashable {
        public var database: String
        public var user: String
        /// "transaction", "session" or "statement".
        public var mode: String
        /// Clients that have a server's connection, and those that wait for one.
        public var active: Double
        public var waiting: Double
        /// How long the oldest waits, in seconds.
        public var longestWait: Double

        public init(
            database: String, user: String, mode: String, active: Double = 0, waiting: Double = 0,
            longestWait: Double = 0
        ) {
            self.database = database
            self.user = user
            self.mode = mode
            self.active = active
            self.waiting = waiting
            self.longestWait = longestWait
        }
    }
}
