import Synchronization
import TestSupport
import Testing

@testable import DemoStack

extension EndToEnd {
    /// Checks over series of an application that an nginx serves as metrics, while its counters rise.
    @Suite(
        "States of series", .serialized,
        .enabled(if: installed("nginx"), "nginx is not installed"))
    struct SeriesStatesTests {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder("states") }

        private static let checks = [
            "prom.error-rate", "prom.latency.p95", "prom.rps",
        ]

        /// Counters of an application that serves a thousand requests a second.
        private final class Application: Sendable {
            private let state = Mutex((served: 0.0, failed: 0.0, slow: 0.0, isIll: false))
            private let folder: TemporaryFolder

            init(in folder: TemporaryFolder) { self.folder = folder }

            func fallIll() { state.withLock { $0.isIll = true } }

            /// Goes on for this long and writes what it counts.
            func live(_ seconds: Double) throws {
                let (served, failed, slow) = state.withLock { state in
                    state.served += 1000 * seconds
                    if state.isIll {
                        state.failed += 100 * seconds
                        state.slow += 400 * seconds
                    }
                    return (state.served, state.failed, state.slow)
                }
                try folder.write(
                    """
                    # TYPE http_requests_total counter
                    http_requests_total{code="200"} \(served - failed)
                    http_requests_total{code="500"} \(failed)
                    # TYPE http_request_duration_seconds histogram
                    http_request_duration_seconds_bucket{le="0.05"} \(served - slow)
                    http_request_duration_seconds_bucket{le="0.5"} \(served)
                    http_request_duration_seconds_bucket{le="+Inf"} \(served)
                    http_request_duration_seconds_sum \(served * 0.01)
                    http_request_duration_seconds_count \(served)

                    """, to: "metrics.new")
                // A reader sees the old text or the new one.
                try run(["mv", folder.path("metrics.new"), folder.path("metrics")], in: folder)
            }
        }

        @Test("each passes, fails and does not know where it should")
        func states() throws {
            let port: Int = try freePort()
            let site = try TemporaryFolder("site", isShared: true)
            let application = Application(in: site)
            try application.live(1)
            let server = try Nginx(
                "server { listen 127.0.0.1:\(port); root \(site.path); }", port: port,
                in: try TemporaryFolder("nginx"))
            defer { server.stop() }
            let watched = try WatchedFolder(
                [
                    "here": ("scrape", "url = \"http://127.0.0.1:\(port)/metrics\""),
                    "gone": (
                        "scrape", "url = \"http://127.0.0.1:\(try freePort() as Int)/metrics\""
                    ),
                ], checks: ["prom.targets.up"], in: folder)
            try overSeries()
            let watch = try watched.serve()
            defer { watch.stop() }
            let all = { (verdict: String) in
                Dictionary(uniqueKeysWithValues: Self.checks.map { ($0, verdict) })
            }
            #expect(try watched.verdicts(on: "series") { _ in true } == all("unknown"))
            let well = try watched.verdicts(on: "series") { found in
                try application.live(0.5)
                return found == all("pass")
            }
            #expect(well == all("pass"))
            application.fallIll()
            let ill = try watched.verdicts(on: "series") { found in
                try application.live(0.5)
                return found["prom.error-rate"] == "fail" && found["prom.latency.p95"] == "fail"
            }
            #expect(ill["prom.error-rate"] == "fail")
            #expect(ill["prom.latency.p95"] == "fail")
            let scraped = "prom.targets.up"
            #expect(try watched.verdicts(on: "here") { $0[scraped] == "pass" } == [scraped: "pass"])
            #expect(try watched.verdicts(on: "gone") { _ in true } == [scraped: "unknown"])
        }

        /// One more item, on the checks that have no target of their own.
        private func overSeries() throws {
            let plan = textOfFile(folder.path("plan.md"))
            try folder.write(plan + "- [ ] series\n", to: "plan.md")
            let bindings = textOfFile(folder.path("plan.checks.toml"))
            let list = Self.checks.map { "\"\($0)\"" }.joined(separator: ", ")
            try folder.write(
                bindings + """
                    [[item]]
                    at = "targets/series"
                    text = "series"
                    checks = [\(list)]
                    """, to: "plan.checks.toml")
        }
    }
}
