import Reactor
import Targets
import TimeSeries

/// Measures one Redis or Valkey server under redis_exporter's names, over one connection that it
/// keeps. Sends PING, INFO, CLIENT LIST, SLOWLOG, LATENCY LATEST and CONFIG GET of a few names:
/// nothing that reads a key, watches other clients or changes anything but its own client's name.
public actor RedisCollector: Collector {
    public nonisolated let id: TargetID
    private let address: Result<RedisAddress, CollectionFailure>
    private let settings: RedisSettings
    private let password: Secret?
    private let resolver: Resolver

    private var connection: RedisConnection?
    private var schedule = RedisSchedule()
    private var rates = RedisRates()
    private var seen = Seen()
    /// How INFO is asked: a server that knows no section "everything" says nothing to it.
    private var infoWords = [["INFO", "everything"], ["INFO", "all"], ["INFO"]]
    private var ownCommands = 0.0

    /// What the queries that are not asked each time said last.
    private struct Seen {
        var configuration = RedisConfiguration()
        var clients = 0
        var topClients: [RedisDetail.Client] = []
        var slowLog: RedisSlowLog?
        var slowLogLength: Int64?
        var latency: [MetricFamily] = []
        var isCluster = false
        var cluster: RedisInfo?
    }

    /// A URL that cannot be read is the failure of every collection.
    public init(
        id: TargetID, settings: RedisSettings, password: Secret?, resolver: Resolver = Resolver()
    ) {
        self.id = id
        self.settings = settings
        self.password = password
        self.resolver = resolver
        do {
            address = .success(try RedisAddress(url: settings.url))
        } catch {
            address = .failure(error)
        }
    }

    public func collect(
        deadline: ContinuousClock.Instant
    ) async throws(CollectionFailure) -> Reading {
        let address = try address.get()
        let ping = try await ping(address, by: deadline)
        let state = try await state(address, by: deadline)
        await askTheRest(by: deadline)
        return reading(ping: ping, state: state)
    }

    public func close() async {
        await connection?.close()
        connection = nil
    }
}

extension RedisCollector {
    private var user: String? {
        let ofURL = try? address.get().user
        return settings.user ?? ofURL
    }

    /// Seconds of a PING. A kept connection that turns out to be closed is replaced once.
    private func ping(
        _ address: RedisAddress, by deadline: Deadline
    ) async throws(CollectionFailure) -> Double {
        let place = address.description
        for mayBeStale in [true, false] {
            let isKept = await connection?.isOpen ?? false
            let connection = try await connected(address, by: deadline)
            let (answer, seconds) = await connection.ping(by: deadline)
            ownCommands += 1
            if mayBeStale, isKept, answer.failure?.isClosure == true { continue }
            if let failure = answer.failure {
                throw RedisFailure.of(failure, "PING", at: place)
            }
            switch answer.replies.first {
            case .error(let error):
                try await stop(at: error, place, by: deadline)
                return seconds
            case .status("PONG"): return seconds
            default:
                await connection.close()
                throw CollectionFailure(.garbage, "\(place) does not answer PING with PONG")
            }
        }
        throw CollectionFailure(.unreachable, "PING \(place): it closed the connection")
    }

    /// Throws when an error means that the server cannot be measured now.
    private func stop(
        at error: RedisError, _ place: String, by deadline: Deadline
    ) async throws(CollectionFailure) {
        guard let failure = RedisFailure.fatal(error, at: place, user: user) else { return }
        guard [.loading, .masterDown].contains(error.kind), let connection else { throw failure }
        // INFO answers in these states, and says how far it is.
        let answer = await connection.ask([["INFO"]], by: deadline)
        ownCommands += 1
        let state = answer.replies.first?.bytes.map { RedisInfo(parsing: $0) }
        throw RedisFailure.fatal(error, at: place, user: user, state: state) ?? failure
    }

    private func connected(
        _ address: RedisAddress, by deadline: Deadline
    ) async throws(CollectionFailure) -> RedisConnection {
        if let connection, await connection.isOpen { return connection }
        let place = address.description
        let opened = try await RedisConnection.open(
            address, tls: settings.tls, resolver: resolver, by: deadline)
        connection = opened
        schedule.reconnected()
        try await greet(opened, place, by: deadline)
        return opened
    }

    /// Logs in where credentials are set, and names the connection for who lists the clients.
    private func greet(
        _ connection: RedisConnection, _ place: String, by deadline: Deadline
    ) async throws(CollectionFailure) {
        var commands = [["CLIENT", "SETNAME", "dogwatch"]]
        if password != nil || user != nil {
            let words = ["AUTH", user, password?.reveal() ?? ""].compactMap { $0 }
            commands.insert(words, at: 0)
        }
        let answer = await connection.ask(commands, by: deadline)
        ownCommands += Double(commands.count)
        if let failure = answer.failure, answer.replies.isEmpty {
            throw RedisFailure.of(failure, "log in to", at: place)
        }
        for (command, reply) in zip(commands, answer.replies) {
            guard case .error(let error) = reply else { continue }
            guard command[0] == "AUTH" else {
                try await stop(at: error, place, by: deadline)
                continue
            }
            await connection.close()
            throw RedisFailure.login(error, at: place, user: user)
        }
    }
}

