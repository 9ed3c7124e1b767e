import Collectors
import Reactor
import Targets
import TestSupport
import Testing
import TimeSeries

/// A collector of a server; the user's password is "pw" where there is a user.
func redisCollector(
    _ url: String, user: String? = nil, password: String? = nil, tls: TLSSettings = TLSSettings()
) -> RedisCollector {
    var settings = RedisSettings(url: url)
    settings.user = user
    settings.tls = tls
    return RedisCollector(
        id: TargetID(.redis, "test"), settings: settings, password: password.map { Secret($0) })
}

extension Reading {
    var redis: RedisDetail {
        if case .redis(let detail) = detail { detail } else { RedisDetail() }
    }
}

extension RedisCollector {
    /// One collection within a time that a healthy server needs by far not.
    func collect(within limit: Duration = .seconds(20)) async throws(CollectionFailure) -> Reading {
        try await collect(deadline: .now + limit)
    }

    /// The failure of a collection that must fail.
    func failure(within limit: Duration = .seconds(20)) async -> CollectionFailure? {
        do {
            _ = try await collect(within: limit)
            return nil
        } catch {
            return error
        }
    }
}

@Suite(.enabled(if: installed("redis-server", "redis-cli")))
struct RedisTests {
    @Test("a collection says what redis-cli says")
    func values() async throws {
        let (server, folder) = try await start(["--maxmemory", "64mb", "--maxclients", "77"])
        defer { server.stop() }
        try await blocking {
            for _ in 0..<3 { try server.cli("set", "a", "1", "EX", "1000") }
            try server.cli("get", "a")
            try server.cli("get", "none")
            try server.cli("-n", "3", "lpush", "l", "1", "2")
        }
        let collector = redisCollector(server.url + "/3")
        let reading = try await collector.collect()
        let info = try await blocking { try server.info() }
        #expect(reading.value("redis_up") == 1)
        for (metric, field) in [
            ("redis_keyspace_hits_total", "keyspace_hits"),
            ("redis_keyspace_misses_total", "keyspace_misses"),
            ("redis_memory_max_bytes", "maxmemory"), ("redis_process_id", "process_id"),
            ("redis_evicted_keys_total", "evicted_keys"), ("redis_max_clients", "maxclients"),
            ("redis_rdb_changes_since_last_save", "rdb_changes_since_last_save"),
        ] {
            #expect(reading.value(metric) == info[field].flatMap { Double($0) }, "\(metric)")
        }
        #expect(reading.value("redis_db_keys", ["db": "db3"]) == 1)
        #expect(reading.value("redis_db_keys", ["db": "db7"]) == 0)
        #expect(reading.value("redis_config_maxclients") == 77)
        let detail = reading.redis
        #expect(detail.server == "redis" && detail.version == info["redis_version"])
        #expect(detail.role == "master" && detail.maxClients == 77 && (detail.clients ?? 0) >= 1)
        #expect(detail.maxMemoryBytes == 67_108_864)
        #expect(detail.keyspaces.map(\.database) == [0, 3])
        #expect(detail.topClients.map(\.name).contains("dogwatch"))
        #expect((detail.ping ?? 99) < 20)
        #expect(reading.findings == [])
        await collector.close()
        _ = folder
    }

    @Test("rates are over the time between two collections, and never there on the first")
    func rates() async throws {
        let (server, folder) = try await start()
        defer { server.stop() }
        let collector = redisCollector(server.url)
        let first = try await collector.collect().redis
        #expect(first.operationsPerSecond == nil && first.hitRatio == nil)
        #expect(first.evictedPerSecond == nil && first.expiredPerSecond == nil)
        let load =
            "redis.call('set','a',1) for i=1,300 do redis.call('get','a') end "
            + "for i=1,100 do redis.call('get','b') end"
        _ = try await blocking { try server.cli("eval", load, "0") }
        let second = try await collector.collect().redis
        #expect(second.hitRatio == 0.75)
        #expect((second.operationsPerSecond ?? 0) > 0)
        #expect(second.evictedPerSecond == 0)
        _ = try await blocking { try server.cli("config", "resetstat") }
        let third = try await collector.collect().redis
        #expect(third.operationsPerSecond == nil && third.hitRatio == nil)
        await collector.close()
        _ = folder
    }

