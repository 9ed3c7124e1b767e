/// One watched target as it is configured: what every kind shares, and what its kind adds.
public struct TargetSpec: Sendable, Hashable {
    public var id: TargetID
    /// From one collection's start to the next.
    public var interval: Duration
    /// The longest that one collection may take; at most the interval.
    public var timeout: Duration
    /// Added to every series of the target; overrides `job` and `instance`.
    public var labels: [String: String]
    /// Targets whose failure explains this one's.
    public var dependsOn: [TargetID]
    /// Of a containers target in `dependsOn`, the one container that matters.
    public var dependsOnPart: [TargetID: String] = [:]
    public var settings: TargetSettings

    public init(
        id: TargetID, interval: Duration = .seconds(5), timeout: Duration = .seconds(5),
        labels: [String: String] = [:], dependsOn: [TargetID] = [], settings: TargetSettings
    ) {
        self.id = id
        self.interval = interval
        self.timeout = timeout
        self.labels = labels
        self.dependsOn = dependsOn
        self.settings = settings
    }
}

public enum TargetSettings: Sendable, Hashable {
    case http(HTTPSettings)
    case tcp(TCPSettings)
    case postgres(PostgresSettings)
    case redis(RedisSettings)
    case containers(ContainersSettings)
    case host(HostSettings)
    case scrape(ScrapeSettings)
    case command(CommandSettings)
}

/// How a TLS peer is verified and what we show it.
public struct TLSSettings: Sendable, Hashable {
    /// Off only by an explicit `tls = { verify = false }`.
    public var verify = true
    /// A file of trusted certificates in PEM form; nil means the system's.
    public var caFile: String?
    public var certificateFile: String?
    public var keyFile: String?
    /// The name to verify and to send as SNI; nil means the host of the address.
    public var serverName: String?

    public init() {}
}

public enum IPFamily: String, Sendable, Hashable, Codable, CaseIterable { case any, ipv4, ipv6 }

public enum HTTPAuthorization: Sendable, Hashable {
    case none
    case basic(user: String, password: SecretSource)
    case bearer(SecretSource)
}

/// What makes an answer right. Empty parts ask for nothing.
public struct HTTPExpectation: Sendable, Hashable {
    /// Accepted status codes; empty means 200…299.
    public var status: [Int] = []
    /// Header name → text that its value contains (case-insensitive).
    public var headers: [String: String] = [:]
    /// Text that the body contains.
    public var body: String?
    /// RE2 patterns that the body matches, and must not match, somewhere.
    public var matches: [String] = []
    public var matchesNot: [String] = []
    /// JSON path (`$.status`, `$.items[0].id`) → the value expected there, as JSON text or bare.
    public var json: [String: String] = [:]
    /// The longest that the whole exchange may take and still be right.
    public var within: Duration?
    /// The least that the chain must still be valid.
    public var certificateValidFor: Duration?

    public init() {}
}

public struct HTTPSettings: Sendable, Hashable {
    public var url: String
    public var method = "GET"
    public var headers: [String: String] = [:]
    /// Headers whose value is a secret, by name; no name is in `headers` too.
    public var secretHeaders: [String: SecretSource] = [:]
    public var body: String?
    public var authorization = HTTPAuthorization.none
    public var tls = TLSSettings()
    /// How many redirects are followed; 0 shows the redirect itself.
    public var redirects = 10
    public var family = IPFamily.any
    /// Path of a Unix socket to connect to instead of the URL's host.
    public var unixSocket: String?
    public var proxy: String?
    public var expect = HTTPExpectation()

    public init(url: String) { self.url = url }
}

public struct TCPSettings: Sendable, Hashable {
    public var host: String
    public var port: Int
    /// nil: plain TCP.
    public var tls: TLSSettings?
    public var family = IPFamily.any
    /// Sent after connecting; then `expect` must be contained in the answer.
    public var send: String?
    public var expect: String?

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}

public struct PostgresSettings: Sendable, Hashable {
    /// A libpq URI or keyword string, without the password.
    public var url: String
    public var password: SecretSource?

    public init(url: String) { self.url = url }
}

public struct RedisSettings: Sendable, Hashable {
    /// `redis://[user@]host[:port][/db]`, `rediss://…`, or `unix:///path`.
    public var url: String
    public var user: String?
    public var password: SecretSource?
    public var tls = TLSSettings()

    public init(url: String) { self.url = url }
}

public struct ContainersSettings: Sendable, Hashable {
    /// `unix:///var/run/docker.sock` or `http://…` of an engine behind a TLS proxy.
    public var url: String
    /// Shell-style patterns of names to watch; empty means all. `except` is applied after.
    public var only: [String] = []
    public var except: [String] = []

    public init(url: String) { self.url = url }
}

public struct HostSettings: Sendable, Hashable {
    /// Mount points to watch, shell-style patterns; empty means all real file systems.
    public var mounts: [String] = []

    public init() {}
}

public struct ScrapeSettings: Sendable, Hashable {
    public var url: String
    public var headers: [String: String] = [:]
    /// Headers whose value is a secret, by name; no name is in `headers` too.
    public var secretHeaders: [String: SecretSource] = [:]
    public var authorization = HTTPAuthorization.none
    public var tls = TLSSettings()
    public var unixSocket: String?
    /// The most that is read of one answer, in bytes.
    public var maxBytes = 16 << 20
    /// The most series of one answer; more is a failed collection.
    public var maxSamples = 20_000

    public init(url: String) { self.url = url }
}

public struct CommandSettings: Sendable, Hashable {
    /// Program and arguments; never a shell.
    public var run: [String]
    public var environment: [String: String] = [:]
    /// Variables whose value is a secret, by name; no name is in `environment` too.
    public var secretEnvironment: [String: SecretSource] = [:]
    /// Exit codes that mean ok, degraded; every other is critical (Nagios: 0, 1).
    public var ok: [Int] = [0]
    public var degraded: [Int] = [1]
    /// The most that is read of its output, in bytes.
    public var maxBytes = 64 << 10

    public init(run: [String]) { self.run = run }
}
