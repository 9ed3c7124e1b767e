import Alerting
import Lint
import Rules
import Targets
import TimeSeries

/// What a configuration says, as `dogwatch check` prints it: what is watched, judged and told to
/// whom. Holds references to secrets, never secrets.
public struct CheckReport: Sendable, Hashable, Codable {
    /// One table of the report.
    public struct Section: Sendable, Hashable, Codable {
        public var title: String
        public var rows: [[String]]
    }

    /// The watch in one line.
    public var headline: String
    public var sections: [Section]
    /// Faults that do not stop the watch, as they are printed.
    public var warnings: [String]
    /// What keeps a receiver from working: a secret that is not there. The watch runs without it.
    public var faults: [String] = []

    /// `now` is when people are looked up.
    public init(_ configuration: Configuration, at now: Timestamp) {
        let audience = AudienceText(plan: configuration.paging.plan, now: now)
        let watch = configuration.watch
        headline =
            "\(configuration.path): \"\(watch.name)\", \(watch.length.written), "
            + "every \(watch.interval.written), theme \(watch.theme)"
        sections = [
            Section(title: "Targets", rows: configuration.targets.map(Self.row)),
            Section(title: "KPIs", rows: configuration.kpis.map(Self.row)),
            Section(
                title: "SLOs", rows: configuration.slos.flatMap { Self.rows($0, audience) }),
            Section(
                title: "Alerts",
                rows: configuration.alerts.map { Self.row($0, audience) }),
            Section(
                title: "Rule groups", rows: configuration.rules.groups.map { Self.row($0, watch) }),
            Section(
                title: "Rules",
                rows: configuration.rules.groups.flatMap { group in
                    group.rules.map {
                        Self.row($0, of: group, paging: configuration.paging, audience)
                    }
                }),
            Section(
                title: "On call",
                rows: configuration.paging.schedules.map { Self.row($0, at: now) }),
            Section(title: "Receivers", rows: configuration.paging.receivers.map(Self.row)),
            Section(
                title: "Query API beside the socket",
                rows: configuration.api.listen.map { [["http://\($0)"]] } ?? []),
        ].filter { !$0.rows.isEmpty }
        warnings = configuration.warnings.map(\.description)
    }
}

extension CheckReport: CustomStringConvertible {
    /// Faults and warnings, then the headline and the tables in columns. Ends without a line end.
    public var description: String {
        let tables = sections.map { section in
            "\n\(section.title) (\(section.rows.count))\n" + Self.columns(section.rows)
        }
        return (faults + warnings + [headline] + tables).joined(separator: "\n")
    }

    /// Rows whose cells begin below one another; the last cell of a row is never padded, and a very
    /// wide cell does not push the others out.
    private static func columns(_ rows: [[String]]) -> String {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            min(32, rows.compactMap { $0.dropLast().dropFirst(column).first?.count }.max() ?? 0)
        }
        return rows.map { row in
            row.enumerated().reduce("  ") { line, cell in
                let isLast = cell.offset == row.count - 1
                let pad = isLast ? 0 : max(0, widths[cell.offset] - cell.element.count) + 2
                return line + cell.element + String(repeating: " ", count: pad)
            }
        }.joined(separator: "\n")
    }
}

/// The rows.
extension CheckReport {
    private static func row(_ target: TargetSpec) -> [String] {
        let timing = "every \(target.interval.written), \(target.timeout.written) at most"
        let causes = target.dependsOn.map { id in
            target.dependsOnPart[id].map { "\(id):\($0)" } ?? "\(id)"
        }
        let suffix = causes.isEmpty ? "" : "; depends on \(causes.joined(separator: ", "))"
        return [target.id.description, timing, target.settings.summary + suffix]
    }

    private static func row(_ kpi: KPISpec) -> [String] {
        let goal = kpi.target.map { "\($0.comparison.rawValue) \(text($0.limit, unit: kpi.unit))" }
        return [kpi.name, goal ?? "shown, not judged", kpi.value]
    }

    private static func rows(_ slo: SLOSpec, _ audience: AudienceText) -> [[String]] {
        let good =
            switch slo.indicator {
            case .good(let good, let total): "\(good) of \(total)"
            case .bad(let bad, let total): "all but \(bad) of \(total)"
            case .slices(let value, let target, let slice):
                "\(value) \(target.comparison.rawValue) \(plain(target.limit)) in each \(slice.written)"
            }
        let window = slo.calendar.map { "this \($0.unit.rawValue)" } ?? slo.window.written
        let promise = [slo.name, "\(text(slo.objective, unit: "%")) in \(window)", good]
        let tiers = slo.tiers.map { tier in
            let windows = "\(tier.long.written) and \(tier.short.written)"
            let labels = Labels(slo.labels).with("slo", slo.name)
                .with("severity", tier.severity.rawValue)
            return [
                "  \(tier.name)", "burns over \(plain(tier.factor))× in \(windows)",
                "\(tier.severity.rawValue) \(audience.words(for: labels, tier.severity))",
            ]
        }
        return [promise] + tiers
    }

    private static func row(_ schedule: PagingSettings.Schedule, at now: Timestamp) -> [String] {
        let shifts = schedule.schedule.shifts(
            from: now, to: now + .seconds(7 * 86_400), limit: 1000)
        let person = shifts.first?.user ?? "nobody"
        let hole = shifts.first { $0.user == nil }.map {
            "a hole from \(schedule.zone.local(at: $0.start)) to \(schedule.zone.local(at: $0.end))"
        }
        return [schedule.name, person, hole ?? "no hole within a week"]
    }

