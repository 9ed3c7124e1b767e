import HTTP
import Reactor
import Targets
import Testing
import TimeSeries

@testable import Collectors

@Suite struct HTTPAssertionsTests {
    private func response(
        _ status: Int = 200, _ body: String = "", headers: [HTTPHeader] = []
    ) -> HTTPResponse {
        var head = HTTPHead()
        head.status = status
        head.version = "1.1"
        head.headers = headers
        return HTTPResponse(
            head: head, body: Array(body.utf8), isTruncated: false, phases: HTTPPhases(), tls: nil,
            redirects: 0, url: "http://127.0.0.1/", address: "127.0.0.1",
            duration: .milliseconds(120))
    }

    private func judge(
        _ response: HTTPResponse, _ change: (inout HTTPExpectation) -> Void
    ) throws -> HTTPAssertions.Verdict {
        var expect = HTTPExpectation()
        change(&expect)
        return try HTTPAssertions(expect).judge(response)
    }

    @Test(
        "without expectations any 2xx is right",
        arguments: [(200, true), (204, true), (299, true), (301, false), (404, false), (0, false)])
    func status(code: Int, isRight: Bool) throws {
        #expect(try judge(response(code)) { _ in }.findings.isEmpty == isRight)
    }

    @Test("a wrong status is told with what was wanted")
    func wrongStatus() throws {
        let finding = try #require(
            try judge(response(500)) { $0.status = [200, 204] }.findings.first)
        #expect(finding.health == .critical)
        #expect(finding.title == "status is 500")
        #expect(finding.actual == "500")
        #expect(finding.expected == "200, 204")
    }

    @Test(
        "headers contain a text in any case",
        arguments: [
            ("Application/JSON; charset=utf-8", nil), ("text/html", "text/html"),
        ] as [(String, String?)])
    func headers(value: String, actual: String?) throws {
        let response = response(headers: [HTTPHeader("content-type", value)])
        let verdict = try judge(response) { $0.headers = ["Content-Type": "json"] }
        #expect(verdict.findings.first?.actual == actual)
    }

    @Test("a missing header is told")
    func missingHeader() throws {
        let verdict = try judge(response()) { $0.headers = ["X-Version": "1"] }
        #expect(verdict.findings.first?.title == "header X-Version is missing")
    }

    @Test("patterns look anywhere in the body, over lines")
    func patterns() throws {
        let response = response(200, "line one\nstate: degraded\n")
        let good = try judge(response) {
            $0.matches = ["state: \\w+", "one.*state"]
            $0.matchesNot = ["error"]
        }
        #expect(good.findings.isEmpty)
        #expect(!good.failedByPattern)
        let bad = try judge(response) {
            $0.matches = ["^ok$"]
            $0.matchesNot = ["degraded"]
        }
        #expect(bad.findings.count == 2)
        #expect(bad.failedByPattern)
    }

    @Test("a body's text is looked for as it is")
    func text() throws {
        #expect(try judge(response(200, "a.b")) { $0.body = "a.b" }.findings.isEmpty)
        let finding = try judge(response(200, "a\u{1b}[31mxb")) { $0.body = "a.b" }.findings.first
        #expect(finding?.expected == "a.b")
        #expect(finding?.actual == "a[31mxb")
    }

    @Test(
        "JSON values are compared as values",
        arguments: [
            ("$.status", "ok", nil), ("$.status", "\"ok\"", nil), ("$.count", "3", nil),
            ("$.count", "3.0", nil), ("$.ready", "true", nil), ("$.items[1].id", "8", nil),
            ("$.text", "3", nil), ("$.status", "bad", "\"ok\""),
            ("$.missing", "1", "nothing there"),
            ("$.ready", "false", "true"), ("$.none", "null", nil),
        ] as [(String, String, String?)])
    func json(path: String, wanted: String, actual: String?) throws {
        let body =
            #"{"status":"ok","count":3,"ready":true,"items":[{"id":7},{"id":8}],"text":"3","none":null}"#
        let verdict = try judge(response(200, body)) { $0.json = [path: wanted] }
        #expect(verdict.findings.first?.actual == actual)
    }

    @Test("a body that is not JSON is one finding, however deep it is")
    func notJSON() throws {
        for body in ["<html>", String(repeating: "[", count: 100_000), ""] {
            let verdict = try judge(response(200, body)) { $0.json = ["$.a": "1", "$.b": "2"] }
            #expect(verdict.findings.map(\.title) == ["the body is not JSON"])
        }
    }

    @Test("an answer that took too long is wrong")
    func time() throws {
        let verdict = try judge(response()) { $0.within = .milliseconds(100) }
        #expect(verdict.findings.first?.actual == "120 ms")
        #expect(verdict.findings.first?.expected == "≤ 100 ms")
    }

    @Test("a pattern or a path that cannot be read is our fault")
    func ours() {
        var expect = HTTPExpectation()
        expect.matches = ["("]
        let failure = #expect(throws: CollectionFailure.self) { try HTTPAssertions(expect) }
        #expect(failure?.reason == .ours)
    }

    @Test(
        "a certificate that ends soon is a warning, one below the expectation a failure",
        arguments: [
            (days: 30, wanted: nil, health: nil), (days: 13, wanted: nil, health: .degraded),
            (days: -2, wanted: nil, health: .degraded), (days: 30, wanted: 60, health: .critical),
        ] as [(days: Int, wanted: Int?, health: Health?)])
    func certificate(days: Int, wanted: Int?, health: Health?) throws {
        let now = Timestamp(milliseconds: 1_767_323_045_000)
        var raw = facts
        raw.earliestExpiry = now.seconds + Double(days) * 86_400 + 60
        let findings = certificateFindings(
            raw, validFor: wanted.map { .seconds($0 * 86_400) }, now: now)
        #expect(findings.first?.health == health)
    }

    private var facts: TLSFacts {
        TLSFacts(
            version: "TLS 1.3", subject: "CN=a", issuer: "CN=b", expires: 0, earliestExpiry: 0,
            sha256: "")
    }

    @Test(
        "dates of HTTP are read",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
            ("Mon, 30 Foo 2024 10:00:00 GMT", nil),
            ("yesterday", nil), ("Sun, 06 Nov 1994 08:49:37 CET", nil),
        ] as [(String, Double?)])
    func dates(text: String, seconds: Double?) {
        #expect(secondsOfHTTPDate(text) == seconds)
    }

    @Test(
        "addresses hash as blackbox_exporter's do",
        arguments: [("127.0.0.1", 3_668_918_509), ("/run/x.sock", 0)] as [(String, UInt32)])
    func hash(address: String, hash: UInt32) {
        #expect(addressHash(address) == hash)
    }

    @Test("the log keeps the last twenty failures, newest first")
    func log() {
        var log = FailureLog()
        for number in 0..<30 {
            log.add(
                [Finding(.critical, "fault \(number)")], transcript: [],
                at: Timestamp(milliseconds: Int64(number)))
        }
        log.add([Finding(.degraded, "warning")], transcript: [], at: Timestamp(milliseconds: 99))
        #expect(log.failures.count == 20)
        #expect(log.failures.first?.reason == "fault 29")
    }
}

