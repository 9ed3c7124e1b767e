import TestSupport
import Testing

@testable import DemoStack

extension EndToEnd {
    /// Checks of access to Redis on real servers.
    @Suite(
        "States of Redis", .serialized,
        .enabled(if: installed("redis-server", "redis-cli", "openssl")))
    struct RedisStatesTests {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder("states") }

        private static let checks = [
            "auth.session.redis-ttl", "redis.acl.least", "redis.auth", "redis.tls",
        ]

        private static let sessions = """
            [[sessions]]
            target = "careful"
            prefix = "session:"
            [[sessions]]
            target = "careless"
            prefix = "session:"
            [[sessions]]
            target = "gone"
            prefix = "session:"
            """

        /// A server that takes TLS and users with passwords alone.
        private func careful(
            _ pair: Certificates.Pair, tlsPort: Int
        ) throws -> TestSupport.RedisServer {
            let server = try TestSupport.RedisServer(
                [
                    "--tls-port", "\(tlsPort)", "--tls-cert-file", pair.certificate,
                    "--tls-key-file", pair.key, "--tls-auth-clients", "no",
                ], tlsPort: tlsPort, in: folder)
            try server.cli("set", "session:1", "x", "ex", "900")
            try server.cli(
                "acl", "setuser", "dogwatch", "on", ">pw", "resetkeys", "%R~session:*",
                "resetchannels", "-@all", "+ping", "+info", "+acl|whoami", "+acl|dryrun", "+scan",
                "+ttl", "+client|setname")
            try server.cli("acl", "setuser", "default", ">closed")
            return server
        }

        private func keys(_ port: Int, _ authority: String) -> String {
            """
            url = "rediss://127.0.0.1:\(port)"
            user = "dogwatch"
            password = { file = "\(folder.path("password"))" }
            tls = { ca = "\(authority)" }
            """
        }

        @Test("each passes, fails and does not know where it should")
        func states() throws {
            let certificates = try Certificates(in: try TemporaryFolder("redis-ca"))
            let pair = try certificates.leaf("redis", for: ["127.0.0.1", "localhost"])
            try folder.write("pw\n", to: "password")
            let tlsPort: Int = try freePort()
            let careful = try careful(pair, tlsPort: tlsPort)
            defer { careful.stop() }
            let careless = try TestSupport.RedisServer(in: try TemporaryFolder("redis"))
            defer { careless.stop() }
            try careless.cli("set", "session:1", "x")
            let watched = try WatchedFolder(
                [
                    "careful": ("redis", keys(tlsPort, certificates.authority)),
                    "careless": ("redis", "url = \"\(careless.url)\""),
                    "gone": ("redis", "url = \"redis://127.0.0.1:\(try freePort() as Int)\""),
                ], checks: Self.checks, head: Self.sessions, in: folder)
            let watch = try watched.serve()
            defer { watch.stop() }
            let all = { (verdict: String) in
                Dictionary(uniqueKeysWithValues: Self.checks.map { ($0, verdict) })
            }
            let bad = try watched.verdicts(on: "careless") { $0 == all("fail") }
            #expect(bad == all("fail"))
            let none = try watched.verdicts(on: "gone") { _ in true }
            #expect(none == all("unknown"))
            // Its plain port is open still.
            var open = all("pass")
            open["redis.tls"] = "fail"
            let half = try watched.verdicts(on: "careful") { $0 == open }
            #expect(half == open)
            try careful.cli("-a", "closed", "config", "set", "port", "0")
            _ = try watched.checklist(["look"])
            let good = try watched.verdicts(on: "careful") { $0 == all("pass") }
            #expect(good == all("pass"))
        }

        @Test("the hit rate of each server, and none after a restart of its counters")
        func hitRate() throws {
            let server = try TestSupport.RedisServer(in: folder)
            defer { server.stop() }
            let check = "redis.hit-rate"
            let watched = try WatchedFolder(
                [
                    "here": ("redis", "url = \"\(server.url)\""),
                    "gone": ("redis", "url = \"redis://127.0.0.1:\(try freePort() as Int)\""),
                ], checks: [check], in: folder)
            let watch = try watched.serve()
            defer { watch.stop() }
            try server.cli("set", "known", "1")
            #expect(try watched.verdicts(on: "here") { _ in true } == [check: "unknown"])
            try look(server, at: "known", times: 3000)
            #expect(
                try watched.verdicts(on: "here") { $0[check] == "pass" } == [check: "pass"])
            try look(server, at: "nothing", times: 3000)
            #expect(
                try watched.verdicts(on: "here") { $0[check] == "fail" } == [check: "fail"])
            try server.cli("config", "resetstat")
            #expect(
                try watched.verdicts(on: "here") { $0[check] == "unknown" } == [check: "unknown"])
        }

        private func look(_ server: TestSupport.RedisServer, at key: String, times: Int) throws {
            try server.cli(
                "eval", "for i = 1, ARGV[1] do redis.call('GET', KEYS[1]) end", "1", key,
                "\(times)")
        }

        @Test("a plan's own condition on a command that reads")
        func condition() throws {
            let server = try TestSupport.RedisServer(in: folder)
            defer { server.stop() }
            let watched = try WatchedFolder(
                ["here": ("redis", "url = \"\(server.url)\"")], checks: [], in: folder)
            try folder.write(
                """
                [[item]]
                at = "targets/here"
                text = "here"
                redis = { target = "here", run = ["LLEN", "queue"], is = "< 3" }
                """, to: "plan.checks.toml")
            let watch = try watched.serve()
            defer { watch.stop() }
            let check = "assert.redis"
            #expect(
                try watched.verdicts(on: "here") { $0[check] == "pass" } == [check: "pass"])
            try server.cli("rpush", "queue", "1", "2", "3")
            _ = try watched.checklist(["look"])
            #expect(
                try watched.verdicts(on: "here") { $0[check] == "fail" } == [check: "fail"])
            server.stop()
            _ = try watched.checklist(["look"])
            #expect(
                try watched.verdicts(on: "here") { $0[check] == "unknown" } == [check: "unknown"])
        }
    }
}
