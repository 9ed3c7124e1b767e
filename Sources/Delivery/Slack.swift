import Alerting
import HTTP
import Reactor
import Targets
import TimeSeries

/// A Slack incoming webhook; its URL is the secret. Nothing ties a resolve to its trigger there, so
/// both carry the same mark.
/// Source: https://api.slack.com/messaging/webhooks
struct SlackReceiver: Receiver {
    let name: String
    private let settings: SlackSettings
    private let ports: DeliveryPorts

    init(_ name: String, _ settings: SlackSettings, _ ports: DeliveryPorts) {
        (self.name, self.settings, self.ports) = (name, settings, ports)
    }

    func send(_ page: Page, attempt now: Timestamp, by deadline: Deadline) async
        -> DeliveryOutcome
    {
        await ports.attempt(page, secrets: [settings.url]) { message, secrets in
            let request = OutgoingRequest(
                url: secrets[settings.url].reveal(), json: Slack.body(message))
            let answer = await Outgoing(ports, settings.outgoing).send(request, by: deadline)
            return Slack.judge(answer, at: now)
        }
    }
}

enum Slack {
    static let sectionLimit = 3000

    static func body(_ message: Message) -> JSONValue {
        let page = message.page
        let title = escaped(message.text.title)
        var section = "*\(title)*"
        if !message.text.body.isEmpty { section += "\n" + escaped(message.text.body) }
        return .members([
            "text": .string("\(symbol(page)) \(title)  \(mark(page))"),
            "blocks": .array([
                .members([
                    "type": .string("section"),
                    "text": markdown(section.cut(toBytes: sectionLimit)),
                ]),
                .members([
                    "type": .string("context"), "elements": .array([markdown(context(page))]),
                ]),
            ]),
        ])
    }

    private static func markdown(_ text: String) -> JSONValue {
        // Without "verbatim" Slack would look for names and channels in what targets say.
        .members(["type": .string("mrkdwn"), "text": .string(text), "verbatim": .bool(true)])
    }

    private static func context(_ page: Page) -> String {
        let since = page.alerts.first.map { "since \(UTCDate($0.since ?? $0.startsAt).forPeople)" }
        let runbook = page.alerts.first?.runbook.flatMap { $0.hasPrefix("https://") ? $0 : nil }
        // A ">" or "|" would end the link early.
        let link = runbook.map { "<\(percentEncodingMarks(escaped($0)))|runbook>" }
        return [escaped(page.instance), since, link, mark(page)].compactMap(\.self)
            .joined(separator: " · ")
    }

    private static func percentEncodingMarks(_ text: String) -> String {
        text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "%7C")
    }

    /// "(dw 3f9a-7 #1)": fingerprint, episode and number of the message.
    static func mark(_ page: Page) -> String {
        let alert = page.alerts.first
        return
            "(dw \(alert?.fingerprint.prefix(4) ?? "")-\(alert?.episode ?? 0) #\(page.sequence))"
    }

    private static func symbol(_ page: Page) -> String {
        switch (page.event, page.severity) {
        case (.resolve, _): ":white_check_mark:"
        case (.acknowledge, _): ":eyes:"
        case (.test, _): ":test_tube:"
        case (_, .page): ":rotating_light:"
        case (_, .ticket): ":large_orange_circle:"
        case (_, .info): ":white_circle:"
        }
    }

    /// The three characters with a meaning; what is left mentions nobody.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.append(character)
            }
        }
        return result
    }

    /// 200 with the body "ok" and nothing else.
    static func judge(_ answer: Answer, at now: Timestamp) -> DeliveryOutcome {
        let judgement = Judgement(
            service: "Slack", now: now,
            accessRemedy: "Make a new incoming webhook: this one was removed or its channel"
                + " archived.")
        let outcome = judgement.outcome(
            answer,
            accepted: { head, body in
                head.status == 200 && body == Array("ok".utf8)
                    ? .accepted(.init()) : judgement.unproven(head, "not with \"ok\"")
            })
        // The wait may stand in the body instead of the header.
        if case .retry(let failure, .slowBackOff) = outcome, case .response(_, let body) = answer,
            let seconds = (try? JSONValue(parsing: body))?["retry_after"]?.integer, seconds >= 0
        {
            return .retry(
                failure, after: .exactly(Judgement.clamped(.seconds(min(seconds, 3600)))))
        }
        return outcome
    }
}
