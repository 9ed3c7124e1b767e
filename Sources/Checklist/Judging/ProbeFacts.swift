import TimeSeries

/// What one run of an opt-in check saw. Kept with its ledger entry, so that a restart neither forgets it
/// nor runs it again.
public enum ProbeFacts: Sendable, Hashable, Codable {
    case burst(Burst)
    case ports(Ports)

    /// Requests one after the other until the first 429.
    public struct Burst: Sendable, Hashable, Codable {
        public var url: String
        public var limit: Int
        public var sent: Int
        /// The number of the request that was refused first; nil: none was.
        public var refused: Int?
        /// What `Retry-After` said, in seconds.
        public var retryAfter: Int?
        /// Another status that ended the run.
        public var ending: Int?
        /// Why the run could not go on; nil when it could.
        public var failure: String?
        /// Whether the identity was served again in the next window.
        public var hasRecovered: Bool?
        /// Statuses of the requests after the burst: of a second identity, and of the first one with a
        /// forged `X-Forwarded-For`.
        public var second: Int?
        public var forged: Int?

        public init(url: String, limit: Int) {
            self.url = url
            self.limit = limit
            sent = 0
        }
    }

    public struct Ports: Sendable, Hashable, Codable {
        public var host: String
        /// Ports that must answer, and those that must not, each with whether it did.
        public var wanted: [Int: Bool]
        public var unwanted: [Int: Bool]
        public var control: Int

        public init(host: String, wanted: [Int: Bool], unwanted: [Int: Bool], control: Int) {
            self.host = host
            self.wanted = wanted
            self.unwanted = unwanted
            self.control = control
        }
    }
}

/// One run of an opt-in check: who enabled it, where it ran, and how much it sent.
public struct ProbeRun: Sendable, Hashable, Codable {
    public var check: String
    /// The plan whose bindings allow it.
    public var plan: String
    /// The owner of the bindings.
    public var enabledBy: String
    public var host: String
    public var at: Timestamp
    /// Requests or connections.
    public var sent: Int
    public var facts: ProbeFacts

    public init(
        check: String, plan: String, enabledBy: String, host: String, at: Timestamp, sent: Int,
        facts: ProbeFacts
    ) {
        self.check = check
        self.plan = plan
        self.enabledBy = enabledBy
        self.host = host
        self.at = at
        self.sent = sent
        self.facts = facts
    }
}
