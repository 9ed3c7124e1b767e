import Alerting
import HTTP
import Reactor
import Snapshot
import Targets
import TimeSeries

/// Alertmanagers, through their API v2: each is told, as they do not share alerts. They group, silence
/// and notify on their own.
/// Source: https://github.com/prometheus/alertmanager, api/v2/openapi.yaml
struct AlertmanagerReceiver: Receiver {
    let name: String
    private let settings: AlertmanagerSettings
    private let ports: DeliveryPorts

    init(_ name: String, _ settings: AlertmanagerSettings, _ ports: DeliveryPorts) {
        (self.name, self.settings, self.ports) = (name, settings, ports)
    }

    func send(_ page: Page, attempt now: Timestamp, by deadline: Deadline) async
        -> DeliveryOutcome
    {
        if page.event == .acknowledge {
            return .accepted(.init(note: "an Alertmanager knows no acknowledgement"))
        }
        let sources = ReceiverSettings.alertmanager(settings).secrets
        return await ports.attempt(page, secrets: sources) { message, secrets in
            let alerts = message.page.alerts.map {
                AlertmanagerAPI.alert($0, message.page, settings.labels, at: now)
            }
            return await withTaskGroup(of: (Int, DeliveryOutcome).self) { group in
                for (index, url) in settings.urls.enumerated() {
                    group.addTask {
                        (index, await post(alerts, to: url, secrets, at: now, by: deadline))
                    }
                }
                var outcomes: [Int: DeliveryOutcome] = [:]
                for await (index, outcome) in group { outcomes[index] = outcome }
                return AlertmanagerAPI.together(
                    settings.urls.indices.compactMap { outcomes[$0] })
            }
        }
    }

    /// Posts all alerts; where one of them is wrong, each by itself, so that the others arrive.
    private func post(
        _ alerts: [JSONValue], to url: String, _ secrets: OpenedSecrets, at now: Timestamp,
        by deadline: Deadline
    ) async -> DeliveryOutcome {
        let outcome = await postTogether(alerts, to: url, secrets, at: now, by: deadline)
        guard case .refused(_, .content) = outcome, alerts.count > 1 else { return outcome }
        var refused: [String] = []
        for alert in alerts {
            switch await postTogether([alert], to: url, secrets, at: now, by: deadline) {
            case .accepted: break
            case .refused(let failure, .content):
                refused.append("\(alert["labels"]?["alertname"]?.string ?? ""): \(failure.reason)")
            case let other: return other
            }
        }
        guard refused.count < alerts.count else { return outcome }
        return .accepted(.init(note: "without " + refused.joined(separator: "; ")))
    }

    private func postTogether(
        _ alerts: [JSONValue], to url: String, _ secrets: OpenedSecrets, at now: Timestamp,
        by deadline: Deadline
    ) async -> DeliveryOutcome {
        var request = OutgoingRequest(url: url + "/api/v2/alerts", json: .array(alerts))
        request.credentials = secrets.credentials(settings.authorization)
        request.holdsSecret = request.credentials != nil
        let answer = await Outgoing(ports, settings.outgoing).send(request, by: deadline)
        return AlertmanagerAPI.judge(answer, of: url, at: now)
    }
}

enum AlertmanagerAPI {
    /// How long an alert is believed without a repeat: four times `resendInterval` of the settings,
    /// as Prometheus has it.
    static let belief = Duration.seconds(240)

    /// - Parameter added: labels of the receiver's settings.
    static func alert(
        _ alert: Page.Alert, _ page: Page, _ added: [String: String], at now: Timestamp
    ) -> JSONValue {
        let ends = alert.endsAt ?? (page.isResolved ? page.createdAt : now + belief)
        return .members([
            "labels": .labels(labels(alert, page.severity, added: added)),
            "annotations": .labels(annotations(alert)),
            "startsAt": .string(UTCDate(alert.startsAt).rfc3339),
            "endsAt": .string(UTCDate(ends).rfc3339),
            "generatorURL": page.clientURL.map { .string($0) },
        ])
    }

    /// The alert's labels with its name and severity, where it has none of its own.
    static func labels(
        _ alert: Page.Alert, _ severity: Severity, added: [String: String]
    ) -> [String: String] {
        var labels = alert.labels.withoutMetricName.dictionary.merging(added) { $1 }
        labels["alertname"] = labels["alertname"] ?? alert.rule
        labels["severity"] = labels["severity"] ?? severity.rawValue
        return labels
    }

    static func annotations(_ alert: Page.Alert) -> [String: String] {
        var annotations = ["summary": alert.summary]
        annotations["description"] = PageText.measured(alert)
        annotations["runbook_url"] = alert.runbook
        return annotations.filter { !$0.value.isEmpty }
    }

    static func judge(_ answer: Answer, of url: String, at now: Timestamp) -> DeliveryOutcome {
        let judgement = Judgement(
            service: "Alertmanager \((try? URLParts(url))?.authority ?? "")", now: now,
            accessRemedy: "Check the url, without /api/v2/alerts, and the credentials.")
        return judgement.outcome(
            answer,
            accepted: { head, _ in
                head.status == 200 ? .accepted(.init()) : judgement.unproven(head, "not with 200")
            })
    }

    /// One Alertmanager that has the alerts is enough: the members of a cluster notify once.
    static func together(_ outcomes: [DeliveryOutcome]) -> DeliveryOutcome {
        let failures = outcomes.compactMap(\.failure).map(\.description)
        guard case .accepted(var acceptance)? = outcomes.first(where: \.isAccepted) else {
            // Rather one that can get better than one that cannot.
            let hope = outcomes.first { if case .retry = $0 { true } else { false } }
            return hope ?? outcomes.first
                ?? .refused(DeliveryFailure("no Alertmanager is configured"), .configuration)
        }
        if !failures.isEmpty {
            acceptance.note =
                "\(outcomes.count - failures.count) of \(outcomes.count) took it; "
                + failures.joined(separator: "; ")
        }
        return .accepted(acceptance)
    }
}
