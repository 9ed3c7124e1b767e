import HTTP
import Testing
import TimeSeries

@testable import Delivery

/// An answer of a server.
func answer(_ status: Int, _ body: String = "", _ headers: [String: String] = [:]) -> Answer {
    var head = HTTPHead()
    head.status = status
    head.headers = headers.map { HTTPHeader($0.key, $0.value) }
    return .response(head, body: Array(body.utf8))
}

extension DeliveryOutcome {
    /// What it is, without its words.
    var kind: String {
        switch self {
        case .accepted: "accepted"
        case .retry(_, .backOff): "retry"
        case .retry(_, .slowBackOff): "retry slowly"
        case .retry(_, .exactly(let wait)): "retry after \(wait.components.seconds)"
        case .fallBack(_, let wait): "fall back, retry after \(wait.components.seconds)"
        case .refused(_, let why): "refused \(why)"
        }
    }
}

@Suite("An answer is judged")
struct JudgementTests {
    let judgement = Judgement(service: "it", now: now, accessRemedy: "Check the key.")

    @Test(
        "by its status",
        arguments: [
            (200, "accepted"), (202, "accepted"), (204, "accepted"), (299, "accepted"),
            (301, "refused configuration"), (302, "refused configuration"),
            (304, "refused configuration"), (307, "refused configuration"),
            (400, "refused content"), (413, "refused content"), (422, "refused content"),
            (401, "refused access"), (403, "refused access"), (404, "refused access"),
            (410, "refused access"), (405, "refused content"), (418, "refused content"),
            (408, "retry"), (425, "retry"), (429, "retry slowly"), (500, "retry"), (501, "retry"),
            (502, "retry"), (503, "retry"), (504, "retry"), (599, "retry"), (999, "retry"),
            (0, "retry"), (101, "retry"),
        ])
    func status(code: Int, kind: String) {
        let outcome = judgement.outcome(answer(code))
        #expect(outcome.kind == kind)
        #expect(outcome.failure == nil || outcome.failure?.status == code)
    }

    @Test(
        "with the wait that it asks for, between a second and five minutes",
        arguments: [
            ("7", "retry after 7"), ("0", "retry after 1"), ("31536000", "retry after 300"),
            ("99999999999999999999", "retry after 300"), ("-5", "retry slowly"),
            ("", "retry slowly"), ("soon", "retry slowly"), ("1.5", "retry slowly"),
            ("Fri, 02 Jan 2026 03:17:05 GMT", "retry after 60"),
            ("Fri, 02 Jan 2026 03:16:00 GMT", "retry after 1"),
            ("Sat, 02 Jan 2027 03:16:00 GMT", "retry after 300"),
            ("Fri, 32 Jan 2026 03:17:05 GMT", "retry slowly"),
            ("Fri, 02 Jan 2026 03:17:05 CET", "retry slowly"),
        ])
    func retryAfter(header: String, kind: String) {
        #expect(judgement.outcome(answer(429, "", ["retry-after": header])).kind == kind)
    }

    @Test(
        "by why there was none",
        arguments: [
            (HTTPFailure.Reason.timedOut, "retry"), (.unresolved("no such host"), "retry"),
            (.unconnected(errno: 111), "retry"), (.closed("reset"), "retry"),
            (.garbage("?"), "retry"), (.ours("no descriptors"), "retry"), (.cancelled, "retry"),
            (.tls("alert"), "retry"), (.invalid("http"), "refused configuration"),
        ])
    func failures(reason: HTTPFailure.Reason, kind: String) {
        let failure = HTTPFailure(reason, in: .connect, url: "https://hook/hunter2")
        let outcome = judgement.outcome(.failure(failure))
        #expect(outcome.kind == kind)
        #expect(outcome.failure?.reason.contains("hunter2") == false)
    }

    @Test("with words that say who answered what, and what to do")
    func words() {
        let refused = judgement.outcome(answer(403, "no such \u{1b}[31mtoken"))
        #expect(
            refused.failure?.description == "it answered 403: no such [31mtoken. Check the key.")
        let long = judgement.outcome(answer(503, String(repeating: "x", count: 5000)))
        #expect((long.failure?.description.utf8.count ?? .max) < 1024)
    }
}

@Suite("Dates in UTC")
struct UTCDateTests {
    @Test(
        "read as they are written",
        arguments: [
            (Int64(0), "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 +0000"),
            (
                Int64(1_767_323_045_678), "2026-01-02T03:04:05.678Z",
                "Fri, 02 Jan 2026 03:04:05 +0000"
            ),
            (Int64(951_782_400_000), "2000-02-29T00:00:00.000Z", "Tue, 29 Feb 2000 00:00:00 +0000"),
            (
                Int64(4_107_542_399_999), "2100-02-28T23:59:59.999Z",
                "Sun, 28 Feb 2100 23:59:59 +0000"
            ),
            (Int64(-1), "1969-12-31T23:59:59.999Z", "Wed, 31 Dec 1969 23:59:59 +0000"),
            (Int64.min, "0000-01-01T00:00:00.000Z", "Sat, 01 Jan 0000 00:00:00 +0000"),
            (Int64.max, "9999-12-31T23:59:59.999Z", "Fri, 31 Dec 9999 23:59:59 +0000"),
        ])
    func written(milliseconds: Int64, rfc3339: String, mail: String) {
        let date = UTCDate(Timestamp(milliseconds: milliseconds))
        #expect(date.rfc3339 == rfc3339)
        #expect(date.mail == mail)
    }

    @Test("of HTTP come back as the same second", arguments: 0..<500)
    func roundTrip(index: Int) {
        let timestamp = Timestamp(milliseconds: Int64(index) * 7_654_321_000)
        let date = UTCDate(timestamp)
        let text = date.mail.replacing("+0000", with: "GMT")
        #expect(UTCDate(http: text)?.timestamp == timestamp)
    }
}
