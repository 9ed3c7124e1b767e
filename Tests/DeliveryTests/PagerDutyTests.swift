import Alerting
import HTTP
import Targets
import Testing

@testable import Delivery

@Suite("PagerDuty")
struct PagerDutyTests {
    let key = "0123456789abcdef0123456789abcdef"

    @Test("is told of a trigger as Events v2 has it")
    func trigger() {
        #expect(
            PagerDuty.event(message(), routingKey: key).description == #"""
                {"client":"dogwatch","client_url":"https://watch.example.com/","dedup_key":"dogwatch/prod/3f9a77aa00112233/7","event_action":"trigger","links":[{"href":"https://wiki.example.com/p95","text":"Runbook"}],"payload":{"class":"p95_latency","component":"http","custom_details":{"alerts":1,"episode":7,"labels":{"alertname":"p95_latency","instance":"api","job":"http"},"runbook":"https://wiki.example.com/p95","seq":1,"text":"Where: api, job=http\nSince: 2026-01-02 03:04 UTC (11 min ago)\nValue: 412 ms > 100 ms\nBudget left: 72 % of 43 min in 30 d\nRule: p95_latency\nChanged: deployed api 1.4.2 at 02:58\nRunbook: https://wiki.example.com/p95\nLook: https://watch.example.com/\nAcknowledge: key a in dogwatch, or dogwatch ack 'dogwatch/prod/3f9a77aa00112233/7'","threshold":"100 ms","value":"412 ms"},"group":"checkout","severity":"critical","source":"api","summary":"[PAGE] checkout P95: 412 ms > 100 ms","timestamp":"2026-01-02T03:04:05.678Z"},"routing_key":"0123456789abcdef0123456789abcdef"}
                """#)
    }

    @Test(
        "is told of what follows by key alone",
        arguments: [(Page.Event.acknowledge, "acknowledge"), (.resolve, "resolve")])
    func followUps(event: Page.Event, action: String) {
        #expect(
            PagerDuty.event(message(event), routingKey: key).description
                == "{\"dedup_key\":\"dogwatch/prod/3f9a77aa00112233/7\",\"event_action\":\"\(action)\","
                + "\"routing_key\":\"\(key)\"}")
    }

    @Test("gets no key longer than it takes, and tells long ones apart")
    func longKeys() {
        let keys = ["a", "b"].map { last in
            message { $0.key = String(repeating: "é", count: 180) + last }
        }.map { PagerDuty.event($0, routingKey: key)["dedup_key"]?.string ?? "" }
        #expect(keys.allSatisfy { $0.utf8.count <= 255 && $0.utf8.count > 200 })
        #expect(keys[0] != keys[1])
    }

    @Test(
        "is believed only with success and our key",
        arguments: [
            (202, #"{"status":"success","message":"Event processed","dedup_key":"K"}"#, "accepted"),
            (202, #"{"status":"success","dedup_key":"other"}"#, "retry"), (202, "ok", "retry"),
            (202, #"{"status":"invalid event","dedup_key":"K"}"#, "retry"),
            (200, #"{"status":"success","dedup_key":"K"}"#, "retry"),
            (400, #"{"status":"invalid event","message":"m","errors":["e"]}"#, "refused content"),
            (403, "", "refused access"), (429, "", "retry slowly"), (502, "", "retry"),
        ])
    func judged(status: Int, body: String, kind: String) {
        let answer = answer(status, body.replacing("K", with: "dogwatch/prod/3f9a77aa00112233/7"))
        let outcome = PagerDuty.judge(answer, of: message(), at: now)
        #expect(outcome.kind == kind)
        if status == 400 { #expect(outcome.failure?.reason == "PagerDuty answered 400: m; e") }
    }
}

@Suite("Opsgenie")
struct OpsgenieTests {
    let settings: OpsgenieSettings = {
        var settings = OpsgenieSettings(key: .environment("K"))
        settings.responders = [.init(.team, "platform"), .init(.user, "bea@example.com")]
        settings.tags = ["prod", String(repeating: "t", count: 80)]
        return settings
    }()

    @Test("is told of a trigger as an alert with our key for its alias")
    func create() throws {
        let request = Opsgenie.request(message(), settings, key: Secret("k3y"))
        #expect(request.url == "https://api.opsgenie.com/v2/alerts")
        #expect(request.headers.contains(HTTPHeader("Authorization", "GenieKey k3y")))
        let json = try JSONValue(parsing: #require(request.body))
        #expect(json["message"]?.string == "[PAGE] checkout P95: 412 ms > 100 ms")
        #expect(json["alias"]?.string == "dogwatch/prod/3f9a77aa00112233/7")
        #expect(json["description"]?.string == message().text.whole)
        #expect(json["priority"]?.string == "P1")
        #expect(json["entity"]?.string == "api")
        #expect(
            json["responders"]?.description
                == #"[{"name":"platform","type":"team"},{"type":"user","username":"bea@example.com"}]"#
        )
        #expect(json["tags"]?.array?.compactMap(\.string?.utf8.count) == [4, 50])
    }

    @Test(
        "finds what follows by the alias, percent-encoded in the path",
        arguments: [(Page.Event.acknowledge, "acknowledge"), (.resolve, "close")])
    func followUps(event: Page.Event, verb: String) throws {
        let request = Opsgenie.request(message(event), settings, key: Secret("k"))
        #expect(
            request.url == "https://api.opsgenie.com/v2/alerts/"
                + "dogwatch%2Fprod%2F3f9a77aa00112233%2F7/\(verb)?identifierType=alias")
        #expect(try JSONValue(parsing: #require(request.body))["source"]?.string == "dogwatch")
    }

    @Test("keeps the limits of its fields")
    func limits() throws {
        let long = message { page in
            page.alerts[0].summary = String(repeating: "日", count: 600)
            for index in 0..<60 {
                page.alerts[0].labels["l\(index)"] = String(repeating: "v", count: 900)
            }
        }
        let request = Opsgenie.request(long, settings, key: Secret("k"))
        let json = try JSONValue(parsing: #require(request.body))
        #expect((json["message"]?.string?.count ?? .max) <= 130)
        let details = try #require(json["details"]?.object)
        #expect(details.reduce(0) { $0 + $1.key.count + ($1.value.string?.count ?? 0) } <= 8000)
    }

    @Test(
        "is believed at first only with the id of a request",
        arguments: [
            (202, #"{"result":"Request will be processed","requestId":"r1"}"#, "accepted"),
            (202, "{}", "retry"), (200, #"{"requestId":"r1"}"#, "retry"),
            (401, #"{"message":"Key not found"}"#, "refused access"), (422, "", "refused content"),
            (429, "", "retry slowly"), (500, "", "retry"),
        ])
    func judged(status: Int, body: String, kind: String) {
        #expect(Opsgenie.judge(answer(status, body), at: now).kind == kind)
    }

    @Test(
        "is asked what became of it",
        arguments: [
            (200, #"{"data":{"success":true,"status":"Created alert"}}"#, "accepted"),
            (200, #"{"data":{"success":false,"status":"no team"}}"#, "refused content"),
            (200, "<html>", "retry"), (503, "", "retry"), (404, "", "accepted"),
            (403, "", "accepted"),
        ])
    func processed(status: Int, body: String, kind: String) {
        let outcome = Opsgenie.judge(processing: answer(status, body), of: "r1", at: now)
        #expect(outcome.kind == kind)
        if case .accepted(let acceptance) = outcome {
            #expect(acceptance.providerID == "r1")
            #expect((acceptance.note != nil) == (status != 200))
        }
    }
}
