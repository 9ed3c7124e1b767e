import Targets

/// What opt-in checks may do, where: the tables `[ratelimit]` and `[ports]` of the bindings. Their bounds
/// are the checks' own and no settings.
public struct ProbeSettings: Sendable, Hashable {
    public var rateLimit: RateLimit?
    public var ports: Ports?

    public init() {}

    /// One cheap page and who asks for it.
    public struct RateLimit: Sendable, Hashable {
        public var url: String
        /// Requests a minute that the plan allows, 1…100.
        public var limit: Int
        /// The header that says who asks; nil: the address alone.
        public var header: String?
        /// The test identities: the second shows whether the limit is each user's own.
        public var identities: [SecretSource]

        public init(url: String, limit: Int, header: String?, identities: [SecretSource]) {
            self.url = url
            self.limit = limit
            self.header = header
            self.identities = identities
        }

        /// The most requests of one run.
        public var cap: Int { 2 * limit + 1 }
        public static let limits = 1...100
    }

    /// Ports of one host of the project's own.
    public struct Ports: Sendable, Hashable {
        public var host: String
        /// Those that must answer; the first is the control.
        public var open: [Int]
        /// Those that must not.
        public var closed: [Int]

        public init(host: String, open: [Int], closed: [Int]) {
            self.host = host
            self.open = open
            self.closed = closed
        }

        public static let countLimit = 64
    }
}
