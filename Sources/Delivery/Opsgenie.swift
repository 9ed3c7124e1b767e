import Alerting
import HTTP
import Reactor
import Targets
import TimeSeries

/// Opsgenie, Alert API v2: requests are processed later, so each is asked about once.
/// Source: https://docs.opsgenie.com/docs/alert-api
struct OpsgenieReceiver: Receiver {
    let name: String
    private let settings: OpsgenieSettings
    private let ports: DeliveryPorts
    private let patience: Duration

    /// - Parameter patience: from the acceptance of a request to the question what became of it.
    init(
        _ name: String, _ settings: OpsgenieSettings, _ ports: DeliveryPorts,
        patience: Duration = .seconds(5)
    ) {
        (self.name, self.settings, self.ports, self.patience) = (name, settings, ports, patience)
    }

    func send(_ page: Page, attempt now: Timestamp, by deadline: Deadline) async
        -> DeliveryOutcome
    {
        await ports.attempt(page, secrets: [settings.key]) { message, secrets in
            let key = secrets[settings.key]
            let outgoing = Outgoing(ports, settings.outgoing)
            let request = Opsgenie.request(message, settings, key: key)
            let answer = await outgoing.send(request, by: deadline)
            let outcome = Opsgenie.judge(answer, at: now)
            guard case .accepted(let acceptance) = outcome, let id = acceptance.providerID else {
                return outcome
            }
            // Half of the time that is left, where the deadline is near.
            try? await sleep(until: min(.after(patience), .after((deadline - .now) / 2)))
            let question = Opsgenie.question(id, settings, key: key)
            return Opsgenie.judge(
                processing: await outgoing.send(question, by: deadline), of: id, at: now)
        }
    }
}

enum Opsgenie {
    static let aliasLimit = 512

    static func request(
        _ message: Message, _ settings: OpsgenieSettings, key: Secret
    ) -> OutgoingRequest {
        let alias = percentEncoded(shortKey(message.page.key, limit: aliasLimit))
        let path: String
        let body: JSONValue
        switch message.page.event {
        case .trigger, .update, .test:
            (path, body) = ("/v2/alerts", alert(message, settings))
        case .acknowledge:
            path = "/v2/alerts/\(alias)/acknowledge?identifierType=alias"
            body = note(message)
        case .resolve:
            path = "/v2/alerts/\(alias)/close?identifierType=alias"
            body = note(message)
        }
        var request = OutgoingRequest(url: settings.url + path, json: body)
        request.headers.append(authorization(key))
        return request
    }

    static func question(
        _ requestID: String, _ settings: OpsgenieSettings, key: Secret
    ) -> OutgoingRequest {
        var request = OutgoingRequest(
            getting: settings.url + "/v2/alerts/requests/" + percentEncoded(requestID))
        request.headers.append(authorization(key))
        return request
    }

    private static func authorization(_ key: Secret) -> HTTPHeader {
        HTTPHeader("Authorization", "GenieKey \(key.reveal())")
    }

    /// The limits of each field are Opsgenie's, in characters.
    private static func alert(_ message: Message, _ settings: OpsgenieSettings) -> JSONValue {
        let page = message.page
        let alert = page.alerts.first
        let instance = alert?.labels["instance"] ?? ""
        let responders = settings.responders.map { responder in
            JSONValue.members([
                "type": .string(responder.kind.rawValue),
                // Users are known by their address.
                responder.kind == .user ? "username" : "name": .string(responder.name),
            ])
        }
        let tags = settings.tags.prefix(20).map { JSONValue.string($0.cut(toBytes: 50)) }
        return .members([
            "message": .string(message.text.title.cut(toBytes: 130)),
            "alias": .string(shortKey(page.key, limit: aliasLimit)),
            "description": .string(message.text.whole),
            "responders": responders.isEmpty ? nil : .array(responders),
            "tags": tags.isEmpty ? nil : .array(tags), "details": details(page),
            "entity": .string((instance.isEmpty ? page.instance : instance).cut(toBytes: 512)),
            "source": .string("dogwatch"), "priority": .string(priority(page.severity)),
        ])
    }

    /// Labels, as far as 8000 characters hold them.
    private static func details(_ page: Page) -> JSONValue {
        var left = 8000
        var details: [String: String] = [:]
        for label in page.alerts.first?.labels.all ?? [] {
            left -= label.name.count + label.value.count
            if left < 0 { break }
            details[label.name] = label.value
        }
        return .labels(details)
    }

    private static func note(_ message: Message) -> JSONValue {
        .members(["source": .string("dogwatch"), "note": .string(message.text.whole)])
    }

    private static func priority(_ severity: Severity) -> String {
        switch severity {
        case .page: "P1"
        case .ticket: "P3"
        case .info: "P5"
        }
    }

    private static func judgement(_ now: Timestamp) -> Judgement {
        Judgement(
            service: "Opsgenie", now: now,
            accessRemedy: "Check the API key, its rights, and whether the account is in the EU.")
    }

    static func judge(_ answer: Answer, at now: Timestamp) -> DeliveryOutcome {
        let judgement = judgement(now)
        return judgement.outcome(answer, words: { member("message", of: $0) }) { head, body in
            guard head.status == 202, let id = member("requestId", of: body), !id.isEmpty else {
                return judgement.unproven(head, "without the id of a request")
            }
            return .accepted(.init(providerID: id))
        }
    }

    /// Only a clear no undoes an acceptance for good: the key may lack the right to ask.
    static func judge(
        processing answer: Answer, of requestID: String, at now: Timestamp
    ) -> DeliveryOutcome {
        let judgement = judgement(now)
        let outcome = judgement.outcome(answer, words: { member("message", of: $0) }) {
            head, body in
            guard let data = (try? JSONValue(parsing: body))?["data"],
                let success = data["success"]?.bool
            else { return judgement.unproven(head, "not with what became of the request") }
            if success { return .accepted(.init(providerID: requestID)) }
            let status = data["status"]?.string ?? "no reason given"
            return .refused(
                DeliveryFailure(
                    "Opsgenie took the request, then failed it: \(cleaned(status))", status: 202,
                    remedy: "Look at the integration's log in Opsgenie."), .content)
        }
        guard case .refused(let failure, .access) = outcome else { return outcome }
        return .accepted(
            .init(
                providerID: requestID,
                note: "its processing is not confirmed: \(failure.reason)"))
    }
}
