import Alerting
import HTTP
import TimeSeries

/// dogwatch's own JSON, version 1: for webhooks, and for commands on their standard input.
enum WebhookBody {
    static let limit = 256 << 10

    /// At most 256 KiB: alerts that do not fit are counted in `group.truncated`.
    static func encoded(_ message: Message, sentAt now: Timestamp) -> [UInt8] {
        fitting(message) { Array(json($0, sentAt: now).description.utf8) }
    }

    /// Encodes fewer and fewer alerts until the body is within the limit.
    static func fitting(_ message: Message, encode: (Message) -> [UInt8]) -> [UInt8] {
        var message = message
        while true {
            let body = encode(message)
            let count = message.page.alerts.count
            if body.count <= limit || count <= 1 { return body }
            message = message.keeping(count / 2)
        }
    }

    static func json(_ message: Message, sentAt now: Timestamp) -> JSONValue {
        let page = message.page
        return .members([
            "version": .integer(1), "id": .string(page.id), "key": .string(page.key),
            "seq": .integer(Int64(page.sequence)), "event": .string(page.event.rawValue),
            "severity": .string(page.severity.rawValue),
            "status": .string(page.isResolved ? "resolved" : "firing"),
            "sent_at": .string(UTCDate(now).rfc3339), "instance": .string(page.instance),
            "title": .string(message.text.title), "text": .string(message.text.body),
            "client_url": page.clientURL.map { .string($0) },
            "fallback_for": page.fallback.map { .string($0.primary) },
            "group": .members([
                "labels": .labels(page.group.labels), "size": .integer(Int64(page.group.size)),
                "truncated": .integer(Int64(page.group.truncated)),
            ]),
            "alerts": .array(page.alerts.map(json)),
        ])
    }

    private static func json(_ alert: Page.Alert) -> JSONValue {
        .members([
            "fingerprint": .string(alert.fingerprint), "episode": .integer(Int64(alert.episode)),
            "rule": .string(alert.rule), "labels": .labels(alert.labels.dictionary),
            "summary": .string(alert.summary), "value": .finite(alert.value) ?? .null,
            "unit": .string(alert.unit), "op": alert.comparison.map { .string($0) } ?? .null,
            "threshold": .finite(alert.threshold) ?? .null,
            "starts_at": .string(UTCDate(alert.startsAt).rfc3339),
            "ends_at": alert.endsAt.map { .string(UTCDate($0).rfc3339) } ?? .null,
            "runbook": alert.runbook.map { .string($0) } ?? .null,
            "budget_remaining": .finite(alert.budget?.remaining),
            "changes": alert.changes.isEmpty ? nil : .array(alert.changes.map { .string($0) }),
        ])
    }
}

/// What Alertmanager posts to a webhook, version 4, so that receivers made for it work.
enum AlertmanagerBody {
    static func encoded(_ message: Message, receiver: String) -> [UInt8] {
        WebhookBody.fitting(message) { Array(json($0, receiver: receiver).description.utf8) }
    }

    static func json(_ message: Message, receiver: String) -> JSONValue {
        let page = message.page
        let labels = page.alerts.map { identity($0, page.severity) }
        let annotations = page.alerts.map(AlertmanagerAPI.annotations)
        let alerts = page.alerts.map { alert in
            JSONValue.members([
                "status": .string(alert.endsAt == nil ? "firing" : "resolved"),
                "labels": .labels(identity(alert, page.severity)),
                "annotations": .labels(AlertmanagerAPI.annotations(alert)),
                "startsAt": .string(UTCDate(alert.startsAt).rfc3339),
                // The zero time of Go stands for none.
                "endsAt": .string(
                    alert.endsAt.map { UTCDate($0).rfc3339 } ?? "0001-01-01T00:00:00Z"),
                "generatorURL": .string(page.clientURL ?? ""),
                "fingerprint": .string(alert.fingerprint),
            ])
        }
        return .members([
            "receiver": .string(receiver),
            "status": .string(page.isResolved ? "resolved" : "firing"),
            "alerts": .array(alerts), "groupLabels": .labels(page.group.labels),
            "commonLabels": .labels(common(labels)),
            "commonAnnotations": .labels(common(annotations)),
            "externalURL": .string(page.clientURL ?? ""), "version": .string("4"),
            "groupKey": .string(page.key), "truncatedAlerts": .integer(Int64(page.group.truncated)),
        ])
    }

    private static func identity(
        _ alert: Page.Alert, _ severity: Severity
    ) -> [String: String] {
        AlertmanagerAPI.labels(alert, severity, added: [:])
    }

    /// What all of them agree in.
    static func common(_ all: [[String: String]]) -> [String: String] {
        guard let first = all.first else { return [:] }
        return first.filter { name, value in all.allSatisfy { $0[name] == value } }
    }
}
