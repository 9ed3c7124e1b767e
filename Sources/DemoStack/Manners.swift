import Glibc
import Synchronization

/// What the API says beside its answers, and whom it refuses: by which holes are mended.
final class Manners: Sendable {
    private let holes: HoleBoard
    private let limiter = Limiter()

    /// Whose web pages may read the API once that is narrowed.
    static let origin = "https://shop.example"

    init(_ holes: HoleBoard) { self.holes = holes }

    /// The answer with the headers of the moment.
    func dress(
        _ response: HTTPServer.Response, _ request: HTTPServer.Request
    ) -> HTTPServer.Response {
        var dressed = response
        dressed.headers += security + crossOrigin(request)
        if !holes.isMended(.serverBanner) {
            dressed.headers += [("Server", "jobs-api/1.4.2"), ("X-Powered-By", "Swift 6.3")]
        }
        if response.status >= 400, response.status != 429, !holes.isMended(.errorDetails) {
            dressed.type = "text/plain"
            dressed.body = Self.trace(of: request)
        }
        if isCounted(request) { dressed.headers += limiter.headers(for: request.client) }
        return dressed
    }

    /// What is answered to a client that asks too often; nil lets it pass.
    func refusal(to request: HTTPServer.Request) -> HTTPServer.Response? {
        guard isCounted(request), !limiter.take(request.client) else { return nil }
        var response = HTTPServer.Response.failure(429, "too many requests")
        response.headers = [("Retry-After", "\(Limiter.window)")]
        return response
    }

    /// Those who watch must not be told to look away.
    private func isCounted(_ request: HTTPServer.Request) -> Bool {
        holes.isMended(.rateLimit) && !["/health", "/ready", "/metrics"].contains(request.path)
    }

    /// What is shown of the documentation; nil once that is closed.
    func documentation(_ path: String) -> HTTPServer.Response? {
        guard !holes.isMended(.apiDocs) else { return nil }
        switch path {
        case "/docs", "/redoc":
            return .init(status: 200, type: "text/html", body: "<h1>The jobs API</h1>")
        case "/openapi.json":
            return .ok(#"{"openapi":"3.1.0","info":{"title":"Jobs","version":"1.4.2"},"paths":{}}"#)
        default: return nil
        }
    }

    private var security: [(name: String, value: String)] {
        guard holes.isMended(.securityHeaders) else { return [] }
        return [
            ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
            ("Referrer-Policy", "no-referrer"),
            (
                "Content-Security-Policy",
                "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
            ),
        ]
    }

    private func crossOrigin(_ request: HTTPServer.Request) -> [(name: String, value: String)] {
        guard let origin = request.origin, !origin.contains(where: \.isNewline) else { return [] }
        let isGranted = !holes.isMended(.cors) || origin == Self.origin
        guard isGranted else { return [("Vary", "Origin")] }
        return [
            ("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", "true"),
            ("Vary", "Origin"),
        ]
    }

    private static func trace(of request: HTTPServer.Request) -> String {
        """
        Traceback (most recent call last):
          File "/app/jobs/api.py", line 114, in dispatch
            handler = self.routes[(request.method, request.path)]
        KeyError: ('\(request.method)', …)

        """
    }
}

/// Counts the requests of each client in windows of a minute.
private final class Limiter: Sendable {
    /// Requests a minute.
    static let limit = 100
    /// Seconds.
    static let window = 60
    /// Clients that are remembered in one window.
    private static let clientLimit = 10_000

    private struct State {
        var window = 0
        var counts: [String: Int] = [:]
    }

    private let state = Mutex(State())

    /// Counts one more request; false where that is one too many.
    func take(_ client: String) -> Bool {
        let now = time(nil) / Self.window
        return state.withLock { state in
            if state.window != now || state.counts.count > Self.clientLimit {
                state = State(window: now)
            }
            state.counts[client, default: 0] += 1
            return (state.counts[client] ?? 0) <= Self.limit
        }
    }

    func headers(for client: String) -> [(name: String, value: String)] {
        let count = state.withLock { $0.counts[client] ?? 0 }
        return [
            ("RateLimit-Limit", "\(Self.limit)"),
            ("RateLimit-Remaining", "\(max(0, Self.limit - count))"),
            ("RateLimit-Reset", "\(Self.window - time(nil) % Self.window)"),
        ]
    }
}
