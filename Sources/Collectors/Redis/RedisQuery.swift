import Targets

/// What is asked of a server besides PING, each part on its own: one that is refused darkens
/// only what it is for.
enum RedisQuery: String, Sendable, CaseIterable {
    case info, clients, slowLog, latency, configuration, cluster

    /// How people write the command.
    var command: String {
        switch self {
        case .info: "INFO"
        case .clients: "CLIENT LIST"
        case .slowLog: "SLOWLOG"
        case .latency: "LATENCY LATEST"
        case .configuration: "CONFIG GET"
        case .cluster: "CLUSTER INFO"
        }
    }

    /// The ACL rules that allow it and nothing more.
    var rules: String {
        switch self {
        case .info: "+info"
        case .clients: "+client|list"
        case .slowLog: "+slowlog|get +slowlog|len"
        case .latency: "+latency|latest"
        case .configuration: "+config|get"
        case .cluster: "+cluster|info"
        }
    }

    /// What stays dark without it.
    var purpose: String {
        switch self {
        case .info: "memory, clients, keys, persistence, replication and all rates"
        case .clients: "the list of clients"
        case .slowLog: "slow commands"
        case .latency: "latency spikes"
        case .configuration: "configured limits"
        case .cluster: "the state of the cluster and its slots"
        }
    }

    /// From one asking to the next. A long client list costs the server's only thread time.
    func period(clients: Int) -> Duration {
        switch self {
        case .info: .zero
        case .clients: clients > 1_000 ? .seconds(60) : .seconds(5)
        case .cluster: .seconds(5)
        case .slowLog, .latency: .seconds(10)
        case .configuration: .seconds(60)
        }
    }

    /// What is sent for it. The configuration is asked for name by name, which every version knows.
    var commands: [[String]] {
        switch self {
        case .info: [["INFO", "everything"]]
        case .clients: [["CLIENT", "LIST"]]
        case .slowLog: [["SLOWLOG", "GET", "20"], ["SLOWLOG", "LEN"]]
        case .latency: [["LATENCY", "LATEST"]]
        case .configuration: RedisConfiguration.names.map { ["CONFIG", "GET", $0] }
        case .cluster: [["CLUSTER", "INFO"]]
        }
    }
}

/// When each query is asked again, and what is known of those that gave nothing.
struct RedisSchedule: Sendable {
    /// More clients than this are not listed.
    static let clientLimit = 10_000
    /// How long after a refusal a query is tried again; each try is noted in the server's ACL log.
    static let retry = Duration.seconds(600)
    /// The same for one that got no answer.
    static let retryAfterSilence = Duration.seconds(60)

    private var due: [RedisQuery: ContinuousClock.Instant] = [:]
    private var dark: [RedisQuery: Finding] = [:]

    /// The queries to ask at `now`, besides INFO.
    func queries(
        at now: ContinuousClock.Instant, clients: Int, isCluster: Bool = false
    ) -> [RedisQuery] {
        RedisQuery.allCases.filter { query in
            query != .info && isDue(query, at: now)
                && (query != .clients || clients <= RedisSchedule.clientLimit)
                && (query != .cluster || isCluster)
        }
    }

    func isDue(_ query: RedisQuery, at now: ContinuousClock.Instant) -> Bool {
        due[query].map { $0 <= now } ?? true
    }

    mutating func answered(_ query: RedisQuery, at now: ContinuousClock.Instant, clients: Int) {
        // Half a second early is on time: collections come at their own interval, with jitter.
        let period = query.period(clients: clients)
        due[query] = now + max(.zero, period - .milliseconds(500))
        dark[query] = nil
    }

    mutating func failed(
        _ query: RedisQuery, at now: ContinuousClock.Instant, _ why: Finding,
        retry: Duration = RedisSchedule.retry
    ) {
        due[query] = now + retry
        dark[query] = why
    }

    /// Forgets refusals, as another connection may have other rights.
    mutating func reconnected() {
        for query in dark.keys { due[query] = nil }
    }

    /// What is dark and why, in the order of the queries.
    func findings(clients: Int) -> [Finding] {
        var findings = RedisQuery.allCases.compactMap { dark[$0] }
        if clients > RedisSchedule.clientLimit {
            findings.append(
                Finding(
                    .ok, "the list of clients is not read: there are \(clients)",
                    expected: "at most \(RedisSchedule.clientLimit)"))
        }
        return findings
    }
}
