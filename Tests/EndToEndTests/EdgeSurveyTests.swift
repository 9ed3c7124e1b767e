import Foundation
import TestSupport
import Testing

@testable import DemoStack

extension EndToEnd {
    /// A real nginx with and without headers, seen through `dogwatch checklist`.
    @Suite(
        "Checks of the edge", .serialized,
        .enabled(if: installed("nginx"), "nginx is not installed"))
    struct EdgeSurveyTests {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder("edge") }

        private func states(at port: Int) throws -> [String: String] {
            try folder.write(
                """
                [watch]
                name = "edge"
                interval = "1s"
                plans = ["\(folder.path("plan.md"))"]
                [[http]]
                name = "web"
                url = "http://127.0.0.1:\(port)/"
                """, to: "config.toml")
            try folder.write(
                """
                # Edge

                ## Headers

                - [ ] nosniff
                - [ ] no version
                - [ ] policy
                """, to: "plan.md")
            let items = [
                ("nosniff", "http.header.nosniff"), ("no-version", "http.header.disclosure"),
                ("policy", "http.header.csp"),
            ]
            try folder.write(
                items.map { anchor, check in
                    """
                    [[item]]
                    at = "headers/\(anchor)"
                    text = "\(anchor.replacing("-", with: " "))"
                    checks = ["\(check)"]
                    """
                }.joined(separator: "\n"), to: "plan.checks.toml")
            let watched = WatchedFolder(folder: folder)
            let watch = try watched.serve()
            defer { watch.stop() }
            var found: [String: String] = [:]
            _ = eventually(.seconds(10)) {
                found = try watched.items().states
                return !found.isEmpty && !found.values.contains("unknown")
            }
            return found
        }

        private func serve(_ block: String) throws -> (server: Nginx, port: Int) {
            let port: Int = try TestSupport.freePort()
            let server = try Nginx(
                "server { listen 127.0.0.1:\(port); \(block) }", port: port,
                in: try TemporaryFolder("nginx"))
            return (server, port)
        }

        @Test("fail on a bare server, and turn green once it sends what it should")
        func headers() throws {
            let (bare, first) = try serve("location / { return 200 'ok'; }")
            defer { bare.stop() }
            #expect(
                try states(at: first) == [
                    "headers/nosniff": "failed", "headers/no-version": "failed",
                    "headers/policy": "failed",
                ])
            let (good, second) = try serve(
                """
                server_tokens off;
                add_header X-Content-Type-Options nosniff always;
                add_header Content-Security-Policy
                  "default-src 'self'; frame-ancestors 'none'; base-uri 'none'" always;
                location / { return 200 'ok'; }
                """)
            defer { good.stop() }
            #expect(
                try states(at: second) == [
                    "headers/nosniff": "verified", "headers/no-version": "verified",
                    "headers/policy": "verified",
                ])
        }
    }
}
