import Alerting
import Lint
import Rules
import TOML
import Targets
import TimeSeries

/// What a lint knows of a rule before it has ever fired.
private struct KnownRule {
    var name: String
    var severity: Severity
    /// Those that do not depend on what it finds.
    var labels: Labels
    var hold: Duration
    var interval: Duration
    var hasRunbook: Bool
    var path: String
    var line: Int
    var column: Int

    var matched: Labels {
        var labels = labels
        labels["alertname"] = name
        labels["severity"] = severity.rawValue
        return labels
    }
}

/// What will not do what it seems to, of rules and whom they tell.
struct PagingLint {
    private let configuration: Configuration
    private let plan: PagingPlan
    private let ledger: Ledger
    private let rules: [KnownRule]

    /// More faults of a kind than this are one line.
    private static let named = 4

    init(_ configuration: Configuration, _ ledger: Ledger) {
        self.configuration = configuration
        self.ledger = ledger
        plan = configuration.paging.plan
        rules = Self.rules(of: configuration, ledger)
    }

    /// Without a receiver nobody is to be paged, and nothing is amiss.
    func report() {
        guard !configuration.paging.receivers.isEmpty else { return }
        checkChannels()
        checkTopics()
        say("tells nobody: no route takes it", help: "Name somebody in [route].") { rule in
            rule.severity != .info && plan.targets(of: rule.matched, rule.severity).isEmpty
        }
        say(
            "wakes people without a runbook",
            help: "Write runbook = \"Runbooks/….md\" or the annotation runbook_url."
        ) { $0.severity == .page && !$0.hasRunbook }
        say(
            "pages on one sample: it lasts for less than two evaluations",
            help: "Write for = \"…\", at least two intervals."
        ) { $0.severity == .page && $0.hold < $0.interval * 2 }
        checkInhibitions()
    }

    /// One line for each rule that is meant, or one for all of many.
    private func say(_ message: String, help: String, where isMeant: (KnownRule) -> Bool) {
        let meant = rules.filter(isMeant)
        guard let first = meant.first else { return }
        guard meant.count > Self.named else {
            for rule in meant { warn(rule, "\(quote(rule.name)) \(message).", help) }
            return
        }
        let names = meant.prefix(3).map { quote($0.name) }.joined(separator: ", ")
        warn(first, "\(names) and \(meant.count - 3) more: each \(message).", help)
    }

    private func warn(_ rule: KnownRule, _ message: String, _ help: String) {
        ledger.report([
            Fault(
                .warning, path: rule.path, line: rule.line, column: rule.column, subject: "alert",
                message: message, help: help)
        ])
    }
}

/// Channels.
extension PagingLint {
    /// A page needs a second way: of another kind, or a fallback.
    private func checkChannels() {
        let paging = configuration.paging
        guard let position = ledger.routePosition, !paging.routeOptions.acceptsSingleChannel,
            rules.contains(where: { $0.severity == .page })
        else { return }
        let reached = Set(paging.pageReceivers)
        let receivers = paging.receivers.filter { reached.contains($0.name) }
        guard !receivers.isEmpty else { return }
        let fallbacks = Set(receivers.compactMap(\.fallback))
        let kinds = Set(
            paging.receivers.filter { reached.contains($0.name) || fallbacks.contains($0.name) }
                .map(\.kind))
        let names = receivers.map { quote($0.name) }.joined(separator: ", ")
        if kinds.count < 2, receivers.contains(where: { $0.fallback == nil }) {
            ledger.report(
                at: position, "route",
                "pages go through \(names) alone: when that fails, nobody is woken.",
                help: "Add a receiver of another kind or fallback = \"…\", or write"
                    + " i_accept_single_channel = true.")
        } else if kinds.isSubset(of: [.slack, .email]) {
            ledger.report(
                at: position, "route", "Slack and e-mail wake nobody.",
                help: "Page through PagerDuty, Opsgenie, ntfy, a webhook or a command, or write"
                    + " i_accept_single_channel = true.")
        }
    }

    /// Whoever guesses the topic of a public server reads along.
    private func checkTopics() {
        for receiver in configuration.paging.receivers {
            guard case .ntfy(let settings) = receiver.settings, settings.token == nil,
                case .plain(let topic) = settings.topic, topic.count < 20,
                settings.url.hasPrefix("https://ntfy.sh"), let position = ledger.routePosition
            else { continue }
            ledger.report(
                at: position, "receiver.\(receiver.name)",
                "whoever guesses the topic \(quote(topic)) reads your pages.",
                help: "Give it a token, or a random topic of at least 20 characters.", as: .warning)
        }
    }
}

/// Inhibitions.
extension PagingLint {
    /// A source that fires later than what it shall hide does not hide it in time.
    private func checkInhibitions() {
        for inhibition in configuration.paging.inhibitions {
            let sources = rules.filter { inhibition.source.allMatch($0.matched) }
            let targets = rules.filter { inhibition.target.allMatch($0.matched) }
            guard let slow = sources.max(by: { $0.hold < $1.hold }),
                let quick = targets.filter({ $0.name != slow.name }).min(by: { $0.hold < $1.hold }),
                slow.hold > quick.hold
            else { continue }
            warn(
                slow,
                "\(quote(slow.name)) shall hide \(quote(quick.name)) but fires later than it:"
                    + " \(slow.hold.written) against \(quick.hold.written).",
                "Give the source the shorter `for`.")
        }
    }
}

/// The rules.
extension PagingLint {
    private static func rules(of configuration: Configuration, _ ledger: Ledger) -> [KnownRule] {
        let own = configuration.alerts.map { alert in
            let place = ledger.alertPlaces[alert.name]
            return KnownRule(
                name: alert.name, severity: alert.severity, labels: Labels(alert.labels),
                hold: alert.hold, interval: configuration.watch.interval,
                hasRunbook: alert.runbook != nil, path: place?.path ?? ledger.path,
                line: place?.position.line ?? 1, column: place?.position.column ?? 1)
        }
        let files = configuration.rules.groups.flatMap { group in
            group.rules.compactMap { rule in
                known(rule, of: group, configuration)
            }
        }
        return own + files
    }

    private static func known(
        _ rule: Rule, of group: RuleGroup, _ configuration: Configuration
    ) -> KnownRule? {
        guard let alerting = rule.alerting,
            let word = rule.severityWord ?? (rule.labels["severity"] == nil ? "" : nil),
            let severity = configuration.paging.severity(of: word)
        else { return nil }
        var labels = Labels()
        for (name, value) in rule.labels where !value.contains("{{") { labels[name] = value }
        return KnownRule(
            name: rule.name, severity: severity, labels: labels, hold: alerting.hold,
            interval: group.interval ?? configuration.watch.interval,
            hasRunbook: alerting.annotations["runbook_url"] != nil
                || alerting.annotations["runbook"] != nil,
            path: group.file, line: rule.position.line, column: rule.position.column)
    }
}
