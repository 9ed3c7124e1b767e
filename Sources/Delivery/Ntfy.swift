import Alerting
import HTTP
import Reactor
import Targets
import TimeSeries

/// ntfy, as JSON to the server's root.
/// Source: https://docs.ntfy.sh/publish/
struct NtfyReceiver: Receiver {
    let name: String
    private let settings: NtfySettings
    private let ports: DeliveryPorts

    init(_ name: String, _ settings: NtfySettings, _ ports: DeliveryPorts) {
        (self.name, self.settings, self.ports) = (name, settings, ports)
    }

    func send(_ page: Page, attempt now: Timestamp, by deadline: Deadline) async
        -> DeliveryOutcome
    {
        let sources = ReceiverSettings.ntfy(settings).secrets
        return await ports.attempt(page, secrets: sources) { message, secrets in
            var request = OutgoingRequest(
                url: settings.url + "/", json: Ntfy.body(message, topic: secrets[settings.topic]))
            request.credentials = settings.token.map { .bearer(secrets[$0].reveal()) }
            request.holdsSecret = !sources.isEmpty
            let answer = await Outgoing(ports, settings.outgoing).send(request, by: deadline)
            return Ntfy.judge(answer, at: now)
        }
    }
}

enum Ntfy {
    static func body(_ message: Message, topic: String) -> JSONValue {
        let page = message.page
        let title = message.text.title
        return .members([
            "topic": .string(topic), "title": .string(title),
            // An empty message would be shown as "triggered".
            "message": .string(message.text.body.isEmpty ? title : message.text.body),
            "priority": .integer(priority(page)), "tags": .array([.string(tag(page))]),
            "click": page.clientURL.map { .string($0) }, "actions": actions(page),
        ])
    }

    private static func priority(_ page: Page) -> Int64 {
        switch (page.event, page.severity) {
        case (.acknowledge, _), (.resolve, _), (_, .ticket): 3
        case (_, .page): 5
        case (_, .info): 2
        }
    }

    private static func tag(_ page: Page) -> String {
        switch (page.event, page.severity) {
        case (.resolve, _): "white_check_mark"
        case (.acknowledge, _): "eyes"
        case (.test, _): "test_tube"
        case (_, .page): "rotating_light"
        case (_, .ticket): "warning"
        case (_, .info): "information_source"
        }
    }

    private static func actions(_ page: Page) -> JSONValue? {
        guard page.event == .trigger || page.event == .update, let url = page.acknowledgeURL else {
            return nil
        }
        return .array([
            .members([
                "action": .string("http"), "label": .string("Acknowledge"), "url": .string(url),
                "method": .string("POST"), "clear": .bool(true),
            ])
        ])
    }

    /// The daily quota: waiting for minutes cannot help.
    private static let quotaCode: Int64 = 42_908
    private static let quotaWait = Duration.seconds(3600)

    static func judge(_ answer: Answer, at now: Timestamp) -> DeliveryOutcome {
        let judgement = Judgement(
            service: "ntfy", now: now,
            accessRemedy: "Check the token, and its right to publish to the topic.")
        let outcome = judgement.outcome(answer, words: { member("error", of: $0) }) { head, body in
            guard let id = member("id", of: body), !id.isEmpty else {
                return judgement.unproven(head, "without the message's id")
            }
            return .accepted(.init(providerID: id))
        }
        guard case .retry(var failure, _) = outcome, case .response(_, let body) = answer,
            (try? JSONValue(parsing: body))?["code"]?.integer == quotaCode
        else { return outcome }
        failure.remedy = "The day's messages are used up: use an account or a server of your own."
        return .fallBack(failure, retryAfter: quotaWait)
    }
}