    @Test("nothing is sent that reads keys, watches others or changes the server")
    func commandsSent() async throws {
        let (server, folder) = try await start()
        defer { server.stop() }
        let collector = redisCollector(server.url)
        _ = try await collector.collect()
        _ = try await collector.collect()
        let stats = try await blocking { try server.info() }
        let sent = Set(stats.keys.filter { $0.hasPrefix("cmdstat_") }.map { $0.dropFirst(8) })
        #expect(
            sent.isSubset(of: [
                "ping", "info", "client|setname", "client|list", "slowlog|get", "slowlog|len",
                "latency|latest", "config|get",
            ]), "\(sent)")
        await collector.close()
        _ = folder
    }

    @Test("a Unix socket works as an address, and a missing one is unreachable")
    func unixSocket() async throws {
        let folder = try TemporaryFolder("redis")
        let path = folder.path("r.sock")
        let server = try await blocking { try RedisServer(["--unixsocket", path], in: folder) }
        defer { server.stop() }
        let collector = redisCollector("unix://\(path)")
        #expect(try await collector.collect().value("redis_up") == 1)
        await collector.close()
        let failure = await redisCollector("unix://\(path).not").failure()
        #expect(failure?.reason == .unreachable)
        #expect(failure?.message == "connect to \(path).not: No such file or directory")
    }

    @Test("a slow command is shown with its time")
    func slowLog() async throws {
        let (server, folder) = try await start(["--slowlog-log-slower-than", "2000"])
        defer { server.stop() }
        _ = try await blocking {
            try server.cli("eval", "for i=1,3000000 do end return KEYS[1]", "1", "the-key")
        }
        let collector = redisCollector(server.url)
        let reading = try await collector.collect()
        let slow = try #require(reading.redis.slowCommands.first)
        #expect(slow.command.hasPrefix("EVAL") && slow.duration > 0.002)
        #expect(reading.value("redis_slowlog_length") == 1)
        #expect(reading.value("redis_last_slow_execution_duration_seconds") == slow.duration)
        await collector.close()
        _ = folder
    }

    @Test("a server that evicts nothing and is full, and one that evicts, are told apart")
    func memory() async throws {
        let (server, folder) = try await start(["--maxmemory", "3mb"])
        defer { server.stop() }
        let collector = redisCollector(server.url)
        let fill = "for i=1,4000 do redis.pcall('set','k'..i,string.rep('x',1000)) end"
        _ = try await blocking { try server.cli("eval", fill, "0") }
        let full = try await collector.collect()
        #expect(full.findings.map(\.title).first?.hasPrefix("memory is ") == true)
        #expect(full.findings.map(\.health) == [.degraded])
        try await blocking {
            try server.cli("config", "set", "maxmemory-policy", "allkeys-lru")
            try server.cli("eval", fill, "0")
        }
        let evicting = try await collector.collect()
        #expect(evicting.findings == [])
        #expect((evicting.redis.evictedPerSecond ?? 0) > 0)
        await collector.close()
        _ = folder
    }

    @Test("a replica shows its link, and says when the master is gone")
    func replica() async throws {
        let (master, folder) = try await start(["--repl-diskless-sync-delay", "0"])
        let replica = try await blocking {
            try RedisServer(["--replicaof", "127.0.0.1 \(master.port)"], in: folder)
        }
        defer { replica.stop() }
        let collector = redisCollector(replica.url)
        try await blocking { try waitUntil { try replica.info()["master_link_status"] == "up" } }
        let linked = try await collector.collect()
        let origin = ["master_host": "127.0.0.1", "master_port": "\(master.port)"]
        #expect(linked.value("redis_master_link_up", origin) == 1)
        #expect(linked.redis.role == "slave" && linked.redis.masterLinkIsUp == true)
        #expect(linked.redis.masterLastIOSeconds != nil && linked.findings == [])
        let ofMaster = try await redisCollector(master.url).collect()
        #expect(ofMaster.redis.replicas == 1)
        try await blocking {
            master.stop()
            try waitUntil { try replica.info()["master_link_status"] == "down" }
        }
        let alone = try await collector.collect()
        #expect(alone.value("redis_master_link_up", origin) == 0)
        #expect(alone.redis.masterLinkIsUp == false)
        #expect(alone.findings.map(\.health) == [.degraded])
        #expect(alone.findings.first?.title.hasPrefix("the link to the master") == true)
        await collector.close()
    }

    private func start(
        _ directives: [String] = []
    ) async throws -> (RedisServer, TemporaryFolder) {
        let folder = try TemporaryFolder("redis")
        return (try await blocking { try RedisServer(directives, in: folder) }, folder)
    }
}

/// Asks until it holds, at most half a minute.
func waitUntil(_ holds: () throws -> Bool) throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while try !holds() {
        guard ContinuousClock.now < deadline else { throw TestFailure("it did not come to be") }
    }
}
