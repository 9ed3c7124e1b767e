import Collectors
import Targets
import TestSupport
import Testing

/// Servers that hang, restart, refuse, lie or are something else.
@Suite(.enabled(if: installed("redis-server", "redis-cli")))
struct RedisFaultTests {
    @Test("a server that stops answering times out by the deadline, and is found again")
    func frozen() async throws {
        let folder = try TemporaryFolder("redis")
        let server = try await blocking { try RedisServer(in: folder) }
        defer { server.stop() }
        let collector = redisCollector(server.url)
        _ = try await collector.collect()
        server.freeze(true)
        let start = ContinuousClock.now
        let failure = await collector.failure(within: .milliseconds(300))
        #expect(failure?.reason == .timedOut)
        #expect(ContinuousClock.now - start < .seconds(10))
        server.freeze(false)
        #expect(try await collector.collect().value("redis_up") == 1)
        await collector.close()
    }

    @Test("a restarted server is measured at once, without a rate across the restart")
    func restart() async throws {
        let folder = try TemporaryFolder("redis")
        let first = try await blocking { try RedisServer(in: folder) }
        let collector = redisCollector(first.url)
        _ = try await collector.collect()
        _ = try await collector.collect()
        try await blocking { first.stop() }
        let down = await collector.failure()
        #expect(down?.reason == .unreachable)
        #expect(down?.message == "connect to 127.0.0.1:\(first.port): Connection refused")
        let second = try await blocking { try RedisServer(port: first.port, in: folder) }
        defer { second.stop() }
        let reading = try await collector.collect()
        #expect(reading.redis.operationsPerSecond == nil)
        #expect(try await collector.collect().redis.operationsPerSecond != nil)
        await collector.close()
    }

    @Test("an idle connection that the server closed is replaced without a failure")
    func closedWhileIdle() async throws {
        let folder = try TemporaryFolder("redis")
        let server = try await blocking { try RedisServer(in: folder) }
        defer { server.stop() }
        let collector = redisCollector(server.url)
        _ = try await collector.collect()
        _ = try await blocking { try server.cli("client", "kill", "type", "normal") }
        #expect(try await collector.collect().value("redis_up") == 1)
        await collector.close()
    }

    @Test("a server busy with a script is unavailable until the script ends")
    func busy() async throws {
        let folder = try TemporaryFolder("redis")
        let server = try await blocking {
            try RedisServer(["--lua-time-limit", "10"], in: folder)
        }
        defer { server.stop() }
        let collector = redisCollector(server.url)
        _ = try await collector.collect()
        async let script: Void = blocking { _ = try? server.cli("eval", "while true do end", "0") }
        try await blocking {
            try waitUntil { try server.cli("ping").hasPrefix("BUSY") }
        }
        let failure = await collector.failure()
        #expect(failure?.reason == .unavailable)
        #expect(failure?.message.contains("busy with a script") == true)
        _ = try await blocking { try server.cli("script", "kill") }
        try await script
        #expect(try await collector.collect().value("redis_up") == 1)
        await collector.close()
    }

    @Test("a replica that serves nothing without its master is unavailable, and names the master")
    func masterDown() async throws {
        let folder = try TemporaryFolder("redis")
        let nobody = try freePort()
        let server = try await blocking {
            try RedisServer(
                ["--replicaof", "127.0.0.1 \(nobody)", "--replica-serve-stale-data", "no"],
                in: folder)
        }
        defer { server.stop() }
        let failure = await redisCollector(server.url).failure()
        #expect(failure?.reason == .unavailable)
        #expect(failure?.message.contains("replica without its master 127.0.0.1:\(nobody)") == true)
    }

