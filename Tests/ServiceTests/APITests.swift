import Configuration
import PrometheusAPI
import Snapshot
import Targets
import TestSupport
import Testing
import TimeSeries
import Watch

@testable import Service

@Suite("The query API", .timeLimit(.minutes(1)))
struct APITests {
    @Test("answers on the socket: URLs, forms, and what it does not know")
    func socket() async throws {
        let watch = try ServedWatch(filledHead())
        try await blocking {
            let get = try watch.ask("/api/v1/query?query=sum(up)")
            #expect(get.status == 200)
            #expect(
                get.text == #"{"status":"success","data":{"resultType":"vector","result":"#
                    + #"[{"metric":{},"value":[\#(start.milliseconds / 1000),"1"]}]}}"#)
            #expect(get.head.contains("Content-Type: application/json\r\n"))
            let post = try watch.ask("/api/v1/query?query=2", form: "query=1%2B1&time=5")
            #expect(post.text.contains(#""result":[5,"2"]"#))
            #expect(try watch.ask("/api/v1/nothing").status == 404)
            #expect(try watch.ask("/api/v1/rules", form: "").status == 405)
            #expect(try watch.ask("/-/healthy").status == 200)
            #expect(try watch.ask("/-/ready").status == 503)
            let metrics = try watch.ask("/metrics")
            #expect(metrics.status == 200)
            #expect(metrics.head.contains("Content-Type: text/plain; version="))
            #expect(try watch.ask("/api/v1/query?query=sum(").status == 400)
        }
    }

    @Test("answers one request after the other on one connection")
    func keptConnection() async throws {
        let watch = try ServedWatch(filledHead())
        try await blocking {
            let client = try watch.client()
            for number in 1...50 {
                let answer = client.ask("/api/v1/query?query=\(number)", form: nil)
                #expect(answer?.text.contains("\"\(number)\"") == true)
                #expect(client.ask("/api/v1/query", form: "query=-\(number)")?.status == 200)
            }
        }
    }

    @Test("takes bodies of a mebibyte and no more")
    func bodies() async throws {
        let watch = try ServedWatch(filledHead())
        try await blocking {
            let padding = String(repeating: "x", count: 1 << 20)
            #expect(
                try watch.ask("/api/v1/query", form: "query=1&x=" + padding.dropLast(100)).status
                    == 200)
            #expect(try watch.ask("/api/v1/query", form: "query=1&x=" + padding).status == 413)
            let client = try watch.client()
            client.send(
                "POST /api/v1/query HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<20 { client.send("10000\r\n\(padding.prefix(65536))\r\n") }
            client.send("0\r\n\r\n")
            #expect(client.answer()?.status == 413)
        }
    }

    @Test("hands over large answers whole")
    func largeAnswers() async throws {
        let watch = try ServedWatch(filledHead())
        try await blocking {
            let from = start.milliseconds / 1000 - 3600
            let answer = try watch.ask(
                "/api/v1/query_range?query=http_requests_total&start=\(from)&end=\(from + 3600)&step=1"
            )
            #expect(answer.body.count > 400_000)
            #expect(answer.text.hasSuffix("]]}]}}"))
        }
    }

