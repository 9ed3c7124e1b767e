import Glibc
import Testing

@testable import DemoStack

extension EndToEnd {
    @Suite(
        "The demo production at work",
        .enabled(if: DemoRun.canRun, "PostgreSQL and Redis are not installed"))
    struct DemoFaultTests {
        let demo: DemoRun

        init() throws { demo = try DemoRun() }

        @Test("serves its pages and does the jobs that it takes")
        func serves() throws {
            #expect(try demo.request("GET", "/health")?.body == #"{"status":"ok"}"#)
            #expect(try demo.request("GET", "/ready")?.status == 200)
            let answer = try demo.request(
                "POST", "/jobs", body: #"{"kind":"upload","payload":"x"}"#)
            let id = try #require(answer?.id)
            #expect(
                eventually {
                    try demo.request("GET", "/jobs/\(id)")?.body.contains(#""state":"done""#)
                        == true
                })
            #expect(try demo.request("GET", "/jobs")?.body.hasPrefix("[{\"id\":") == true)
            #expect(try demo.request("GET", "/jobs/0")?.status == 404)
            #expect(try demo.request("GET", "/jobs/x'; DROP TABLE jobs")?.status == 404)
            #expect(try demo.request("POST", "/jobs", body: "{}")?.status == 400)
            #expect(try demo.request("DELETE", "/jobs")?.status == 405)
            #expect(try demo.request("GET", "/nowhere")?.status == 404)
        }

        @Test("is under a steady load that it answers")
        func load() throws {
            let before = try #require(Int(try demo.status("sent")))
            let start = ContinuousClock.now
            #expect(eventually { start.duration(to: .now) > .seconds(2) })
            let seconds = Double(start.duration(to: .now) / .milliseconds(1)) / 1000
            let sent = try #require(Int(try demo.status("sent"))) - before
            let rate = Double(sent) / seconds
            #expect((120...220).contains(rate), "\(rate) requests/s")
            #expect(try demo.status("failed") == "0")
        }

        @Test("takes orders that it knows and refuses others in words")
        func orders() throws {
            let names = try demo.ask("list").split(separator: "\n").map {
                $0.split(separator: "\t")[0]
            }
            #expect(names.map(String.init) == Fault.allCases.map(\.rawValue))
            #expect(try demo.ask("fault no-such").hasPrefix("error\tthere is no fault no-such."))
            #expect(try demo.ask("fault api-hang 99999").hasPrefix("error\t"))
            #expect(try demo.ask("hello").hasPrefix("error\t"))
            #expect(try demo.ask("fault cache-flush 2").hasPrefix("ok\t"))
            #expect(try demo.ask("list").contains("cache-flush\t2\t"))
            #expect(
                eventually { try demo.ask("list").contains("cache-flush\t-\t") }, "ends by itself")
        }

        @Test("shows every fault where it hurts, and recovers", arguments: Fault.allCases)
        func fault(_ fault: Fault) throws {
            #expect(eventually { try !shows(fault) }, "healthy before")
            #expect(try demo.ask("fault \(fault.rawValue)").hasPrefix("ok\t"))
            #expect(eventually { try shows(fault) }, "the fault is seen")
            #expect(try demo.ask("clear").hasPrefix("ok\t"))
            #expect(eventually { try !shows(fault) && isReady() }, "healthy after")
        }

        private func isReady() throws -> Bool {
            try demo.request("GET", "/ready", within: 1)?.status == 200
        }

        /// What somebody who watches from outside sees of a fault.
        private func shows(_ fault: Fault) throws -> Bool {
            switch fault {
            case .slowQuery:
                try activity("application_name = 'report' AND state = 'active'") == 1
            case .lockPileUp:
                try activity("cardinality(pg_blocking_pids(pid)) > 0") > 1
            case .cacheFlush: try cachedJobs() < 150
            case .errorBurst:
                try (0..<10).contains { try demo.request("GET", "/jobs/\($0 + 1)")?.status == 500 }
            case .apiHang: try demo.request("GET", "/health", within: 1) == nil
            case .redisStall: (try? redis().command("PING")) == nil
            case .killWorker: try demo.metric("jobs_workers") == 0
            case .postgresStop: try demo.request("GET", "/ready")?.status == 503
            }
        }

        /// Sessions of which `condition` holds, seen as the dashboard's own user.
        private func activity(_ condition: String) throws -> Int {
            let session = PostgresClient(try demo.status("postgres"))
            let sql =
                "SELECT count(*) FROM pg_stat_activity WHERE datname = 'jobs' AND \(condition)"
            return Int(try session.query(sql).first?.first.flatMap(\.self) ?? "") ?? 0
        }

        private func redis(database: Int = 0) throws -> RedisClient {
            RedisClient(port: try demo.port("redis"), database: database)
        }

        private func cachedJobs() throws -> Int {
            guard case .integer(let count) = try redis(database: 1).command("DBSIZE") else {
                return 0
            }
            return count
        }
    }
}
