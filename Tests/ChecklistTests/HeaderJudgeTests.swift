import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Checklist

@Suite("Headers and answers of the edge")
struct HeaderJudgeTests {
    private typealias Headers = [(name: String, value: String)]

    private func facts(
        _ headers: Headers, missing: Headers? = nil, url: String = "https://api.test/",
        more: [EdgeFacts.Answer] = [], body: String = "",
        failures: [EdgeFacts.Question: String] = [:]
    ) -> EdgeFacts {
        EdgeFacts(
            id: TargetID(.http, "api"), url: url, seenAt: start,
            answers: [
                .init(.page, status: 200, headers: headers),
                .init(.missing, status: 404, headers: missing ?? headers, body: body),
                .init(.wrongMethod, status: 405, headers: missing ?? headers, body: body),
            ] + more, failures: failures)
    }

    private func verdict(_ check: String, _ facts: EdgeFacts) throws -> CheckResult {
        var evidence = Evidence(now: start)
        evidence.surveyed.edges = [facts]
        return try #require(Catalogue[check]?.results(on: evidence).first)
    }

    @Test(
        "are judged by their values",
        arguments: [
            (
                "http.header.hsts", "Strict-Transport-Security",
                "max-age=31536000; includeSubDomains", Verdict.pass
            ),
            ("http.header.hsts", "Strict-Transport-Security", "max-age=31536000", .warn),
            ("http.header.hsts", "Strict-Transport-Security", "max-age=16000000", .warn),
            ("http.header.hsts", "Strict-Transport-Security", "max-age=60", .fail),
            ("http.header.hsts", "Strict-Transport-Security", "includeSubDomains", .fail),
            ("http.header.hsts", "X-Other", "1", .fail),
            ("http.header.nosniff", "X-Content-Type-Options", "nosniff", .pass),
            ("http.header.nosniff", "X-Content-Type-Options", "sniff", .fail),
            ("http.header.frame", "Content-Security-Policy", "frame-ancestors 'none'", .pass),
            ("http.header.frame", "X-Frame-Options", "deny", .warn),
            ("http.header.frame", "X-Frame-Options", "ALLOW-FROM x", .fail),
            ("http.header.xss-protection", "X-Other", "1", .pass),
            ("http.header.xss-protection", "X-XSS-Protection", "1; mode=block", .warn),
            ("http.header.xss-protection", "X-XSS-Protection", "1", .fail),
            ("http.header.referrer", "Referrer-Policy", "no-referrer, strict-origin", .pass),
            ("http.header.referrer", "Referrer-Policy", "unsafe-url", .fail),
            ("http.header.referrer", "X-Other", "1", .warn),
            ("http.header.disclosure", "Server", "nginx", .pass),
            ("http.header.disclosure", "Server", "nginx/1.22.1", .fail),
            ("http.header.disclosure", "Server", "uvicorn", .warn),
            ("http.header.disclosure", "Server", "AmazonS3", .pass),
            ("http.header.disclosure", "X-Powered-By", "PHP 8.2", .fail),
            ("http.header.disclosure", "Via", "1.1 google, 2 edge", .pass),
            ("http.header.disclosure", "Via", "1.1 proxy (squid/6.9)", .fail),
            ("http.ratelimit.headers", "X-RateLimit-Limit", "100", .pass),
            ("http.ratelimit.headers", "X-RateLimit-Limit", "1000", .warn),
            ("http.cookie.flags", "Set-Cookie", "session=1; Secure; HttpOnly; SameSite=Lax", .pass),
            ("http.cookie.flags", "Set-Cookie", "session=1; Secure; SameSite=Lax", .fail),
            ("http.cookie.flags", "Set-Cookie", "theme=1; Secure", .warn),
            (
                "http.cookie.flags", "Set-Cookie", "session=1; Secure; HttpOnly; SameSite=None",
                .warn
            ),
            ("http.cookie.flags", "X-Other", "1", .unknown),
        ])
    func values(check: String, name: String, value: String, verdict wanted: Verdict) throws {
        let result = try verdict(check, facts([(name, value)]))
        #expect(result.verdict == wanted, "\(check) \(name): \(value): \(result.evidence)")
    }

