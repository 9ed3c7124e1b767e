import Alerting
import Configuration
import Glibc
import Synchronization
import TestSupport
import Testing
import Watch

@testable import Service

@Suite("Acts over the socket, and acknowledgements from outside", .timeLimit(.minutes(1)))
struct ActsTests {
    /// What was done, as "author: act".
    private final class Done: Sendable {
        let acts = Mutex<[String]>([])
        var all: [String] { acts.withLock(\.self) }
    }

    private let done = Done()

    private func watch(port: Int = 0, secret: String = "") throws -> ServedWatch {
        var configuration = Configuration(path: "config.toml")
        if port > 0 {
            configuration.paging.acknowledge = AcknowledgeSettings(
                listen: .init(host: "127.0.0.1", port: port), url: "https://ack.test")
        }
        return try ServedWatch(configuration: configuration) { [done] ports in
            ports.perform = { act, author in
                guard case .acknowledge(let key, _) = act else {
                    return .failure(ActRefusal("not that"))
                }
                done.acts.withLock { $0.append("\(author): \(key)") }
                return .success("acknowledged")
            }
            ports.linkedPage = { token in
                token != "good"
                    ? nil
                    : LinkedPage(
                        key: "dogwatch/shop/1/1", holder: "bea", summary: "api <b>is</b> down",
                        isAcknowledged: false)
            }
            ports.isPagerDuty = { header, body in
                header == "v1=right" && !body.isEmpty
            }
            ports.isUnanswered = { $0 == "dogwatch/shop/1/1" }
        }
    }

    /// Runs the server while a thread asks.
    private func serving(
        _ watch: ServedWatch, _ body: @escaping @Sendable () throws -> Void
    ) async throws {
        let task = Task { await watch.server.run() }
        defer { task.cancel() }
        try await blocking(body)
    }

    @Test("an act is done in the name of the user at the other end")
    func acts() async throws {
        let watch = try watch()
        try await serving(watch) { [done] in
            let act = #"{"acknowledge":{"key":"k"}}"#
            #expect(try watch.client().ask("/watch/v1/act", form: act)?.status == 200)
            #expect(done.all == ["\(userName(geteuid())): k"])
            #expect(try watch.client().ask("/watch/v1/act", form: "{}")?.status == 400)
            #expect(try watch.client().ask("/watch/v1/act")?.status == 405)
            let refused = try watch.client().ask(
                "/watch/v1/act", form: #"{"unacknowledge":{"key":"k"}}"#)
            #expect(refused?.status == 409 && refused?.text.contains("not that") == true)
        }
    }

    @Test("a link shows what it is about, and only a POST acknowledges")
    func links() async throws {
        let port = try freePort()
        let watch = try watch(port: port)
        try await serving(watch) { [done] in
            func ask(_ path: String, form: String? = nil) -> RawClient.Answer? {
                RawClient(port: port)?.ask(path, form: form)
            }
            let page = ask("/ack/good")
            #expect(page?.status == 200 && page?.text.contains("<button>I have it") == true)
            #expect(page?.text.contains("api &lt;b&gt;is&lt;/b&gt; down") == true)
            #expect(page?.head.contains("Content-Security-Policy: default-src 'none'") == true)
            #expect(done.all.isEmpty)
            #expect(ask("/ack/good", form: "")?.status == 200)
            #expect(done.all == ["bea (link): dogwatch/shop/1/1"])
            #expect(ask("/ack/bad", form: "")?.status == 404)
            #expect(ask("/ack/bad")?.text.contains("has ended") == true)
            for path in ["/", "/ack", "/ack/good/more", "/watch/v1/snapshot", "/api/v1/query"] {
                #expect(ask(path)?.status == 404, "\(path)")
            }
            #expect(done.all.count == 1)
        }
    }

    @Test("whoever acknowledges at PagerDuty has it here, once, and only where the signature holds")
    func pagerDuty() async throws {
        let port = try freePort()
        let watch = try watch(port: port)
        try await serving(watch) { [done] in
            func post(_ body: String, _ signature: String) -> Int? {
                RawClient(port: port)?.ask(
                    "/pagerduty", form: body,
                    headers: ["Host: localhost", "X-PagerDuty-Signature: \(signature)"])?.status
            }
            func event(_ id: String, _ type: String, _ key: String) -> String {
                #"{"event":{"id":"\#(id)","event_type":"incident.\#(type)","agent":{"summary":"#
                    + #""Bea"},"data":{"type":"incident","incident_key":"\#(key)"}}}"#
            }
            #expect(post(event("1", "acknowledged", "dogwatch/shop/1/1"), "v1=wrong") == 401)
            #expect(post(event("1", "acknowledged", "dogwatch/shop/1/1"), "v1=right") == 202)
            #expect(post(event("1", "acknowledged", "dogwatch/shop/1/1"), "v1=right") == 202)
            #expect(post(event("2", "triggered", "dogwatch/shop/1/1"), "v1=right") == 202)
            for key in ["somebody else's", "dogwatch/shop/1/", "dogwatch/shop/2/1", ""] {
                #expect(post(event("3 \(key)", "acknowledged", key), "v1=right") == 202)
            }
            #expect(post("[]", "v1=right") == 400)
            #expect(done.all == ["Bea (PagerDuty): dogwatch/shop/1/1"])
        }
    }
}
