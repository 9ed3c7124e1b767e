import HTTP
import Reactor
import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Delivery

/// Receivers against servers that answer well, badly and not at all.
@Suite("Sending", .timeLimit(.minutes(2)))
struct SendingTests {
    @Test("a webhook carries body, agent and signatures; secrets are read once")
    func webhook() async throws {
        let server = try ScriptedServer([wire(204)])
        defer { server.stop() }
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        let senders = Senders(["OLD": [secret], "NEW": [secret], "KEY": ["k3y-k3y-k3y"]])
        let settings = localWebhook(server.url + "/hook?x=1") { settings in
            settings.secrets = [.environment("OLD"), .environment("NEW")]
            settings.headers = ["X-Team": "web"]
            settings.secretHeaders = ["X-Key": .environment("KEY")]
        }
        for _ in 0..<2 { #expect(await senders.send(settings).isAccepted) }
        let request = try #require(server.requests.first)
        #expect(request.hasPrefix("POST /hook?x=1 HTTP/1.1\r\n"))
        for line in [
            "User-Agent: dogwatch/0.0.0", "Content-Type: application/json", "X-Team: web",
            "X-Key: k3y-k3y-k3y", "webhook-id: dogwatch/prod/3f9a77aa00112233/7#1",
            "webhook-timestamp: 1767323765",
        ] {
            #expect(request.contains("\r\n\(line)\r\n"), "\(line)")
        }
        let body = Array(request.split(separator: "\r\n\r\n", maxSplits: 1)[1].utf8)
        #expect(body == WebhookBody.encoded(message(), sentAt: now))
        let key = try #require(bytes(ofBase64: secret.dropFirst("whsec_".count)))
        let signed = Array("dogwatch/prod/3f9a77aa00112233/7#1.1767323765.".utf8) + body
        let signature = "v1," + base64(MessageCode.sha256(key: key, signed))
        #expect(request.contains("\r\nwebhook-signature: \(signature) \(signature)\r\n"))
        #expect(senders.reads.count("OLD") == 1)
    }

    @Test(
        "every status comes to what it means, and no redirect is followed",
        arguments: [
            (wire(200, "x"), "accepted", 1),
            (wire(302, "", ["Location: /y"]), "refused configuration", 1),
            (wire(400, "no"), "refused content", 2), (wire(401), "refused access", 1),
            (wire(404), "refused access", 1), (wire(408), "retry", 1),
            (wire(429, "", ["Retry-After: 9"]), "retry after 9", 1),
            (wire(429, "", ["Retry-After: soon"]), "retry slowly", 1), (wire(500), "retry", 1),
            (wire(503, "", ["Retry-After: 9"]), "retry", 1), ("SSH-2.0-x\r\n", "retry", 1),
            ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", "retry", 1), ("", "retry", 1),
            ("HTTP/1.1 200 OK\r\n\(String(repeating: "X: y\r\n", count: 4000))\r\n", "retry", 1),
            (wire(200, String(repeating: "x", count: 200_000)), "accepted", 1),
        ])
    func statuses(answer: String, kind: String, count: Int) async throws {
        let server = try ScriptedServer([answer])
        defer { server.stop() }
        #expect(await Senders().send(localWebhook(server.url)).kind == kind)
        #expect(server.requests.count == count)
    }

    @Test("a message that is found wrong goes once more without details")
    func minimal() async throws {
        let server = try ScriptedServer([wire(422, "too long"), wire(200)])
        defer { server.stop() }
        let outcome = await Senders().send(localWebhook(server.url))
        let note = "without details: the webhook answered 422: too long"
        #expect(outcome == .accepted(.init(note: note)))
        #expect(server.requests.count == 2)
        #expect(server.requests[1].contains("\"summary\":\"checkout P95\""))
        #expect(!server.requests[1].contains("deployed"))
        #expect(server.requests[1].contains("webhook-id: dogwatch/prod/3f9a77aa00112233/7#1"))
    }

    @Test("a secret that is refused is read anew, and tried once more")
    func rotation() async throws {
        let server = try ScriptedServer([wire(401), wire(200), wire(401), wire(401)])
        defer { server.stop() }
        let senders = Senders(["T": ["first-token", "second-token"]])
        let settings = localWebhook(server.url) { $0.authorization = .bearer(.environment("T")) }
        #expect(await senders.send(settings).isAccepted)
        #expect(server.requests[0].contains("Authorization: Bearer first-token"))
        #expect(server.requests[1].contains("Authorization: Bearer second-token"))
        #expect(await senders.send(settings).kind == "refused access")
        #expect(server.requests.count == 4)
        #expect(senders.reads.count("T") == 3)
    }

    @Test("a secret that is not there breaks the receiver, with words that say so")
    func missing() async {
        let settings = localWebhook("http://127.0.0.1:1") { $0.secrets = [.environment("X")] }
        let outcome = await Senders().send(settings)
        #expect(outcome == .refused(DeliveryFailure("no such secret", remedy: "Set it."), .access))
    }

    @Test("what a server says back shows no secret, in no form")
    func echo() async throws {
        let secret = "hunter2/hunter2"
        let server = try ScriptedServer([
            wire(
                403, "bad \(secret) \(percentEncoded(secret)) \(base64(Array("u:\(secret)".utf8)))")
        ])
        defer { server.stop() }
        let settings = localWebhook(server.url) {
            $0.authorization = .basic(user: "u", password: .environment("P"))
        }
        let outcome = await Senders(["P": [secret]]).send(settings)
        let words = outcome.failure?.description ?? ""
        #expect(words.contains("bad *** ***"))
        #expect(
            !words.contains("hunter2") && !words.contains(base64(Array("hunter2".utf8)).prefix(8)))
    }

