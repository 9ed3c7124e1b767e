import Alerting
import Snapshot
import TimeSeries

/// A page in words: what, where, since when, value against threshold, budget left, what else
/// changed, runbook, and how to acknowledge. Title and body together have at most 1024 bytes.
public struct PageText: Sendable, Hashable {
    /// One line: "[PAGE] checkout P95: 412 ms > 100 ms".
    public let title: String
    /// Lines of "Word: …", each complete or ended in "…".
    public let body: String

    public static let limit = 1024
    static let titleLimit = 300

    /// `page` holds public text only.
    init(_ page: Page) {
        title = PageText.title(page).cut(toBytes: PageText.titleLimit)
        body = PageText.fitted(PageText.lines(page), into: PageText.limit - title.utf8.count - 1)
    }

    /// Title and body, for what has one field.
    public var whole: String { body.isEmpty ? title : "\(title)\n\(body)" }
}

/// The title.
extension PageText {
    private static func title(_ page: Page) -> String {
        let fallback = page.fallback.map { "FALLBACK (primary \($0.primary): \($0.reason)) " } ?? ""
        let count = page.group.size > 1 ? "\(page.group.size) alerts: " : ""
        return fallback + "[\(tag(page))] " + count + (page.alerts.first.map(headline) ?? page.key)
    }

    /// The severity while it is news, else what became of it.
    private static func tag(_ page: Page) -> String {
        let severity = page.severity.rawValue.uppercased()
        switch page.event {
        case .trigger: return severity
        case .update: return "\(severity) update"
        case .acknowledge: return "ACK"
        case .resolve: return page.testCode == nil ? "RESOLVED" : "TEST over"
        case .test: return "TEST"
        }
    }

    /// What is wrong, with the value beside its threshold unless the summary has it.
    static func headline(_ alert: Page.Alert) -> String {
        let what = alert.summary.isEmpty ? alert.rule : alert.summary
        guard alert.endsAt == nil, let number = alert.value else { return what }
        let value = Quantity(number, unit: alert.unit).text
        return what.contains(value) ? what : "\(what): \(measured(alert) ?? value)"
    }

    /// "412 ms > 100 ms"; nil without a value.
    static func measured(_ alert: Page.Alert) -> String? {
        guard let number = alert.value else { return nil }
        let value = Quantity(number, unit: alert.unit).text
        guard let comparison = alert.comparison, let threshold = alert.threshold else {
            return value
        }
        return "\(value) \(comparison) \(Quantity(threshold, unit: alert.unit).text)"
    }
}

/// The body.
extension PageText {
    /// One line, and how dearly it is given up: the highest first.
    private struct Line {
        var text: String
        var rank: Int
    }

    private static let lineLimit = 240

    private static func lines(_ page: Page) -> [Line] {
        var lines = page.remarks.map { Line(text: "Note: \($0)", rank: 5) }
        if let code = page.testCode, page.event == .test {
            lines.append(Line(text: "Code: \(code)", rank: 0))
        }
        if let alert = page.alerts.first { lines += self.lines(alert, page) }
        lines += others(page)
        lines += ways(page)
        return lines
    }

    private static func lines(_ alert: Page.Alert, _ page: Page) -> [Line] {
        let isOver = alert.endsAt != nil
        let noData = alert.threshold != nil && !isOver ? "NO DATA" : nil
        let began = alert.since ?? alert.startsAt
        let lasted = (alert.endsAt ?? page.createdAt).duration(since: began)
        let since = "\(UTCDate(began).forPeople) (\(isOver ? "lasted " : "")\(ageText(lasted))"
        let budget = alert.budget.map { budget in
            "\(Quantity(budget.remaining, unit: "%").text)"
                + (budget.whole.map { " of \($0)" } ?? "")
        }
        let all: [(String, String?, Int)] = [
            ("Where", place(alert.labels), 2),
            ("Since", since + (isOver ? ")" : " ago)"), 3),
            ("Value", measured(alert) ?? noData, 1),
            ("Budget left", budget, 7),
            ("Rule", alert.rule.isEmpty ? nil : alert.rule, 10),
        ]
        let changes = alert.changes.map { Line(text: "Changed: \($0)", rank: 9) }
        return all.compactMap { word, text, rank in
            text.map { Line(text: "\(word): \($0)", rank: rank) }
        } + changes
    }

    /// The instance first, then what else identifies it.
    private static func place(_ labels: Labels) -> String? {
        let known = ["alertname", "instance", "severity", Labels.metricName]
        let others = labels.without(known).all.map { "\($0.name)=\($0.value.cut(toBytes: 80))" }
        let instance = labels["instance"]
        let parts = (instance.isEmpty ? [] : [instance]) + others
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// The alerts behind the first one.
    private static func others(_ page: Page) -> [Line] {
        let shown = page.alerts.dropFirst().prefix(19).map { alert in
            let instance = alert.labels["instance"]
            let place = instance.isEmpty ? "" : " (\(instance.cut(toBytes: 40)))"
            return Line(text: "- \(headline(alert).cut(toBytes: 100))\(place)", rank: 8)
        }
        let left = page.group.size - 1 - shown.count
        return shown + (left > 0 ? [Line(text: "and \(left) more", rank: 8)] : [])
    }

    private static func ways(_ page: Page) -> [Line] {
        let runbook = page.alerts.first?.runbook.map { Line(text: "Runbook: \($0)", rank: 4) }
        let link = page.clientURL.map { Line(text: "Look: \($0)", rank: 6) }
        var acknowledge: Line?
        if page.event == .trigger || page.event == .update {
            let link = page.acknowledgeURL.map { "\($0), or " } ?? ""
            // As a shell takes it.
            let key = page.key.split(separator: "'", omittingEmptySubsequences: false)
                .joined(separator: "'\\''")
            acknowledge = Line(
                text: "Acknowledge: \(link)key a in dogwatch, or dogwatch ack '\(key)'", rank: 4)
        }
        return [runbook, link, acknowledge].compactMap(\.self)
    }

    /// The lines that fit, in their order; the one that does not is cut, and what ranks behind it
    /// goes.
    private static func fitted(_ lines: [Line], into room: Int) -> String {
        var left = room
        var kept: [Int: String] = [:]
        for (index, line) in lines.enumerated().sorted(by: {
            ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset)
        }) {
            let text = line.text.cut(toBytes: min(left, lineLimit))
            guard text.utf8.count >= min(line.text.utf8.count, 24) else { break }
            kept[index] = text
            left -= text.utf8.count + 1
            if left <= 0 { break }
        }
        return kept.sorted { $0.key < $1.key }.map(\.value).joined(separator: "\n")
    }
}
