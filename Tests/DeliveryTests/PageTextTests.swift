import Alerting
import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Delivery

@Suite("A page's text")
struct PageTextTests {
    @Test("says what, where, since when, how bad, what is left, what changed and what to do")
    func whole() {
        #expect(
            message().text.whole == """
                [PAGE] checkout P95: 412 ms > 100 ms
                Where: api, job=http
                Since: 2026-01-02 03:04 UTC (11 min ago)
                Value: 412 ms > 100 ms
                Budget left: 72 % of 43 min in 30 d
                Rule: p95_latency
                Changed: deployed api 1.4.2 at 02:58
                Runbook: https://wiki.example.com/p95
                Look: https://watch.example.com/
                Acknowledge: key a in dogwatch, or dogwatch ack 'dogwatch/prod/3f9a77aa00112233/7'
                """)
    }

    @Test(
        "begins with what the message is",
        arguments: [
            (Page.Event.trigger, Severity.ticket, "[TICKET] checkout P95: 412 ms > 100 ms"),
            (.update, .page, "[PAGE update] checkout P95: 412 ms > 100 ms"),
            (.acknowledge, .page, "[ACK] checkout P95: 412 ms > 100 ms"),
            (.resolve, .page, "[RESOLVED] checkout P95"),
            (.test, .page, "[TEST] checkout P95: 412 ms > 100 ms"),
        ])
    func titles(event: Page.Event, severity: Severity, title: String) {
        #expect(message(event) { $0.severity = severity }.text.title == title)
    }

    @Test("of a resolve says how long it lasted, and asks for nothing")
    func resolve() {
        let body = message(.resolve).text.body
        #expect(body.contains("Since: 2026-01-02 03:04 UTC (lasted 11 min)"))
        #expect(!body.contains("Acknowledge"))
    }

    @Test("of a fallback names the receiver that failed, and why")
    func fallback() {
        let title = message { $0.fallback = .init(primary: "pager", reason: "503") }.text.title
        #expect(title == "FALLBACK (primary pager: 503) [PAGE] checkout P95: 412 ms > 100 ms")
    }

    @Test("without a value says NO DATA, and does not repeat a value that the summary has")
    func values() {
        let none = message { $0.alerts[0].value = nil }
        #expect(none.text.title == "[PAGE] checkout P95")
        #expect(none.text.body.contains("Value: NO DATA"))
        let said = message { $0.alerts[0].summary = "P95 is 412 ms" }
        #expect(said.text.title == "[PAGE] P95 is 412 ms")
    }

    @Test("of a group counts its alerts and lists those behind the worst")
    func group() {
        let text = message { page in
            var second = page.alerts[0]
            second.summary = "checkout errors"
            second.labels["instance"] = "web-2"
            page.alerts.append(second)
            page.group.size = 30
        }.text
        #expect(text.title == "[PAGE] 30 alerts: checkout P95: 412 ms > 100 ms")
        #expect(text.body.contains("- checkout errors: 412 ms > 100 ms (web-2)\nand 28 more"))
    }

    @Test("gives up details before what matters")
    func fitting() {
        let text = message { page in
            page.alerts[0].summary = String(repeating: "s", count: 2000)
            page.alerts[0].changes = (0..<10).map { "\($0)" + String(repeating: "c", count: 300) }
            page.remarks = [String(repeating: "r", count: 300)]
        }.text
        #expect(text.whole.utf8.count <= PageText.limit)
        for word in ["Where: ", "Since: ", "Value: 412 ms > 100 ms", "Runbook: ", "Acknowledge: "] {
            #expect(text.body.contains(word))
        }
        #expect(text.title.hasSuffix("…"))
    }

    @Test("names no user, password, query or fragment of a URL")
    func urls() {
        let text = message { page in
            page.alerts[0].runbook = "https://u:hunter2@wiki.example.com/p?token=hunter2#x"
            page.alerts[0].summary = "see http://a@b.example/x?q=hunter2 now"
        }.text.whole
        #expect(text.contains("Runbook: https://wiki.example.com/p\n"))
        #expect(text.contains("see http://b.example/x now"))
        #expect(!text.contains("hunter2"))
    }

    @Test(
        "holds no literal of a statement",
        arguments: [
            (
                "select * from users where mail = 'bob@example.com' and id=4711 -- bob",
                "select * from users where mail = ? and id=?"
            ),
            ("UPDATE t2 SET a=E'it\\'s', b='it''s' /* x */", "UPDATE t2 SET a=E?, b=?"),
            ("insert into t values ($tag$bob$tag$, $1, 1.5e3)", "insert into t values (?, $?, ?)"),
            ("select 'cut off in the mid", "select ?"),
        ])
    func statements(raw: String, shown: String) {
        #expect(withoutLiterals(raw).split(separator: " ") == shown.split(separator: " "))
        let text = message { page in
            page.alerts[0].labels["query"] = raw
            page.alerts[0].summary = "long: \(raw)"
        }
        for secret in ["bob", "4711", "it's", "1.5e3", "cut off"] {
            #expect(!text.text.whole.contains(secret))
            #expect(!WebhookBody.json(text, sentAt: now).description.contains(secret))
        }
    }

    @Test("is at most 1 KB, clean and without secrets, whatever it is made of", arguments: 1...60)
    func properties(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let secret = "hunter2-" + String(random.next(), radix: 36)
        let page = randomPage(secret, &random)
        let message = Message(page, redaction: Redaction([Secret(secret)]))
        let text = message.text.whole
        #expect(text.utf8.count <= PageText.limit, "seed \(seed)")
        let bodies = [
            text, PagerDuty.event(message, routingKey: "").description,
            WebhookBody.json(message, sentAt: now).description, Slack.body(message).description,
            AlertmanagerBody.json(message, receiver: "r").description,
        ]
        for body in bodies {
            #expect(!body.contains(secret), "seed \(seed)")
            #expect(!body.contains(percentEncoded(secret + "!")), "seed \(seed)")
            for scalar in body.unicodeScalars where scalar != "\n" {
                let category = scalar.properties.generalCategory
                #expect(
                    category != .control && (category != .format || scalar.value == 0x200d),
                    "seed \(seed): U+\(String(scalar.value, radix: 16))")
            }
        }
    }
}