    @Test(
        "a server that stalls costs no more than the receiver's own time",
        arguments: ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"])
    func stall(start: String) async throws {
        let server = try FaultServer { connection in
            connection.readRequest()
            connection.write(start)
            connection.holdUntilClosed()
        }
        defer { server.stop() }
        let settings = localWebhook("http://127.0.0.1:\(server.port)") {
            $0.outgoing.timeout = .milliseconds(300)
        }
        let began = ContinuousClock.now
        #expect(await Senders().send(settings).kind == "retry")
        #expect(ContinuousClock.now - began < .seconds(5))
    }

    @Test("a reset and a closed port can be tried again")
    func unreachable() async throws {
        let server = try FaultServer { connection in
            connection.readRequest()
            connection.reset()
        }
        defer { server.stop() }
        #expect(
            await Senders().send(localWebhook("http://127.0.0.1:\(server.port)")).kind == "retry")
        let closed = try freePort()
        let outcome = await Senders().send(localWebhook("http://127.0.0.1:\(closed)"))
        #expect(outcome.kind == "retry")
        #expect(outcome.failure?.reason == "the webhook: connect: Connection refused")
    }

    @Test("nothing goes to an inward network that was not opened, by name or number")
    func inward() async throws {
        let server = try ScriptedServer([wire(200)])
        defer { server.stop() }
        for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0"] {
            let url = "http://\(host):\(server.server.port)"
            let outcome = await Senders().send(localWebhook(url) { $0.allowedNetworks = [] })
            #expect(outcome.kind == "refused configuration", "\(host)")
            #expect(outcome.failure?.description.contains("allow_networks") == true)
        }
        #expect(server.requests.isEmpty)
    }

    @Test("a name that leads inward and outward is followed only where it may")
    func rebinding() async throws {
        let server = try ScriptedServer([wire(200)])
        defer { server.stop() }
        let names = try NameServer(many: [
            "both.example.com": [[10, 9, 8, 7], [127, 0, 0, 1]], "in.example.com": [[10, 9, 8, 7]],
        ])
        defer { names.stop() }
        let senders = Senders(resolver: Resolver(servers: ["127.0.0.1:\(names.port)"]))
        let port = server.server.port
        #expect(await senders.send(localWebhook("http://both.example.com:\(port)")).isAccepted)
        let inward = await senders.send(localWebhook("http://in.example.com:\(port)"))
        #expect(inward.kind == "refused configuration")
        #expect(server.requests.count == 1)
    }

    @Test("a secret goes over http:// to this machine only, and through no proxy")
    func plainSecrets() async throws {
        let names = try NameServer(many: ["far.example.com": [[192, 0, 2, 1]]])
        defer { names.stop() }
        let senders = Senders(
            ["U": ["http://far.example.com/services/T/B/xyz"]],
            resolver: Resolver(servers: ["127.0.0.1:\(names.port)"]))
        var settings = SlackSettings(url: .environment("U"))
        settings.outgoing.allowsHTTP = true
        let far = await senders.send(.slack(settings))
        #expect(far.kind == "refused configuration")
        #expect(far.failure?.reason.contains("xyz") == false)
        settings.outgoing.proxy = "http://127.0.0.1:3128"
        #expect(await senders.send(.slack(settings)).kind == "refused configuration")
    }

    @Test("nothing goes over http:// where that is not permitted, and no header is split")
    func refused() async throws {
        let server = try ScriptedServer([wire(200)])
        defer { server.stop() }
        let plain = localWebhook(server.url) { $0.outgoing.allowsHTTP = false }
        #expect(await Senders().send(plain).kind == "refused configuration")
        let split = localWebhook(server.url) { $0.headers = ["X": "a\r\nY: b"] }
        #expect(await Senders().send(split).kind == "refused configuration")
        #expect(server.requests.isEmpty)
    }

    @Test("Opsgenie is asked once what became of the request")
    func opsgenie() async throws {
        let taken = wire(202, #"{"requestId":"r-1"}"#)
        for (second, kind) in [
            (wire(200, #"{"data":{"success":true}}"#), "accepted"),
            (wire(503), "retry"),
        ] {
            let server = try ScriptedServer([taken, second])
            defer { server.stop() }
            var settings = OpsgenieSettings(key: .environment("K"), url: server.url)
            settings.outgoing.allowsHTTP = true
            let senders = Senders(["K": ["genie-key-1"]])
            let receiver = OpsgenieReceiver(
                "o", settings, senders.ports, patience: .milliseconds(1))
            let outcome = await receiver.send(
                samplePage(), attempt: now, by: .after(.seconds(20)))
            #expect(outcome.kind == kind)
            #expect(server.requests[0].contains("Authorization: GenieKey genie-key-1\r\n"))
            #expect(server.requests[1].hasPrefix("GET /v2/alerts/requests/r-1 HTTP/1.1"))
        }
    }

    @Test("PagerDuty, Slack and ntfy reach their own paths with their own secrets")
    func services() async throws {
        let key = "0123456789abcdef0123456789abcdef"
        let server = try ScriptedServer([
            wire(202, #"{"status":"success","dedup_key":"dogwatch/prod/3f9a77aa00112233/7"}"#),
            wire(200, "ok"), wire(200, #"{"id":"m1"}"#),
        ])
        defer { server.stop() }
        let senders = Senders([
            "PD": [key], "SLACK": [server.url + "/services/T/B/xyz"], "NTFY": ["tk_abcdefgh"],
        ])
        var pagerDuty = PagerDutySettings(key: .environment("PD"), url: server.url)
        pagerDuty.outgoing.allowsHTTP = true
        #expect(await senders.send(.pagerduty(pagerDuty)).isAccepted)
        var slack = SlackSettings(url: .environment("SLACK"))
        slack.outgoing.allowsHTTP = true
        #expect(await senders.send(.slack(slack)).isAccepted)
        var ntfy = NtfySettings(url: server.url, topic: .plain("oncall"))
        ntfy.token = .environment("NTFY")
        ntfy.outgoing.allowsHTTP = true
        #expect(await senders.send(.ntfy(ntfy)) == .accepted(.init(providerID: "m1")))
        #expect(server.requests[0].hasPrefix("POST /v2/enqueue "))
        #expect(server.requests[0].contains(key))
        #expect(server.requests[1].hasPrefix("POST /services/T/B/xyz "))
        #expect(server.requests[2].hasPrefix("POST / "))
        #expect(server.requests[2].contains("Authorization: Bearer tk_abcdefgh\r\n"))
    }

    @Test("a routing key of the wrong length is never sent")
    func wrongKey() async throws {
        let server = try ScriptedServer([wire(202)])
        defer { server.stop() }
        var settings = PagerDutySettings(key: .environment("PD"), url: server.url)
        settings.outgoing.allowsHTTP = true
        let outcome = await Senders(["PD": ["too-short"]]).send(.pagerduty(settings))
        #expect(outcome.kind == "refused access")
        #expect(server.requests.isEmpty)
    }

    @Test("one wrong alert does not keep the others from an Alertmanager")
    func oneByOne() async throws {
        let server = try FaultServer { connection in
            let request = readWhole(connection)
            connection.write(request.contains("bad_rule") ? wire(400, "bad label") : wire(200))
        }
        defer { server.stop() }
        var settings = AlertmanagerSettings(urls: ["http://127.0.0.1:\(server.port)"])
        settings.outgoing.allowsHTTP = true
        let page = samplePage { page in
            var bad = page.alerts[0]
            bad.labels["alertname"] = "bad_rule"
            page.alerts.append(bad)
        }
        let outcome = await Senders().send(.alertmanager(settings), page)
        #expect(
            outcome
                == .accepted(
                    .init(
                        note:
                            "without bad_rule: Alertmanager 127.0.0.1:\(server.port) answered 400: bad label"
                    )))
        #expect(server.accepted == 3)
    }
}
