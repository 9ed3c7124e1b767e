import TestSupport
import Testing

@testable import DemoStack

extension EndToEnd {
    /// Checks of paths that a plan names, on a real nginx.
    @Suite(
        "States of an API", .serialized, .enabled(if: installed("nginx"), "nginx is not installed"))
    struct APIStatesTests {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder("states") }

        private static let checks = [
            "http.auth.required", "http.cache.headers", "http.cors.preflight", "http.smoke",
        ]

        private func good(_ port: Int, _ site: TemporaryFolder) -> String {
            """
            server {
              listen 127.0.0.1:\(port);
              root \(site.path);
              location = / {
                if ($request_method = OPTIONS) {
                  add_header Access-Control-Allow-Origin $granted always;
                  add_header Access-Control-Allow-Methods "GET, POST, PUT, DELETE" always;
                  add_header Access-Control-Allow-Headers "Content-Type, Authorization" always;
                  add_header Access-Control-Max-Age 86400 always;
                  return 204;
                }
                return 200 'ok';
              }
              location = /private { return 401; }
              location = /health { default_type application/json; return 200 '{"status": "ok"}'; }
              location = /list { expires 300s; }
            }

            """
        }

        private func bad(_ port: Int) -> String {
            """
            server {
              listen 127.0.0.1:\(port);
              location = /health { default_type application/json; return 200 '{"status": "ill"}'; }
              location / {
                add_header Access-Control-Allow-Origin * always;
                add_header Access-Control-Allow-Methods * always;
                return 200 'anybody';
              }
            }

            """
        }

        private static func bindings(_ name: String) -> String {
            """
            [[api]]
            target = "\(name)"
            protected = ["/private"]
            cache = { path = "/list" }
            [[api.smoke]]
            path = "/health"
            value = "$.status"
            equals = "ok"
            [[api.smoke]]
            path = "/private"
            status = 401

            """
        }

        @Test("each passes, fails and does not know where it should")
        func states() throws {
            let site = try TemporaryFolder("site", isShared: true)
            try site.write("[]", to: "list")
            let ports: [Int] = try (0..<3).map { _ in try freePort() }
            let server = try Nginx(
                """
                map $http_origin $granted {
                  default "";
                  "https://app.example.org" $http_origin;
                }
                \(good(ports[0], site))
                \(bad(ports[1]))
                """, port: ports[0], in: try TemporaryFolder("nginx"))
            defer { server.stop() }
            let names = ["good", "bad", "gone"]
            let watched = try WatchedFolder(
                Dictionary(
                    uniqueKeysWithValues: zip(
                        names, ports.map { ("http", "url = \"http://127.0.0.1:\($0)/\"") })),
                checks: Self.checks,
                head: "origins = [\"https://app.example.org\"]\n"
                    + names.map(Self.bindings).joined(), in: folder)
            let watch = try watched.serve()
            defer { watch.stop() }
            for (name, verdict) in zip(names, ["pass", "fail", "unknown"]) {
                let all = Dictionary(uniqueKeysWithValues: Self.checks.map { ($0, verdict) })
                let found = try watched.verdicts(on: name) { $0 == all }
                #expect(found == all, "\(name)")
            }
        }
    }
}