/// A page of hostile texts of any length, with a secret somewhere in each.
private func randomPage(_ secret: String, _ random: inout SeededGenerator) -> Page {
    let pieces = [
        "a", "word ", "\u{1b}[31m", "\u{202e}", "\n", "\r\n", "\0", "👩‍👩‍👧‍👦", "é", "…", "\u{85}",
        "e\u{301}\u{301}\u{301}", "https://u:p@h/x?y#z ", "'", "\"", "\\", "select from ",
        "\u{2028}",
        "<!channel>", "%41", "\u{feff}", "日本",
    ]
    func text() -> String {
        var result = ""
        for _ in 0..<Int.random(in: 0...(random.next() % 9 == 0 ? 600 : 20), using: &random) {
            result += pieces[Int.random(in: 0..<pieces.count, using: &random)]
        }
        result += secret
        for _ in 0..<Int.random(in: 0...20, using: &random) {
            result += pieces[Int.random(in: 0..<pieces.count, using: &random)]
        }
        return result
    }
    let event = Page.Event.allCases[Int.random(in: 0..<5, using: &random)]
    var page = samplePage(event)
    page.instance = text()
    page.remarks = (0..<Int.random(in: 0...8, using: &random)).map { _ in text() }
    page.clientURL = text()
    if random.next() % 2 == 0 { page.fallback = .init(primary: text(), reason: text()) }
    page.group = .init(labels: [text(): text()], size: Int.random(in: 1...500, using: &random))
    page.alerts = (0..<Int.random(in: 1...6, using: &random)).map { _ in
        Page.Alert(
            fingerprint: "00112233aabbccdd", episode: 1, rule: text(),
            labels: ["query": text(), "instance": text(), text(): text()], summary: text(),
            value: [nil, .nan, .infinity, 1e300, -0.0, 12.5][Int.random(in: 0..<6, using: &random)],
            unit: ["", "s", "%", text()][Int.random(in: 0..<4, using: &random)], comparison: ">",
            threshold: 1, startsAt: began, runbook: text(), changes: [text(), text()])
    }
    return page
}
