import TestSupport
import Testing

@testable import DemoStack

extension EndToEnd {
    /// Every check of headers and answers on a real nginx: one that does all, one that does nothing of
    /// it, and one that is not there.
    @Suite(
        "States of the edge", .serialized,
        .enabled(if: installed("nginx"), "nginx is not installed"))
    struct EdgeStatesTests {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder("states") }

        /// What a check says of the server that does all, and of the one that does nothing.
        private static let expected: [String: (good: String, bad: String)] = [
            "http.header.hsts": ("pass", "fail"),
            "http.header.csp": ("pass", "fail"),
            "http.header.nosniff": ("pass", "fail"),
            "http.header.frame": ("pass", "fail"),
            "http.header.xss-protection": ("pass", "fail"),
            "http.header.referrer": ("pass", "fail"),
            "http.header.disclosure": ("pass", "fail"),
            "http.cookie.flags": ("pass", "fail"),
            "http.ratelimit.headers": ("pass", "warn"),
            "http.cors.origin": ("pass", "fail"),
            "http.docs.exposed": ("pass", "fail"),
            "http.error.shape": ("pass", "fail"),
            "http.error.leak": ("no-finding", "fail"),
            "http.health": ("pass", "fail"),
        ]

        private func good(_ port: Int, _ pair: Certificates.Pair) -> String {
            """
            server {
              listen 127.0.0.1:\(port) ssl;
              ssl_certificate \(pair.certificate);
              ssl_certificate_key \(pair.key);
              server_tokens off;
              add_header Strict-Transport-Security "max-age=31536000; includeSubDomains" always;
              add_header Content-Security-Policy
                "default-src 'self'; frame-ancestors 'none'; base-uri 'none'" always;
              add_header X-Content-Type-Options nosniff always;
              add_header X-XSS-Protection 0 always;
              add_header Referrer-Policy no-referrer always;
              add_header RateLimit-Limit 100 always;
              add_header Set-Cookie "session=1; Secure; HttpOnly; SameSite=Lax" always;
              add_header Access-Control-Allow-Origin $granted always;
              default_type application/json;
              set $refusal '{"error": "refused", "message": "no such thing"}';
              if ($request_method !~ ^(GET|HEAD)$) { return 405 $refusal; }
              location = / { return 200 '{}'; }
              location / { return 404 $refusal; }
            }
            """
        }

        private func bad(_ port: Int, _ pair: Certificates.Pair) -> String {
            """
            server {
              listen 127.0.0.1:\(port) ssl;
              ssl_certificate \(pair.certificate);
              ssl_certificate_key \(pair.key);
              add_header X-XSS-Protection "1; report=/x" always;
              add_header Referrer-Policy unsafe-url always;
              add_header RateLimit-Limit 100000 always;
              add_header Set-Cookie "session=1" always;
              add_header Access-Control-Allow-Origin $http_origin always;
              location = / { return 503 'down'; }
              location ~ ^/(docs|redoc|openapi.json)$ { return 200 'documentation'; }
              location / { return 500 'Traceback (most recent call last)'; }
            }
            """
        }

        @Test("each passes, fails and does not know where it should")
        func states() throws {
            let certificates = try Certificates(in: try TemporaryFolder("edge-ca"))
            let pair = try certificates.leaf("web", for: ["127.0.0.1", "localhost"])
            let ports: [Int] = try (0..<3).map { _ in try TestSupport.freePort() }
            let server = try Nginx(
                """
                map $http_origin $granted {
                  default "";
                  "https://app.example.org" $http_origin;
                }
                \(good(ports[0], pair))
                \(bad(ports[1], pair))
                """, port: ports[0], in: try TemporaryFolder("nginx"))
            defer { server.stop() }
            let keys = { (port: Int) in
                """
                url = "https://127.0.0.1:\(port)/"
                tls = { ca = "\(certificates.authority)" }
                """
            }
            let watched = try WatchedFolder(
                [
                    "good": ("http", keys(ports[0])), "bad": ("http", keys(ports[1])),
                    "gone": ("http", keys(ports[2])),
                ], checks: Self.expected.keys.sorted(),
                head: "origins = [\"https://app.example.org\"]", in: folder)
            let watch = try watched.serve()
            defer { watch.stop() }
            let good = Self.expected.mapValues(\.good)
            let bad = Self.expected.mapValues(\.bad)
            #expect(try watched.verdicts(on: "good") { $0 == good } == good)
            #expect(try watched.verdicts(on: "bad") { $0 == bad } == bad)
            var gone = Self.expected.mapValues { _ in "unknown" }
            // Three tries without an answer are evidence enough.
            gone["http.health"] = "fail"
            #expect(try watched.verdicts(on: "gone") { $0 == gone } == gone)
        }
    }
}
