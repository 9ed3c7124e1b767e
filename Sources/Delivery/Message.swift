import Alerting
import Targets
import TimeSeries

/// A page made fit to be sent: every text in it is public and bounded, and it is put in words.
/// Encoders take nothing else, so that none of them can forget it.
public struct Message: Sendable, Hashable {
    /// The facts; what stands in them can be sent as it is.
    public let page: Page
    /// For a person.
    public let text: PageText

    /// The most alerts of a message; the others are counted.
    public static let mostAlerts = 100
    /// The most labels of an alert, and bytes of one value.
    static let mostLabels = 64
    static let longestValue = 1024

    public init(_ page: Page, redaction: Redaction = Redaction([])) {
        self.init(public: Message.made(public: page, redaction))
    }

    private init(public page: Page) {
        self.page = page
        text = PageText(page)
    }

    /// The same incident with a summary of 200 bytes and no details, for a receiver that found the
    /// whole message wrong.
    public var minimal: Message {
        var page = page
        page.alerts = page.alerts.prefix(1).map { alert in
            Page.Alert(
                fingerprint: alert.fingerprint, episode: alert.episode,
                rule: alert.rule.cut(toBytes: 100), labels: alert.labels.keeping(["alertname"]),
                summary: alert.summary.cut(toBytes: 200), startsAt: alert.startsAt,
                endsAt: alert.endsAt)
        }
        page.group.labels = [:]
        page.group.truncated = page.group.size - page.alerts.count
        page.remarks = []
        page.clientURL = nil
        page.acknowledgeURL = nil
        return Message(public: page)
    }

    /// The first alerts only; the others are counted.
    func keeping(_ count: Int) -> Message {
        var page = page
        let dropped = max(0, page.alerts.count - count)
        page.alerts.removeLast(dropped)
        page.group.truncated += dropped
        return Message(public: page)
    }

    private static func made(public page: Page, _ redaction: Redaction) -> Page {
        let text = PublicText(redaction, labels: page.alerts.map(\.labels))
        var result = page
        let dropped = max(0, page.alerts.count - mostAlerts)
        result.alerts = page.alerts.prefix(mostAlerts).map { made(public: $0, text) }
        result.group.truncated += dropped
        result.group.labels = shown(Labels(page.group.labels), text).dictionary
        result.instance = text(page.instance, limit: 200)
        result.clientURL = page.clientURL.map { text($0, limit: 512) }
        // What identifies stays as it is, but for characters that no text may hold. The token of the
        // link is meant for the reader.
        result.id = cleaned(page.id, limit: 200)
        result.key = cleaned(page.key, limit: 400)
        result.acknowledgeURL = page.acknowledgeURL.map { cleaned($0, limit: 512) }
        result.testCode = page.testCode.map { cleaned($0, limit: 20) }
        result.remarks = page.remarks.prefix(5).map { text($0, limit: 200) }
        result.fallback = page.fallback.map {
            Page.Fallback(
                primary: text($0.primary, limit: 60), reason: text($0.reason, limit: 80))
        }
        return result
    }

    private static func made(public alert: Page.Alert, _ text: PublicText) -> Page.Alert {
        var result = alert
        result.fingerprint = cleaned(alert.fingerprint, limit: 64)
        result.rule = text(alert.rule, limit: 200)
        result.labels = shown(alert.labels, text)
        result.summary = text(alert.summary, limit: 512)
        result.unit = text(alert.unit, limit: 20)
        result.comparison = alert.comparison.map { text($0, limit: 2) }
        result.runbook = alert.runbook.map { text($0, limit: 512) }
        result.budget?.whole = alert.budget?.whole.map { text($0, limit: 60) }
        result.changes = alert.changes.prefix(10).map { text($0, limit: 200) }
        return result
    }

    private static func shown(_ labels: Labels, _ text: PublicText) -> Labels {
        Labels(
            labels.all.prefix(mostLabels).map {
                Label(text($0.name, limit: 200), text($0.value, limit: longestValue))
            })
    }
}

extension Labels {
    var dictionary: [String: String] {
        Dictionary(all.map { ($0.name, $0.value) }) { first, _ in first }
    }
}
