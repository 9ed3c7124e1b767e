import Foundation
import TestSupport
import Testing

@testable import DemoStack

extension EndToEnd {
    /// Opt-in checks against a real nginx, with their ledger.
    @Suite(
        "Opt-in checks", .serialized, .enabled(if: installed("nginx"), "nginx is not installed"))
    struct ProbeTests {
        private let folder: TemporaryFolder
        private let port: Int

        init() throws {
            folder = try TemporaryFolder("probe")
            port = try TestSupport.freePort()
            try folder.write("# Edge\n\n## Limits\n\n- [ ] burst\n- [ ] keying\n", to: "plan.md")
            try folder.write(
                """
                [watch]
                name = "probe"
                interval = "1s"
                plans = ["\(folder.path("plan.md"))"]
                [[host]]
                name = "here"
                """, to: "config.toml")
        }

        private func bind(allow: String) throws {
            try folder.write(
                """
                allow = [\(allow)]
                hosts = ["127.0.0.1"]
                [ratelimit]
                url = "http://127.0.0.1:\(port)/"
                limit = 20
                header = "X-Api-Key"
                identities = [{ file = "\(folder.path("a"))" }, { file = "\(folder.path("b"))" }]
                [[item]]
                at = "limits/burst"
                text = "burst"
                checks = ["http.ratelimit.burst"]
                [[item]]
                at = "limits/keying"
                text = "keying"
                checks = ["http.ratelimit.keying"]
                """, to: "plan.checks.toml")
            try folder.write("user-a", to: "a")
            try folder.write("user-b", to: "b")
        }

        private var watched: WatchedFolder { WatchedFolder(folder: folder) }

        private func ledger() throws -> [String] {
            try watched.checklist(["ledger"]).text
                .split(separator: "\n").map(String.init)
        }

        private func evidence() throws -> String {
            try watched.checklist(["show", "--json"]).text
        }

        @Test("stop at the first 429, see whom it limits, and run once a day over restarts")
        func limited() throws {
            try bind(allow: "\"http.ratelimit.burst\", \"http.ratelimit.keying\"")
            let inner: Int = try TestSupport.freePort()
            // A page from behind: what `return` says is not limited.
            let nginx = try Nginx(
                """
                limit_req_zone $http_x_api_key zone=users:1m rate=20r/m;
                limit_req_status 429;
                server { listen 127.0.0.1:\(inner); location / { return 200 'ok'; } }
                server { listen 127.0.0.1:\(port);
                  location / { limit_req zone=users burst=19 nodelay;
                    add_header Retry-After 4 always; proxy_pass http://127.0.0.1:\(inner); } }
                """, port: port, in: try TemporaryFolder("nginx"))
            defer { nginx.stop() }
            let first = try watched.serve()
            #expect(eventually(.seconds(30)) { try ledger().count == 1 })
            let line = try #require(try ledger().first)
            #expect(line.contains("http.ratelimit.burst  127.0.0.1"), "\(line)")
            #expect(line.contains("by plan.md, enabled by "), "\(line)")
            #expect(
                eventually(.seconds(10)) {
                    try evidence().contains("first 429 at request 21 of 41; Retry-After 4")
                })
            let said = try evidence()
            #expect(said.contains("second identity 200; forged X-Forwarded-For still 429"))
            #expect(!said.contains("user-a"), "identities are never shown")
            first.stop()
            let second = try watched.serve()
            defer { second.stop() }
            #expect(
                eventually(.seconds(10)) { try evidence().contains("first 429 at request 21") },
                "what was seen is known after a restart")
            #expect(try ledger().count == 1, "and not done again")
        }

        @Test("fail where nothing limits, and do nothing that nobody allowed")
        func unlimited() throws {
            let nginx = try Nginx(
                "server { listen 127.0.0.1:\(port); location / { return 200 'ok'; } }", port: port,
                in: try TemporaryFolder("nginx"))
            defer { nginx.stop() }
            try bind(allow: "")
            let idle = try watched.serve()
            #expect(eventually(.seconds(10)) { try evidence().contains("nobody has allowed it") })
            #expect(try ledger().isEmpty)
            idle.stop()
            try bind(allow: "\"http.ratelimit.burst\"")
            let second = try watched.serve()
            defer { second.stop() }
            #expect(
                eventually(.seconds(20)) { try evidence().contains("no 429 in 41 requests") })
            #expect(try ledger().count == 1)
        }
    }
}