    @Test(
        "a policy is enforced only where scripts cannot be smuggled in",
        arguments: [
            ("default-src 'self'; frame-ancestors 'none'; base-uri 'none'", Verdict.pass),
            ("default-src 'self'", .warn),
            ("default-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'", .fail),
            (
                "default-src 'self' 'unsafe-inline' 'nonce-x'; frame-ancestors 'none'; base-uri 'none'",
                .warn
            ),
            ("script-src 'self'", .fail), ("default-src *", .fail), ("", .fail),
        ])
    func policies(policy: String, wanted: Verdict) throws {
        let result = try verdict(
            "http.header.csp", facts([("Content-Security-Policy", policy)]))
        #expect(result.verdict == wanted, "\(policy): \(result.evidence)")
    }

    @Test("an error without the header fails what the page passes, and http has no HSTS")
    func errors() throws {
        let good: Headers = [("X-Content-Type-Options", "nosniff")]
        #expect(try verdict("http.header.nosniff", facts(good, missing: [])).verdict == .fail)
        let plain = facts(
            [("Strict-Transport-Security", "max-age=31536000")], url: "http://api.test/")
        #expect(try verdict("http.header.hsts", plain).verdict == .unknown)
        #expect(try verdict("http.redirect.https", plain).verdict == .fail)
    }

    @Test("plain HTTP leads to TLS at once, or is closed")
    func redirects() throws {
        func plain(_ status: Int, _ location: String) -> EdgeFacts {
            facts([], more: [.init(.plain, status: status, headers: [("Location", location)])])
        }
        let check = "http.redirect.https"
        #expect(try verdict(check, plain(301, "https://api.test/")).verdict == .pass)
        #expect(try verdict(check, plain(302, "https://api.test/")).verdict == .warn)
        #expect(try verdict(check, plain(301, "https://other.test/")).verdict == .warn)
        #expect(try verdict(check, plain(301, "http://api.test/x")).verdict == .fail)
        #expect(try verdict(check, plain(200, "")).verdict == .fail)
        var closed = facts([], failures: [.plain: "connect: Connection refused"])
        closed.isPlainClosed = true
        #expect(try verdict(check, closed).verdict == .pass)
        #expect(try verdict(check, facts([], failures: [.plain: "timed out"])).verdict == .unknown)
    }

    @Test("foreign origins, documentation, and errors that say too much")
    func answers() throws {
        func origin(_ headers: Headers) -> EdgeFacts {
            facts([], more: [.init(.foreignOrigin, status: 200, headers: headers)])
        }
        let check = "http.cors.origin"
        #expect(
            try verdict(check, origin([("Access-Control-Allow-Origin", "https://x.invalid")]))
                .verdict == .fail)
        #expect(
            try verdict(check, origin([("Access-Control-Allow-Origin", "*")])).verdict == .fail)
        // Nothing was granted, and nobody knows whether a grant would have been seen.
        #expect(try verdict(check, origin([])).verdict == .unknown)
        func docs(_ statuses: [Int]) -> EdgeFacts {
            facts(
                [],
                more: zip([EdgeFacts.Question.docs, .redoc, .openAPI], statuses).map {
                    .init($0, status: $1, headers: [])
                })
        }
        #expect(try verdict("http.docs.exposed", docs([404, 404, 404])).verdict == .pass)
        #expect(try verdict("http.docs.exposed", docs([404, 404, 200])).verdict == .warn)
        #expect(try verdict("http.docs.exposed", docs([200, 404, 200])).verdict == .fail)
        let shape = "http.error.shape"
        let json = #"{"error":"not_found","message":"there is {nothing}, \"here\""}"#
        #expect(try verdict(shape, facts([], body: json)).verdict == .pass)
        #expect(
            try verdict(shape, facts([], body: #"{"error":1,"message":2,"id":[{"a":1}]}"#)).verdict
                == .warn)
        #expect(try verdict(shape, facts([], body: #"{"detail":"Not Found"}"#)).verdict == .fail)
        #expect(try verdict(shape, facts([], body: "<html>")).verdict == .fail)
        let leak = facts([], body: "Traceback (most recent call last)")
        #expect(try verdict("http.error.leak", leak).verdict == .fail)
        #expect(try verdict("http.error.leak", facts([], body: "{}")).verdict == .noFinding)
    }

    @Test("an endpoint that answers nothing is unknown to every check")
    func silent() throws {
        let silent = EdgeFacts(
            id: TargetID(.http, "api"), url: "https://api.test/", seenAt: start, answers: [],
            failures: [.page: "refused"])
        for check in Judges.headers.keys.sorted() + Judges.answers.keys.sorted() {
            #expect(try verdict(check, silent).verdict == .unknown, "\(check)")
        }
    }
}
