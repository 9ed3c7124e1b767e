import Alerting
import HTTP
import Targets
import Testing

@testable import Delivery

@Suite("Slack")
struct SlackTests {
    @Test("shows title, facts and a mark that ties a resolve to its trigger")
    func body() {
        #expect(
            Slack.body(message(.resolve)).description == #"""
                {"blocks":[{"text":{"text":"*[RESOLVED] checkout P95*\nWhere: api, job=http\nSince: 2026-01-02 03:04 UTC (lasted 11 min)\nValue: 412 ms &gt; 100 ms\nBudget left: 72 % of 43 min in 30 d\nRule: p95_latency\nChanged: deployed api 1.4.2 at 02:58\nRunbook: https://wiki.example.com/p95\nLook: https://watch.example.com/","type":"mrkdwn","verbatim":true},"type":"section"},{"elements":[{"text":"prod · since 2026-01-02 03:04 UTC · <https://wiki.example.com/p95|runbook> · (dw 3f9a-7 #1)","type":"mrkdwn","verbatim":true}],"type":"context"}],"text":":white_check_mark: [RESOLVED] checkout P95  (dw 3f9a-7 #1)"}
                """#)
    }

    @Test("mentions nobody, whatever a target calls itself")
    func mentions() {
        let text = Slack.body(
            message { page in
                page.alerts[0].summary = "<!channel> & <@U123>"
                page.alerts[0].labels["instance"] = "<!here>"
                page.alerts[0].runbook = "https://x.example/a|b>c<d"
            }
        ).description
        #expect(text.contains("&lt;!channel&gt; &amp; &lt;@U123&gt;"))
        #expect(!text.contains("<!") && !text.contains("<@"))
        #expect(text.contains("<https://x.example/a%7Cb&gt;c&lt;d|runbook>"))
    }

    @Test(
        "is believed only with ok",
        arguments: [
            (200, "ok", "accepted"), (200, "ok\n", "retry"), (200, "<html>", "retry"),
            (400, "invalid_payload", "refused content"), (403, "invalid_token", "refused access"),
            (404, "no_service", "refused access"), (410, "channel_is_archived", "refused access"),
            (429, #"{"retry_after":12,"ok":false,"error":"rate_limited"}"#, "retry after 12"),
            (429, "", "retry slowly"), (500, "rollup_error", "retry"),
        ])
    func judged(status: Int, body: String, kind: String) {
        #expect(Slack.judge(answer(status, body), at: now).kind == kind)
    }
}

@Suite("ntfy")
struct NtfyTests {
    @Test("gets title, message and priority, and a button that acknowledges")
    func body() {
        let json = Ntfy.body(
            message { $0.acknowledgeURL = "https://watch.example.com/ack/t0ken" }, topic: "oncall")
        #expect(json["topic"]?.string == "oncall")
        #expect(json["title"]?.string == "[PAGE] checkout P95: 412 ms > 100 ms")
        #expect(json["priority"]?.integer == 5)
        #expect(json["tags"]?.description == #"["rotating_light"]"#)
        #expect(json["click"]?.string == "https://watch.example.com/")
        #expect(
            json["actions"]?.description
                == #"[{"action":"http","clear":true,"label":"Acknowledge","method":"POST","url":"https://watch.example.com/ack/t0ken"}]"#
        )
        #expect((json["message"]?.string?.utf8.count ?? .max) < 4096)
    }

    @Test(
        "wakes only for what is worth it",
        arguments: [
            (Page.Event.trigger, Severity.ticket, 3), (.trigger, .info, 2), (.test, .page, 5),
            (.resolve, .page, 3), (.acknowledge, .page, 3), (.update, .page, 5),
        ])
    func priorities(event: Page.Event, severity: Severity, priority: Int) {
        let json = Ntfy.body(message(event) { $0.severity = severity }, topic: "t")
        #expect(json["priority"]?.integer == Int64(priority))
    }

    @Test(
        "is believed only with the message's id",
        arguments: [
            (200, #"{"id":"x1","event":"message"}"#, "accepted"), (200, "{}", "retry"),
            (200, "pong", "retry"), (403, #"{"code":40301,"error":"forbidden"}"#, "refused access"),
            (429, #"{"code":42901,"http":429,"error":"too many"}"#, "retry slowly"),
            (
                429, #"{"code":42908,"http":429,"error":"daily quota"}"#,
                "fall back, retry after 3600"
            ), (413, "", "refused content"), (507, "", "retry"),
        ])
    func judged(status: Int, body: String, kind: String) {
        #expect(Ntfy.judge(answer(status, body), at: now).kind == kind)
    }
}