    private static func row(_ alert: AlertSpec, _ audience: AudienceText) -> [String] {
        var when = "\(alert.breach.comparison.rawValue) \(plain(alert.breach.limit))"
        if alert.hold > .zero { when += " for \(alert.hold.written)" }
        if let clear = alert.clear { when += ", clear at \(plain(clear))" }
        return [
            alert.severity.rawValue, alert.name, when,
            audience.words(
                for: matched(alert.name, alert.severity, alert.labels), alert.severity),
            alert.value,
        ]
    }

    private static func row(_ group: RuleGroup, _ watch: WatchSettings) -> [String] {
        let interval = group.interval ?? watch.interval
        let alerts = group.rules.count { $0.alerting != nil }
        return [
            group.name, "every \(interval.written)",
            "\(alerts) alert\(alerts == 1 ? "" : "s"), \(group.rules.count - alerts) recorded",
            group.file,
        ]
    }

    private static func row(
        _ rule: Rule, of group: RuleGroup, paging: PagingSettings, _ audience: AudienceText
    ) -> [String] {
        guard let alerting = rule.alerting else {
            return ["record", rule.name, "", group.name, rule.expression.source.onOneLine]
        }
        // A word that a template makes is known only when it fires.
        let severity = rule.severityWord ?? (rule.labels["severity"] == nil ? "" : nil)
        let known = severity.flatMap(paging.severity)
        return [
            known?.rawValue ?? "by template", rule.name,
            alerting.hold > .zero ? "for \(alerting.hold.written)" : "at once",
            known.map { audience.words(for: matched(rule.name, $0, rule.labels), $0) } ?? "",
            rule.expression.source.onOneLine,
        ]
    }

    /// What matchers see of a rule before it has fired.
    private static func matched(
        _ name: String, _ severity: Severity, _ labels: [String: String]
    ) -> Labels {
        var all = Labels()
        for (label, value) in labels where !value.contains("{{") { all[label] = value }
        return all.with("alertname", name).with("severity", severity.rawValue)
    }

    private static func row(_ receiver: PagingSettings.Receiver) -> [String] {
        let fallback = receiver.fallback.map { "; then \($0)" } ?? ""
        return [receiver.name, receiver.kind.rawValue, receiver.settings.summary + fallback]
    }

    /// A number in base units as its unit shows it: 0.1 s is "100ms", 0.999 is "99.9%".
    private static func text(_ number: Double, unit: String) -> String {
        switch unit {
        case "s" where (0..<1e9).contains(number):
            return Duration.microseconds(Int64((number * 1e6).rounded())).written
        case "%": return plain((number * 1e9).rounded() / 1e7) + "%"
        case "": return plain(number)
        default: return "\(plain(number)) \(unit)"
        }
    }
}

extension String {
    /// With one space for each run of white space.
    fileprivate var onOneLine: String {
        split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

extension TargetSettings {
    /// What is asked of whom, in one line.
    fileprivate var summary: String {
        switch self {
        case .http(let settings): settings.summary
        case .tcp(let settings):
            "\(WatchSettings.Address(host: settings.host, port: settings.port))"
                + (settings.tls == nil ? "" : " with TLS")
        case .postgres(let settings): settings.url + password(settings.password)
        case .redis(let settings): settings.url + password(settings.password)
        case .containers(let settings): settings.url + names(settings.only, settings.except)
        case .host(let settings): "this machine" + names(settings.mounts, [])
        case .scrape(let settings): settings.url
        case .command(let settings): settings.run.joined(separator: " ")
        }
    }

    private func password(_ source: SecretSource?) -> String {
        source.map { ", password from \($0.place)" } ?? ""
    }

    private func names(_ only: [String], _ except: [String]) -> String {
        (only.isEmpty ? "" : ", only \(only.joined(separator: ", "))")
            + (except.isEmpty ? "" : ", except \(except.joined(separator: ", "))")
    }
}

extension ReceiverSettings {
    /// Where a page goes, and where its secrets are.
    fileprivate var summary: String {
        let place =
            switch self {
            case .pagerduty(let settings): settings.url
            case .opsgenie(let settings): settings.url
            case .slack: "an incoming webhook"
            case .ntfy(let settings): "\(settings.url)/\(settings.topic.shown)"
            case .email(let settings):
                "\(settings.to.joined(separator: ", ")) by \(settings.host):\(settings.port)"
            case .webhook(let settings): settings.url.shown
            case .alertmanager(let settings): settings.urls.joined(separator: ", ")
            case .command(let settings): settings.run.joined(separator: " ")
            }
        let sources = secrets.map(\.place).sorted()
        return place + (sources.isEmpty ? "" : ", secrets from \(sources.joined(separator: ", "))")
    }
}

extension Guarded {
    fileprivate var shown: String { if case .plain(let text) = self { text } else { "…" } }
}

extension HTTPSettings {
    fileprivate var summary: String {
        var wanted = expect.status.isEmpty ? ["status 2xx"] : ["status \(list(expect.status))"]
        wanted += expect.headers.sorted { $0.key < $1.key }.map { "\($0.key): …\($0.value)…" }
        wanted += expect.json.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
        if let body = expect.body { wanted.append("body …\(body)…") }
        wanted += expect.matches.map { "/\($0)/" } + expect.matchesNot.map { "not /\($0)/" }
        if let within = expect.within { wanted.append("within \(within.written)") }
        if let least = expect.certificateValidFor {
            wanted.append("certificate valid for \(least.written)")
        }
        return "\(method) \(url): \(wanted.joined(separator: ", "))"
    }

    private func list(_ codes: [Int]) -> String {
        codes.map(String.init).joined(separator: " or ")
    }
}

extension SecretSource {
    /// Where a secret comes from, in words.
    public var place: String {
        switch self {
        case .environment(let name): "$\(name)"
        case .file(let path): path
        case .command(let words): words.joined(separator: " ")
        }
    }
}