@Suite struct TranscriptTests {
    @Test("secrets reach no line: headers, credentials, parameters, and what the server says back")
    func secrets() {
        var request = HTTPRequest(url: "https://example.com/a?id=1&api_token=hunter2")
        request.headers = [
            HTTPHeader("X-Api-Key", "hunter2"), HTTPHeader("X-Custom", "s3cret-value"),
            HTTPHeader("Accept", "*/*"),
        ]
        request.authorization = .bearer("hunter2")
        let secrets = ResolvedSecrets(
            authorization: Secret("hunter2"), named: ["X-Custom": Secret("s3cret-value")])
        var transcript = Transcript(request, secrets)
        var head = HTTPHead()
        head.status = 401
        head.headers = [
            HTTPHeader("Set-Cookie", "session=abcdef"), HTTPHeader("X-Echo", "hunter2"),
        ]
        transcript.add(
            HTTPResponse(
                head: head, body: Array("bad token hunter2\n\u{1b}]0;owned\u{7}second".utf8),
                isTruncated: false, phases: HTTPPhases(), tls: nil, redirects: 0, url: request.url,
                address: "192.0.2.1", duration: .zero))
        let text = transcript.lines.joined(separator: "\n")
        for secret in ["hunter2", "s3cret-value", "abcdef"] { #expect(!text.contains(secret)) }
        #expect(text.contains("> GET https://example.com/a?id=1&api_token=••••"))
        #expect(text.contains("> Accept: */*"))
        #expect(text.contains("< HTTP/ 401 from 192.0.2.1"))
        #expect(!text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
    }
}