    @Test("evaluates two at once; more wait, and nothing else does")
    func concurrency() async throws {
        let store = GatedStore()
        let watch = try ServedWatch(store)
        watch.snapshots.publish(.empty)
        try await blocking {
            let slow = try (0..<3).map { _ in try watch.client() }
            for client in slow {
                client.send("GET /api/v1/query?query=slow HTTP/1.1\r\nHost: x\r\n\r\n")
            }
            #expect(store.waitForArrivals(2))
            #expect(try watch.ask("/api/v1/labels").status == 200)
            #expect(try watch.ask("/watch/v1/snapshot").status == 200)
            #expect(try watch.ask("/-/ready").status == 200)
            store.open()
            for client in slow { #expect(client.answer()?.status == 200) }
        }
    }

    @Test("refuses queries that find no place to wait")
    func fullLane() async throws {
        let store = GatedStore()
        let watch = try ServedWatch(store)
        try await blocking {
            var clients: [RawClient] = []
            for _ in 0..<102 {
                let client = try watch.client()
                client.send("GET /api/v1/query?query=slow HTTP/1.1\r\nHost: x\r\n\r\n")
                clients.append(client)
            }
            #expect(store.waitForArrivals(2))
            // One that still finds a place gets no answer, and leaves the lane fuller.
            var refused: RawClient.Answer?
            for _ in 0..<20 where refused == nil {
                refused = try watch.client(patience: 1).ask("/api/v1/query?query=1")
            }
            #expect(refused?.status == 503)
            #expect(refused?.text.contains(#""errorType":"unavailable""#) == true)
            store.open()
            for client in clients { #expect([200, 503].contains(client.answer()?.status)) }
        }
    }

    /// Minutes of work, were it not ended.
    private let endless =
        "/api/v1/query?query=sum_over_time(sum_over_time(up[1h:1s])[1h:1s])%2Bcount(up)"

    @Test("ends the query of a client that leaves")
    func departure() async throws {
        var limits = QueryAPI.Limits()
        limits.time = .seconds(55)
        limits.samples = .max
        let watch = try ServedWatch(filledHead(), limits: limits)
        try await blocking { [endless] in
            for _ in 0..<2 {
                let leaving = try watch.client()
                leaving.send("GET \(endless) HTTP/1.1\r\nHost: x\r\n\r\n")
            }
            #expect(try watch.client(patience: 20).ask("/api/v1/query?query=1")?.status == 200)
        }
    }

    @Test("ends what it computes when the watch ends")
    func stop() async throws {
        var limits = QueryAPI.Limits()
        limits.time = .seconds(55)
        limits.samples = .max
        let watch = try ServedWatch(filledHead(), limits: limits)
        try await blocking { [endless] in
            let client = try watch.client()
            client.send("GET \(endless) HTTP/1.1\r\nHost: x\r\n\r\n")
            // The thread that reads requests has taken the one before this.
            _ = try watch.ask("/-/healthy")
            let began = ContinuousClock.now
            watch.server.stop()
            #expect(.now - began < .seconds(20))
        }
    }

    @Test("tells targets and alerts of the configuration, and no password")
    func watched() async throws {
        let text = #"""
            [[http]]
            name = "api"
            url = "http://api.example:8080/health?page=7"
            basic = { user = "me", password = { env = "SECRET" } }
            labels = { team = "a" }
            [[postgres]]
            name = "jobs"
            url = "postgresql://me@db.example/jobs?sslmode=require"
            [[host]]
            name = "here"
            [[alert]]
            name = "slow"
            value = "up + up"
            above = 0.5
            for = "1m"
            runbook = "https://wiki.example/slow"
            """#
        let configuration = try Configuration.read(
            text: text, path: "etc/config.toml", environment: ["SECRET": "hunter2"]
        ).get()
        let watch = try ServedWatch(filledHead(), configuration: configuration)
        var snapshot = Snapshot.empty
        snapshot.targets = [
            TargetState(
                id: TargetID(.http, "api"), health: .critical, reason: "refused", since: start,
                lastSuccess: start - .seconds(5), lastTry: start),
            TargetState(
                id: TargetID(.host, "here"), health: .ok, reason: "", since: start,
                lastSuccess: start, lastTry: start),
        ]
        snapshot.alerts = [
            AlertCondition(
                severity: "ticket", name: "slow", labels: ["job": "api"], value: 2,
                condition: "> 0.5", state: .firing(since: start))
        ]
        watch.snapshots.publish(snapshot)
        try await blocking {
            let targets = try watch.ask("/api/v1/targets").text
            #expect(!targets.contains("hunter2") && !targets.contains("me@"))
            #expect(
                targets.contains(
                    #""labels":{"instance":"api","job":"http","team":"a"},"scrapePool":"http","#
                        + #""scrapeUrl":"http://api.example:8080/health?page=…""#))
            for health in ["down", "unknown", "up"] {
                #expect(targets.contains("\"health\":\"\(health)\""))
            }
            let rules = try watch.ask("/api/v1/rules").text
            #expect(rules.contains(#""name":"config.toml","file":"etc/config.toml""#))
            #expect(rules.contains(#""query":"(up + up) \u003e 0.5","duration":60"#))
            #expect(
                try watch.ask("/api/v1/alerts").text.contains(
                    #"{"labels":{"alertname":"slow","job":"api","severity":"ticket"},"#
                        + #""annotations":{"runbook_url":"https://wiki.example/slow"},"state":"firing""#
                ))
        }
    }
}

extension Snapshot {
    static let empty = Snapshot(
        takenAt: start,
        watch: WatchState(
            name: "shop", startedAt: start, length: .seconds(60), owner: 1, isServed: true,
            configuration: "config.toml"))
}