extension RedisCollector {
    /// INFO and the rates since the last one, nil where the user may not have it.
    private func state(
        _ address: RedisAddress, by deadline: Deadline
    ) async throws(CollectionFailure) -> (info: RedisInfo, window: RedisRates.Window)? {
        guard schedule.isDue(.info, at: .now), let connection else { return nil }
        while let words = infoWords.first {
            let answer = await connection.ask([words], by: deadline)
            ownCommands += 1
            if let failure = answer.failure {
                throw RedisFailure.of(failure, "INFO", at: address.description)
            }
            if case .error(let error) = answer.replies.first {
                try await stop(at: error, address.description, by: deadline)
                if error.kind == .notPermitted || infoWords.count == 1 {
                    schedule.failed(.info, at: .now, RedisFailure.dark(.info, error, user: user))
                    return nil
                }
            } else if let bytes = answer.replies.first?.bytes, !bytes.isEmpty {
                let info = RedisInfo(parsing: bytes)
                seen.clients = info.count("connected_clients") ?? 0
                seen.isCluster = info.number("cluster_enabled") == 1
                schedule.answered(.info, at: .now, clients: seen.clients)
                // Before anything else is sent, so that our own commands are those up to this INFO.
                let counters = RedisCounters(info, ownCommands: ownCommands)
                return (info, rates.next(counters, at: .now))
            } else if infoWords.count == 1 {
                break
            }
            infoWords.removeFirst()
        }
        throw CollectionFailure(.garbage, "\(address.description) says nothing to INFO")
    }

    /// Asks what is due besides. What fails here darkens its own part only.
    private func askTheRest(by deadline: Deadline) async {
        let queries = schedule.queries(
            at: .now, clients: seen.clients, isCluster: seen.isCluster)
        guard !queries.isEmpty, let connection, await connection.isOpen else { return }
        // What has been learnt so far is not lost to a query that hangs.
        let limit = deadline - (deadline - .now) / 5
        let answer = await connection.ask(queries.flatMap(\.commands), by: limit)
        var replies = answer.replies[...]
        ownCommands += Double(replies.count)
        for query in queries {
            let own = replies.prefix(query.commands.count)
            replies = replies.dropFirst(query.commands.count)
            if let error = own.lazy.compactMap(\.error).first {
                take(query, [])
                schedule.failed(query, at: .now, RedisFailure.dark(query, error, user: user))
            } else if own.count == query.commands.count {
                take(query, Array(own))
                schedule.answered(query, at: .now, clients: seen.clients)
            } else if let failure = answer.failure {
                take(query, [])
                schedule.failed(
                    query, at: .now, RedisFailure.dark(query, failure),
                    retry: failure == .reader(.tooLarge)
                        ? RedisSchedule.retry : RedisSchedule.retryAfterSilence)
                return
            }
        }
    }

    /// Keeps what a query said; no replies mean that it is not known any more.
    private func take(_ query: RedisQuery, _ replies: [RedisReply]) {
        switch query {
        case .info: break
        case .clients:
            seen.topClients = replies.first?.bytes.map { RedisClientList.top($0) } ?? []
        case .slowLog:
            seen.slowLog = replies.first.map { RedisSlowLog($0) }
            seen.slowLogLength = replies.last?.integer
        case .latency: seen.latency = replies.first.map(RedisLatency.families) ?? []
        case .cluster: seen.cluster = replies.first?.bytes.map { RedisInfo(parsing: $0) }
        case .configuration:
            seen.configuration = RedisConfiguration()
            for reply in replies { seen.configuration.add(reply) }
        }
    }

    private func reading(
        ping: Double, state: (info: RedisInfo, window: RedisRates.Window)?
    ) -> Reading {
        var families = [
            MetricFamily("redis_up", .gauge, "Whether the server answers.", value: 1),
            MetricFamily(
                "redis_exporter_last_scrape_ping_time_seconds", .gauge,
                "How long a PING took.", value: ping),
        ]
        var detail = RedisDetail(ping: ping, configuration: seen.configuration)
        var findings = schedule.findings(clients: seen.clients)
        if let (info, window) = state {
            families += info.families(
                databases: seen.configuration.databases, now: wallClockSeconds())
            detail.take(info, window)
            findings = RedisFindings.of(info, seen.configuration, window) + findings
        }
        families += seen.configuration.families + seen.latency
        if seen.isCluster, let cluster = seen.cluster {
            families += cluster.families()
            findings = RedisFindings.ofCluster(cluster) + findings
        }
        if let log = seen.slowLog {
            families += log.families(length: seen.slowLogLength)
            detail.take(log)
        }
        detail.topClients = seen.topClients
        return Reading(families: families, detail: .redis(detail), findings: findings)
    }
}