    @Test("a server without room for another client says so, and counts whom it refuses")
    func noRoom() async throws {
        let folder = try TemporaryFolder("redis")
        let server = try await blocking { try RedisServer(in: folder) }
        defer { server.stop() }
        let inside = redisCollector(server.url)
        _ = try await inside.collect()
        _ = try await blocking { try server.cli("config", "set", "maxclients", "1") }
        let failure = await redisCollector(server.url).failure()
        #expect(failure?.reason == .unavailable)
        #expect(failure?.message.contains("number of clients") == true)
        let reading = try await inside.collect()
        #expect(
            reading.findings.map(\.title) == [
                "1 connections were refused since the last look; maxclients is 1"
            ])
        #expect(reading.redis.rejectedConnections == 1)
        await inside.close()
    }

    @Test(
        "a peer that is no Redis server is told for what it is",
        arguments: [
            ("HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n", "speaks HTTP"),
            ("\u{15}\u{3}\u{1}\u{0}\u{2}\u{2}\u{46}", "speaks TLS"),
            ("220 mail\u{1B}[31m ready\r\n", "does not speak Redis"),
            ("$5\r\nab", "does not speak Redis"),
        ])
    func notRedis(answer: String, words: String) async throws {
        let server = try FaultServer { connection in
            _ = connection.read()
            connection.write(answer)
            connection.halfClose()
            connection.holdUntilClosed()
        }
        defer { server.stop() }
        let failure = await redisCollector("redis://127.0.0.1:\(server.port)").failure()
        #expect(failure?.reason == .garbage)
        #expect(failure?.message.contains(words) == true, "\(failure?.message ?? "")")
        #expect(failure?.message.contains("\u{1B}") == false)
    }

    @Test(
        "a state in which a server cannot serve is no outage of the network",
        arguments: [
            (
                "-LOADING Redis is loading the dataset in memory\r\n",
                CollectionFailure.Reason.unavailable
            ),
            ("-DENIED Redis is running in protected mode because\r\n", .denied),
            ("-ERR max number of clients reached\r\n", .unavailable),
        ])
    func states(answer: String, reason: CollectionFailure.Reason) async throws {
        let server = try FaultServer { connection in
            _ = connection.read()
            connection.write("+OK\r\n\(answer)")
            // PING, then the question how far it is; to that one it closes.
            _ = connection.read()
            _ = connection.read()
        }
        defer { server.stop() }
        let collector = redisCollector("redis://127.0.0.1:\(server.port)")
        #expect(await collector.failure(within: .seconds(20))?.reason == reason)
        await collector.close()
    }

    @Test(
        "a server that floods or announces too much costs neither memory nor the deadline",
        arguments: ["$900000000\r\n", "*2000000000\r\n", "*100000\r\n", "+"])
    func flood(start: String) async throws {
        let server = try FaultServer { connection in
            _ = connection.read()
            connection.write("+OK\r\n+PONG\r\n\(start)")
            while connection.write([UInt8](repeating: 0x2A, count: 65_536)) {}
        }
        defer { server.stop() }
        let collector = redisCollector("redis://127.0.0.1:\(server.port)")
        let begin = ContinuousClock.now
        let failure = await collector.failure(within: .seconds(20))
        #expect(failure?.reason == .garbage)
        #expect(ContinuousClock.now - begin < .seconds(20))
        await collector.close()
    }

    @Test("a server that answers INFO and then goes away still gives its reading")
    func goneAfterINFO() async throws {
        let server = try FaultServer { connection in
            var answers = [
                "+OK\r\n", "+PONG\r\n", "$32\r\n# Clients\r\nconnected_clients:7\r\n\r\n",
            ]
            while !connection.read().isEmpty, !answers.isEmpty {
                connection.write(answers.removeFirst())
            }
        }
        defer { server.stop() }
        let collector = redisCollector("redis://127.0.0.1:\(server.port)")
        let reading = try await collector.collect(within: .seconds(20))
        #expect(reading.redis.clients == 7)
        #expect(reading.findings.map(\.health) == [.unknown])
        #expect(reading.findings.first?.title.hasPrefix("CLIENT LIST got no answer") == true)
        await collector.close()
    }
}
