import Alerting
import FoundationEssentials
import Synchronization
import Targets

/// Acknowledgements from outside, on a port of their own behind a proxy that the world reaches:
///
///     GET /ack/TOKEN      what the link in a page is about, and a button: mail scanners follow links
///     POST /ack/TOKEN     acknowledges it
///     POST /pagerduty     a webhook (v3) of PagerDuty, signed: whoever acknowledged there has it here
final class AcknowledgementDesk: Sendable {
    /// What it needs of the watch.
    struct Ports: Sendable {
        var page: @Sendable (_ token: String) async -> LinkedPage? = { _ in nil }
        /// Whether one of the signatures in the header is that of the body; false where no secret is
        /// configured.
        var isSigned: @Sendable (_ header: String, _ body: [UInt8]) async -> Bool = { _, _ in false
        }
        /// Whether an episode of exactly this key is open, and nobody has it.
        var isUnanswered: @Sendable (_ key: String) async -> Bool = { _ in false }
    }

    /// Its own: who knocks from outside holds up nobody inside.
    private let errands = Errands()
    private let perform: ActDesk.Perform
    private let ports: Ports
    /// Webhooks that were taken lately, by their ids: who repeats one has it done once.
    private let taken = Mutex<[String]>([])

    init(ports: Ports, perform: @escaping ActDesk.Perform) {
        self.ports = ports
        self.perform = perform
    }

    /// Does what is asked for, until the task is cancelled.
    func run() async { await errands.run() }

    func answer(_ request: Request) -> HTTPDaemon.Answer {
        let parts = request.path.split(separator: "/")
        if parts.count == 2, parts[0] == "ack" { return answer(request, token: String(parts[1])) }
        guard request.path == "/pagerduty" else { return .now(Reply(404, "Nothing here.\n")) }
        guard request.method == "POST" else { return .now(Reply(405, "Only POST.\n")) }
        return errands.answer { [self] in await webhook(request) }
    }
}

/// Links.
extension AcknowledgementDesk {
    private func answer(_ request: Request, token: String) -> HTTPDaemon.Answer {
        guard request.method == "GET" || request.method == "POST" else {
            return .now(Reply(405, "Only GET and POST.\n"))
        }
        return errands.answer { [self] in
            guard let page = await ports.page(token) else { return AcknowledgementPage.over }
            guard request.method == "POST" else { return AcknowledgementPage.question(page) }
            switch await perform(
                .acknowledge(key: page.key, lasting: nil), "\(page.holder) (link)")
            {
            case .success: return AcknowledgementPage.done(page)
            case .failure(let refusal): return AcknowledgementPage.refused(refusal)
            }
        }
    }
}

/// PagerDuty's webhooks. Source: "Webhooks v3", developer.pagerduty.com.
extension AcknowledgementDesk {
    private struct Webhook: Decodable {
        struct Event: Decodable {
            struct Agent: Decodable { var summary: String? }
            struct Incident: Decodable {
                var incidentKey: String?
                enum CodingKeys: String, CodingKey { case incidentKey = "incident_key" }
            }

            var id: String
            var type: String
            var agent: Agent?
            var data: Incident?
            enum CodingKeys: String, CodingKey {
                case id, agent, data
                case type = "event_type"
            }
        }

        var event: Event
    }

    private static let remembered = 1000

    private func webhook(_ request: Request) async -> Reply {
        guard await ports.isSigned(request.signature, request.body) else {
            return Reply(401, "The signature does not hold.\n")
        }
        guard let event = try? JSONDecoder().decode(Webhook.self, from: Data(request.body)).event
        else { return Reply(400, "This is no webhook of version 3.\n") }
        // What is not ours is taken: PagerDuty would send it again for two days.
        guard event.type == "incident.acknowledged", let key = event.data?.incidentKey,
            isNew(event.id), await ports.isUnanswered(key)
        else { return Reply(202, "Nothing to do.\n") }
        let person = cleaned(event.agent?.summary ?? "somebody", limit: 60)
        switch await perform(.acknowledge(key: key, lasting: nil), "\(person) (PagerDuty)") {
        case .success(let said): return Reply(202, said + "\n")
        case .failure(let refusal): return Reply(202, "\(refusal)\n")
        }
    }

    private func isNew(_ id: String) -> Bool {
        taken.withLock { taken in
            guard !taken.contains(id) else { return false }
            taken = Array((taken + [id]).suffix(Self.remembered))
            return true
        }
    }
}
