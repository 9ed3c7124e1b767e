import HTTP
import Targets
import Testing
import TimeSeries

@testable import Delivery

@Suite("A webhook")
struct WebhookTests {
    @Test("gets dogwatch's own body")
    func body() {
        #expect(
            String(decoding: WebhookBody.encoded(message(.resolve), sentAt: now), as: UTF8.self)
                == #"""
                {"alerts":[{"budget_remaining":0.72,"changes":["deployed api 1.4.2 at 02:58"],"ends_at":"2026-01-02T03:16:05.000Z","episode":7,"fingerprint":"3f9a77aa00112233","labels":{"alertname":"p95_latency","instance":"api","job":"http"},"op":">","rule":"p95_latency","runbook":"https://wiki.example.com/p95","starts_at":"2026-01-02T03:04:05.678Z","summary":"checkout P95","threshold":0.1,"unit":"s","value":0.412}],"client_url":"https://watch.example.com/","event":"resolve","group":{"labels":{"service":"checkout"},"size":1,"truncated":0},"id":"01JGK3","instance":"prod","key":"dogwatch/prod/3f9a77aa00112233/7","sent_at":"2026-01-02T03:16:05.000Z","seq":1,"severity":"page","status":"resolved","text":"Where: api, job=http\nSince: 2026-01-02 03:04 UTC (lasted 11 min)\nValue: 412 ms > 100 ms\nBudget left: 72 % of 43 min in 30 d\nRule: p95_latency\nChanged: deployed api 1.4.2 at 02:58\nRunbook: https://wiki.example.com/p95\nLook: https://watch.example.com/","title":"[RESOLVED] checkout P95","version":1}
                """#)
    }

    @Test("gets Alertmanager's body where it is made for that")
    func alertmanager() {
        #expect(
            String(
                decoding: AlertmanagerBody.encoded(message(), receiver: "hook"), as: UTF8.self)
                    == #"""
                    {"alerts":[{"annotations":{"description":"412 ms > 100 ms","runbook_url":"https://wiki.example.com/p95","summary":"checkout P95"},"endsAt":"0001-01-01T00:00:00Z","fingerprint":"3f9a77aa00112233","generatorURL":"https://watch.example.com/","labels":{"alertname":"p95_latency","instance":"api","job":"http","severity":"page"},"startsAt":"2026-01-02T03:04:05.678Z","status":"firing"}],"commonAnnotations":{"description":"412 ms > 100 ms","runbook_url":"https://wiki.example.com/p95","summary":"checkout P95"},"commonLabels":{"alertname":"p95_latency","instance":"api","job":"http","severity":"page"},"externalURL":"https://watch.example.com/","groupKey":"dogwatch/prod/3f9a77aa00112233/7","groupLabels":{"service":"checkout"},"receiver":"hook","status":"firing","truncatedAlerts":0,"version":"4"}
                    """#)
    }

    @Test("gets at most 100 alerts and 256 KiB, and the number of the others")
    func bounds() throws {
        let large = message { page in
            var alert = page.alerts[0]
            for index in 0..<64 { alert.labels["l\(index)"] = String(repeating: "v", count: 900) }
            page.alerts = Array(repeating: alert, count: 150)
            page.group.size = 150
        }
        let body = WebhookBody.encoded(large, sentAt: now)
        #expect(body.count <= WebhookBody.limit)
        let json = try JSONValue(parsing: body)
        let count = try #require(json["alerts"]?.array?.count)
        #expect(count >= 1 && count <= 100)
        #expect(json["group"]?["truncated"]?.integer == Int64(150 - count))
    }

    @Test("writes a number that JSON does not have as none")
    func numbers() throws {
        let body = WebhookBody.json(message { $0.alerts[0].value = .infinity }, sentAt: now)
        #expect(try JSONValue(parsing: body.description)["alerts"]?.array?[0]["value"] == .null)
    }

    @Test("is signed as Standard Webhooks has it")
    func signature() throws {
        let key = try #require(WebhookSignature.key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let headers = WebhookSignature.headers(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body: Array(#"{"test": 2432232314}"#.utf8),
            keys: [key], at: Timestamp(milliseconds: 1_614_265_330_999))
        #expect(
            headers == [
                HTTPHeader("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
                HTTPHeader("webhook-timestamp", "1614265330"),
                HTTPHeader("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
            ])
    }

    @Test("carries a signature of each secret while one replaces the other, and none without")
    func rotation() throws {
        let keys = try ["old-secret-of-24-bytes-..", "new-secret-of-24-bytes-.."].map { secret in
            try #require(WebhookSignature.key("whsec_" + base64(Array(secret.utf8))))
        }
        let both = WebhookSignature.headers(id: "i", body: [], keys: keys, at: now)
        let single = keys.map { WebhookSignature.headers(id: "i", body: [], keys: [$0], at: now) }
        #expect(
            both.last?.value == single.compactMap(\.last?.value).joined(separator: " "))
        #expect(WebhookSignature.headers(id: "i", body: [], keys: [], at: now).count == 2)
    }

    @Test(
        "takes no secret that is not one",
        arguments: [
            "", "hunter2", "whsec_", "whsec_c2hvcnQ=", "whsec_!!!!",
            "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        ])
    func secrets(text: String) {
        #expect(WebhookSignature.key(text) == nil)
    }

    @Test("is named the same on every resend, in characters that a header can hold")
    func identity() {
        let page = samplePage { $0.key = "dogwatch/Zürich 1%\r\nX: y/aa/7" }
        #expect(Webhook.id(page) == "dogwatch/Z%C3%BCrich%201%25%0D%0AX:%20y/aa/7#1")
    }
}

@Suite("Alertmanager")
struct AlertmanagerTests {
    @Test("is told of an alert with its labels, and until when to believe it")
    func alert() {
        let page = message().page
        #expect(
            AlertmanagerAPI.alert(page.alerts[0], page, ["team": "web"], at: now).description
                == #"""
                {"annotations":{"description":"412 ms > 100 ms","runbook_url":"https://wiki.example.com/p95","summary":"checkout P95"},"endsAt":"2026-01-02T03:20:05.000Z","generatorURL":"https://watch.example.com/","labels":{"alertname":"p95_latency","instance":"api","job":"http","severity":"page","team":"web"},"startsAt":"2026-01-02T03:04:05.678Z"}
                """#)
        let over = message(.resolve).page
        #expect(
            AlertmanagerAPI.alert(over.alerts[0], over, [:], at: now + .seconds(60))["endsAt"]
                == .string("2026-01-02T03:16:05.000Z"))
    }

    @Test("is one of several: it is enough that one of them takes the alerts")
    func together() {
        let failed = DeliveryOutcome.retry(DeliveryFailure("b: refused"), after: .backOff)
        let broken = DeliveryOutcome.refused(DeliveryFailure("c: 404"), .access)
        let one = AlertmanagerAPI.together([failed, .accepted(.init()), broken])
        #expect(one == .accepted(.init(note: "1 of 3 took it; b: refused; c: 404")))
        #expect(AlertmanagerAPI.together([broken, failed]) == failed)
        #expect(AlertmanagerAPI.together([broken]) == broken)
    }

    @Test(
        "is judged by its status",
        arguments: [
            (200, "accepted"), (204, "retry"), (400, "refused content"), (500, "retry"),
            (404, "refused access"),
        ])
    func judged(status: Int, kind: String) {
        #expect(AlertmanagerAPI.judge(answer(status), of: "http://am:9093", at: now).kind == kind)
    }
}
