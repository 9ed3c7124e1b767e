import Collectors
import Targets
import TestSupport
import Testing

/// Passwords, ACL users and TLS.
@Suite(.enabled(if: installed("redis-server", "redis-cli", "openssl")))
struct RedisAccessTests {
    @Test("a limited user loses only what it may not see, and the remedies bring it back")
    func limitedUser() async throws {
        let folder = try TemporaryFolder("redis")
        let server = try await blocking { try RedisServer(in: folder) }
        defer { server.stop() }
        _ = try await blocking {
            try server.cli(
                "acl", "setuser", "dog", "on", ">pw", "+ping", "+slowlog|get", "+slowlog|len")
        }
        let collector = redisCollector(server.url, user: "dog", password: "pw")
        let limited = try await collector.collect()
        #expect(limited.value("redis_up") == 1 && limited.redis.ping != nil)
        #expect(limited.value("redis_slowlog_length") == 0)
        #expect(limited.value("redis_memory_used_bytes") == nil)
        #expect(limited.redis.usedMemoryBytes == nil && limited.redis.lastSaveFailed == nil)
        #expect(limited.findings.map(\.health) == [.unknown, .unknown, .unknown, .unknown])
        #expect(
            limited.findings.compactMap(\.remedy) == [
                "ACL SETUSER dog +info", "ACL SETUSER dog +client|list",
                "ACL SETUSER dog +latency|latest", "ACL SETUSER dog +config|get",
            ])
        let again = try await collector.collect()
        #expect(again.findings == limited.findings)
        try await blocking { [findings = limited.findings] in
            for remedy in findings.compactMap(\.remedy) {
                let words = remedy.split(separator: " ").map(String.init)
                try run(["redis-cli", "-p", "\(server.port)"] + words, in: folder)
            }
            try server.cli("client", "kill", "user", "dog")
        }
        let whole = try await collector.collect()
        #expect(whole.findings == [])
        #expect(whole.value("redis_memory_used_bytes") != nil)
        #expect(whole.redis.topClients.first?.user != nil)
        await collector.close()
    }

    @Test("credentials that are missing, wrong or too many are told apart")
    func credentials() async throws {
        let folder = try TemporaryFolder("redis")
        let closed = try await blocking { try RedisServer(["--requirepass", "pw"], in: folder) }
        let open = try await blocking { try RedisServer(in: folder) }
        defer {
            closed.stop()
            open.stop()
        }
        let none = await redisCollector(closed.url).failure()
        #expect(none?.reason == .denied && none?.message.hasSuffix("wants a password") == true)
        let wrong = await redisCollector(closed.url, password: "hunter2").failure()
        #expect(wrong?.reason == .denied && wrong?.remedy != nil)
        #expect("\(String(describing: wrong))".contains("hunter2") == false)
        let needless = await redisCollector(open.url, password: "pw").failure()
        #expect(needless?.reason == .denied)
        let right = redisCollector(closed.url, password: "pw")
        #expect(try await right.collect().value("redis_up") == 1)
        await right.close()
        let inURL = await redisCollector("redis://:pw@127.0.0.1:\(open.port)").failure()
        #expect(inURL?.reason == .ours && inURL?.message.contains("pw") == false)
    }

    @Test("TLS is verified against the given authority")
    func tls() async throws {
        let folder = try TemporaryFolder("redis")
        let port = try freePort()
        let (server, authority, other) = try await blocking {
            let certificates = try Certificates(in: folder)
            let leaf = try certificates.leaf("redis", for: ["localhost"])
            let other = try certificates.selfSigned("other", for: "localhost")
            let server = try RedisServer(
                [
                    "--tls-port", "\(port)", "--tls-cert-file", leaf.certificate,
                    "--tls-key-file", leaf.key, "--tls-ca-cert-file", certificates.authority,
                    "--tls-auth-clients", "no",
                ], tlsPort: port, in: folder)
            return (server, certificates.authority, other)
        }
        defer { server.stop() }
        var trusted = TLSSettings()
        trusted.caFile = authority
        let collector = redisCollector("rediss://localhost:\(port)", tls: trusted)
        #expect(try await collector.collect().value("redis_up") == 1)
        #expect(try await collector.collect().redis.topClients.count == 1)
        await collector.close()

        trusted.caFile = other.certificate
        let untrusted = await redisCollector("rediss://localhost:\(port)", tls: trusted).failure()
        #expect(untrusted?.reason == .unreachable)
        #expect(untrusted?.message.hasPrefix("TLS to localhost:\(port): ") == true)
        trusted.caFile = authority
        let wrongName = await redisCollector("rediss://127.0.0.1:\(port)", tls: trusted).failure()
        #expect(wrongName?.message.hasPrefix("TLS to 127.0.0.1:\(port): ") == true)
        trusted.verify = false
        let careless = redisCollector("rediss://127.0.0.1:\(port)", tls: trusted)
        #expect(try await careless.collect().value("redis_up") == 1)
        await careless.close()
        trusted.caFile = folder.path("none.pem")
        #expect(
            await redisCollector("rediss://localhost:\(port)", tls: trusted).failure()?.reason
                == .ours)

        let plain = await redisCollector("redis://localhost:\(port)").failure()
        #expect(plain?.reason == .garbage || plain?.reason == .unreachable)
        let needless = await redisCollector("rediss://localhost:\(server.port)")
            .failure(within: .seconds(3))
        #expect(needless?.message.hasPrefix("TLS to") == true && needless?.remedy != nil)
    }
}
