import Configuration
import Glibc
import TestSupport
import Testing
import TimeSeries
import Watch

@testable import Service

@Suite("The loopback port", .timeLimit(.minutes(1)))
struct PortTests {
    private func configuration(port: Int?, host: String = "127.0.0.1") -> Configuration {
        var configuration = Configuration(path: "config.toml")
        configuration.api.listen = port.map { .init(host: host, port: $0) }
        return configuration
    }

    @Test("has the API, and not what only attached dashboards may see")
    func paths() async throws {
        let watch = try ServedWatch(filledHead(), onPort: true)
        watch.snapshots.publish(.empty)
        try await blocking {
            let client = try watch.portClient()
            #expect(client.ask("/api/v1/query?query=1")?.status == 200)
            #expect(client.ask("/watch/v1/snapshot")?.status == 404)
            let head = client.ask("/api/v1/labels")?.head ?? ""
            #expect(!head.contains("Access-Control"))
            #expect(head.contains("Cache-Control: no-store"))
        }
    }

    @Test("is opened, moved and closed by a reload")
    func reload() async throws {
        let watch = try ServedWatch(filledHead())
        try await blocking {
            let (first, second) = (try freePort(), try freePort())
            try watch.server.use(configuration(port: first))
            #expect(RawClient(port: first)?.ask("/-/healthy")?.status == 200)
            try watch.server.use(configuration(port: first))
            #expect(RawClient(port: first)?.ask("/-/healthy")?.status == 200)
            try watch.server.use(configuration(port: second))
            #expect(!accepts(port: first))
            #expect(RawClient(port: second)?.ask("/-/healthy")?.status == 200)
            try watch.server.use(configuration(port: nil))
            #expect(!accepts(port: second))
            #expect(try watch.ask("/-/healthy").status == 200)
        }
    }

    @Test("that is taken is an error with a remedy, and the socket goes on")
    func taken() async throws {
        let other = try ServedWatch(filledHead(), onPort: true)
        let watch = try ServedWatch(filledHead())
        try await blocking {
            let expected =
                "[api] listen: cannot listen on 127.0.0.1:\(other.port): Address already in use."
                + " Another program has this port (ss -ltnp 'sport = \(other.port)' names it): end"
                + " it or choose another port."
            var both = configuration(port: other.port)
            let outside = try freePort()
            both.paging.acknowledge = AcknowledgeSettings(
                listen: .init(host: "127.0.0.1", port: outside), url: "https://ack.test")
            let failure = #expect(throws: ServiceFailure.self) { try watch.server.use(both) }
            #expect(failure?.description == expected)
            #expect(accepts(port: outside), "one port that is taken keeps the other closed")
            #expect(try watch.ask("/-/healthy").status == 200)
            other.server.stop()
            try watch.server.use(configuration(port: other.port))
            #expect(RawClient(port: other.port)?.ask("/-/healthy")?.status == 200)
        }
    }

    @Test("can be one of IPv6")
    func ipv6() async throws {
        let watch = try ServedWatch(filledHead())
        try await blocking {
            let port = try freePort()
            do {
                try watch.server.use(configuration(port: port, host: "::1"))
            } catch {
                // A machine without IPv6 says so in words.
                #expect("\(error)".contains("write 127.0.0.1:"))
                return
            }
            #expect(!accepts(port: port))
        }
    }

    @Test("outlives garbage, half requests and clients that say nothing")
    func garbage() async throws {
        let watch = try ServedWatch(filledHead(), onPort: true)
        try await blocking {
            var random = SeededGenerator(seed: 3)
            let parts = [
                "GET ", "POST ", "/api/v1/query", "?query=", "up", " HTTP/1.1", "\r\n", "Host: ",
                "localhost", "Content-Length: ", "99999999999999999999", "-1", "5", "%", "\u{0}",
                "Transfer-Encoding: chunked", "ffffffffffffffff", "\r\n\r\n", "\u{fffd}",
            ]
            var silent: [RawClient] = []
            for number in 0..<200 {
                let client = try watch.portClient()
                let count = Int.random(in: 0..<24, using: &random)
                client.send(
                    (0..<count).map { _ in parts.randomElement(using: &random) ?? "" }.joined())
                if number % 4 == 0 { silent.append(client) }
            }
            #expect(try watch.portClient().ask("/api/v1/query?query=1")?.status == 200)
        }
    }

    @Test("does not answer pages that came from elsewhere")
    func pages() async throws {
        let watch = try ServedWatch(filledHead(), onPort: true)
        try await blocking {
            func status(_ headers: String...) throws -> Int? {
                try watch.portClient().ask("/-/healthy", headers: headers)?.status
            }
            #expect(try status("Host: localhost:\(watch.port)") == 200)
            #expect(try status("Host: evil.example") == 403)
            #expect(try status("Host: localhost", "Origin: http://evil.example") == 403)
            #expect(try status("Host: localhost", "Origin: http://localhost:3000") == 200)
            #expect(try status("Host: localhost", "Sec-Fetch-Site: cross-site") == 403)
            let form = try watch.portClient().ask(
                "/api/v1/query", form: "query=1", headers: ["Host: evil.example"])
            #expect(form?.status == 403)
        }
    }

    @Test(
        "answers under the names of the loopback alone",
        arguments: [
            ("localhost", true), ("LOCALHOST:9095", true), ("127.0.0.1", true),
            ("127.1.2.3:80", true), ("[::1]", true), ("[::1]:9095", true), ("", false),
            ("localhost.evil.example", false), ("127.0.0.1.evil.example", false),
            ("evil.example:9095", false), ("127.0.0.256", false), ("127.0.0", false),
            ("[::2]", false), ("[::1", false), ("localhost:", false), ("localhost:x", false),
            ("::1", false), ("user@localhost", false), ("0.0.0.0", false),
        ])
    func hosts(host: String, isIn: Bool) {
        let refusal = LoopbackManners.refusal(host: host, origin: nil, site: nil)
        #expect((refusal == nil) == isIn)
    }

    @Test("asks for a Host, and for no Origin but those of the loopback")
    func headers() {
        func isRefused(_ host: String?, _ origin: String? = nil, _ site: String? = nil) -> Bool {
            LoopbackManners.refusal(host: host, origin: origin, site: site) != nil
        }
        #expect(isRefused(nil))
        #expect(isRefused("localhost", "null"))
        #expect(isRefused("localhost", "http://evil.example"))
        #expect(isRefused("localhost", ""))
        #expect(!isRefused("localhost", "http://127.0.0.1:3000", "same-site"))
        #expect(isRefused("localhost", nil, "cross-site"))
    }

    @Test(
        "and its addresses are shown without secrets",
        arguments: [
            ("http://a.example/x", "http://a.example/x"),
            ("http://me:hunter2@a.example/x?y=hunter2&z#hunter2", "http://a.example/x?y=…&z=…"),
            ("postgresql://me:hunter2@hunter2@db/x", "postgresql://db/x"),
            ("redis://cache:6379/0", "redis://cache:6379/0"),
            ("unix:///run/x.sock", "unix:///run/x.sock"),
            ("host=/run/pg password=hunter2 dbname=x user=me", "host=/run/pg dbname=x"),
        ])
    func addresses(url: String, shown: String) {
        #expect(url.withoutSecrets == shown)
    }
}
