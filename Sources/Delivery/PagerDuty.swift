import Alerting
import HTTP
import Reactor
import Snapshot
import Targets
import TimeSeries

/// PagerDuty, Events API v2.
/// Source: https://developer.pagerduty.com/docs/events-api-v2/overview/
struct PagerDutyReceiver: Receiver {
    let name: String
    private let settings: PagerDutySettings
    private let ports: DeliveryPorts

    init(_ name: String, _ settings: PagerDutySettings, _ ports: DeliveryPorts) {
        (self.name, self.settings, self.ports) = (name, settings, ports)
    }

    func send(_ page: Page, attempt now: Timestamp, by deadline: Deadline) async
        -> DeliveryOutcome
    {
        await ports.attempt(page, secrets: [settings.key]) { message, secrets in
            let key = secrets[settings.key]
            guard key.reveal().utf8.count == 32 else { return PagerDuty.wrongKey }
            let request = OutgoingRequest(
                url: settings.url + "/v2/enqueue",
                json: PagerDuty.event(message, routingKey: key.reveal()))
            let answer = await Outgoing(ports, settings.outgoing).send(request, by: deadline)
            return PagerDuty.judge(answer, of: message, at: now)
        }
    }
}

enum PagerDuty {
    static let keyLimit = 255
    static let summaryLimit = 1024

    static let wrongKey = DeliveryOutcome.refused(
        DeliveryFailure(
            "the routing key of PagerDuty does not have 32 characters",
            remedy: "Take the integration key of an Events API v2 integration."), .access)

    /// An event; `test` and `update` are triggers of their key.
    static func event(_ message: Message, routingKey: String) -> JSONValue {
        let page = message.page
        let action =
            switch page.event {
            case .trigger, .update, .test: "trigger"
            case .acknowledge: "acknowledge"
            case .resolve: "resolve"
            }
        let isTrigger = action == "trigger"
        return .members([
            "routing_key": .string(routingKey), "event_action": .string(action),
            "dedup_key": .string(shortKey(page.key, limit: keyLimit)),
            "payload": isTrigger ? payload(message) : nil,
            "client": isTrigger ? .string("dogwatch") : nil,
            "client_url": isTrigger ? page.clientURL.map { .string($0) } : nil,
            "links": isTrigger ? links(page) : nil,
        ])
    }

    private static func payload(_ message: Message) -> JSONValue {
        let page = message.page
        let alert = page.alerts.first
        let labels = alert?.labels ?? Labels()
        let group = page.group.labels.sorted { $0.key < $1.key }.map(\.value)
        func label(_ name: String) -> JSONValue? {
            labels[name].isEmpty ? nil : .string(labels[name])
        }
        return .members([
            "summary": .string(message.text.title.cut(toBytes: summaryLimit)),
            "source": label("instance") ?? .string(page.instance),
            "severity": .string(severity(page.severity)),
            "timestamp": .string(UTCDate(alert?.startsAt ?? page.createdAt).rfc3339),
            "component": label("job"),
            "group": group.isEmpty ? nil : .string(group.joined(separator: ", ")),
            "class": alert.flatMap { $0.rule.isEmpty ? nil : .string($0.rule) },
            "custom_details": details(message),
        ])
    }

    private static func severity(_ severity: Severity) -> String {
        switch severity {
        case .page: "critical"
        case .ticket: "warning"
        case .info: "info"
        }
    }

    private static func details(_ message: Message) -> JSONValue {
        let page = message.page
        let alert = page.alerts.first
        func quantity(_ number: Double?) -> JSONValue? {
            number.map { .string(Quantity($0, unit: alert?.unit ?? "").text) }
        }
        return .members([
            "value": quantity(alert?.value), "threshold": quantity(alert?.threshold),
            "runbook": alert?.runbook.map { .string($0) },
            "labels": alert.map { .labels($0.labels.dictionary) },
            "episode": alert.map { .integer(Int64($0.episode)) },
            "seq": .integer(Int64(page.sequence)), "alerts": .integer(Int64(page.group.size)),
            "text": .string(message.text.body),
        ])
    }

    private static func links(_ page: Page) -> JSONValue? {
        guard let runbook = page.alerts.first?.runbook, runbook.hasPrefix("https://") else {
            return nil
        }
        return .array([.members(["href": .string(runbook), "text": .string("Runbook")])])
    }

    /// 202 must say success and name our key: a proxy's friendly page does neither.
    static func judge(_ answer: Answer, of message: Message, at now: Timestamp) -> DeliveryOutcome {
        let judgement = Judgement(
            service: "PagerDuty", now: now,
            accessRemedy: "Check the routing key, and that its service still exists.")
        return judgement.outcome(answer, words: words) { head, body in
            guard head.status == 202, let json = try? JSONValue(parsing: body),
                json["status"]?.string == "success",
                json["dedup_key"]?.string == shortKey(message.page.key, limit: keyLimit)
            else { return judgement.unproven(head, "not with success and our key") }
            return .accepted(.init(providerID: json["dedup_key"]?.string))
        }
    }

    private static func words(_ body: [UInt8]) -> String? {
        guard let json = try? JSONValue(parsing: body) else { return nil }
        let errors = json["errors"]?.array?.compactMap(\.string) ?? []
        return ([json["message"]?.string].compactMap(\.self) + errors).joined(separator: "; ")
    }
}
