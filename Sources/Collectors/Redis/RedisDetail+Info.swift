import Glibc
import Reactor
import Targets

extension RedisDetail {
    init(ping: Double, configuration: RedisConfiguration) {
        self.init()
        self.ping = ping
        maxClients = configuration.count("maxclients")
    }

    /// Takes what INFO says, and rates that were made of it.
    mutating func take(_ info: RedisInfo, _ window: RedisRates.Window) {
        server = info.server
        version = info.version
        role = info.text("role", limit: 16)
        uptime = info.number("uptime_in_seconds")
        clients = info.count("connected_clients")
        maxClients = info.count("maxclients") ?? maxClients
        blockedClients = info.count("blocked_clients")
        usedMemoryBytes = info.number("used_memory")
        maxMemoryBytes = info.number("maxmemory").flatMap { $0 > 0 ? $0 : nil }
        fragmentationRatio = info.number("mem_fragmentation_ratio")
        operationsPerSecond = window.operationsPerSecond
        hitRatio = window.hitRatio
        evictedPerSecond = window.evictedPerSecond
        expiredPerSecond = window.expiredPerSecond
        rejectedConnections = info.number("rejected_connections")
        replicas = info.count("connected_slaves")
        lastSaveFailed = RedisFindings.lastSaveFailed(info)
        if info.isReplica {
            masterLinkIsUp = info["master_link_status"].map { $0 == "up" }
            // -1 while the link is down: it has not been heard on this link.
            masterLastIOSeconds = info.number("master_last_io_seconds_ago")
                .flatMap { $0 >= 0 ? $0 : nil }
        }
        keyspaces = info.fields(in: "keyspace").prefix(64).compactMap(Keyspace.init)
    }

    mutating func take(_ log: RedisSlowLog) {
        slowCommands = log.entries.prefix(20).map { entry in
            var command = SlowCommand()
            command.at = entry.at
            command.duration = entry.duration
            command.command = entry.command
            command.client = entry.client
            return command
        }
    }
}

extension RedisDetail.Keyspace {
    fileprivate init?(_ field: RedisInfo.Field) {
        let parts = RedisInfo.parts(field.value)
        guard let number = RedisInfo.database(field.name),
            let keys = RedisInfo.number("keys", in: parts)
        else { return nil }
        self.init()
        database = number
        self.keys = keys
        expiring = RedisInfo.number("expires", in: parts) ?? 0
    }
}

extension RedisAddress {
    var endpoint: Endpoint {
        switch place {
        case .tcp(let host, let port): .tcp(host: host, port: port)
        case .unix(let path): .unix(path: path)
        }
    }

    /// nil for an address without TLS.
    func tlsOptions(_ settings: TLSSettings) -> TLSOptions? {
        guard isTLS else { return nil }
        var options = TLSOptions()
        options.verify = settings.verify
        options.caFile = settings.caFile
        options.certificateFile = settings.certificateFile
        options.keyFile = settings.keyFile
        options.serverName = settings.serverName
        return options
    }
}

extension RedisConnection.Failure {
    /// Whether the other side just closed, as it does with idle connections and when it restarts.
    var isClosure: Bool {
        switch self {
        case .stream(.closed), .stream(.system(_, ECONNRESET)), .stream(.system(_, EPIPE)): true
        case .stream, .reader: false
        }
    }
}

extension RedisReply {
    var error: RedisError? { if case .error(let error) = self { error } else { nil } }
}

/// Seconds since the epoch, by the system's clock.
func wallClockSeconds() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
}
