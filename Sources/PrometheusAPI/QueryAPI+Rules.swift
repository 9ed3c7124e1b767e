import PromQL
import Rules
import TimeSeries

extension QueryAPI {
    /// `rules`: the groups of rules as they were last evaluated.
    func rules(_ parameters: APIParameters) throws(APIFailure) -> APIReply {
        let filter = try RuleFilter(parameters)
        let limit = try parameters.limit("group_limit")
        let start = parameters["group_next_token"]
        var groups = sources.ruleGroups().compactMap(filter.kept)
        if !start.isEmpty {
            guard let index = groups.firstIndex(where: { $0.token == start }) else {
                throw .parameter("group_next_token", "there is no such group")
            }
            groups.removeFirst(index)
        }
        let shown = groups.prefix(limit ?? .max)
        let next = shown.count < groups.count ? groups[shown.count].token : nil
        return try APIReply(limit: limits.bytes) { json throws(APIFailure) in
            try json.object { json throws(APIFailure) in
                json.key("groups")
                try json.array(shown) { json, group throws(APIFailure) in
                    try json.group(group, withAlerts: !filter.excludesAlerts)
                }
                if let next { json.field("groupNextToken", next) }
            }
        }
    }

    /// `alerts`: what is pending or firing.
    func alerts() throws(APIFailure) -> APIReply {
        let alerts = sources.ruleGroups().flatMap(\.rules).flatMap(\.alerts)
        return try APIReply(limit: limits.bytes) { json throws(APIFailure) in
            try json.object { json throws(APIFailure) in
                json.key("alerts")
                try json.array(alerts) { json, alert throws(APIFailure) in try json.alert(alert) }
            }
        }
    }

    /// `alertmanagers`: none; pages go to receivers of our own.
    func alertmanagers() throws(APIFailure) -> APIReply {
        try APIReply(limit: limits.bytes) { json throws(APIFailure) in
            try json.object { json throws(APIFailure) in
                json.key("activeAlertmanagers")
                try json.strings([])
                json.key("droppedAlertmanagers")
                try json.strings([])
            }
        }
    }
}

/// Which groups and rules are asked for.
private struct RuleFilter {
    private let kind: String
    private let names: [String]
    private let groups: [String]
    private let files: [String]
    private let selectors: [[Matcher]]
    let excludesAlerts: Bool

    init(_ parameters: APIParameters) throws(APIFailure) {
        kind = parameters["type"].lowercased()
        guard ["", "alert", "record"].contains(kind) else {
            throw .parameter("type", "not supported value \(kind.quoted)")
        }
        names = parameters.all("rule_name[]")
        groups = parameters.all("rule_group[]")
        files = parameters.all("file[]")
        selectors = try parameters.selectors()
        excludesAlerts = try parameters.flag("exclude_alerts")
    }

    /// The group with the rules that pass; nil when none does and rules were asked for.
    func kept(_ group: RuleGroupState) -> RuleGroupState? {
        guard groups.isEmpty || groups.contains(group.name),
            files.isEmpty || files.contains(group.file)
        else { return nil }
        var kept = group
        kept.rules.removeAll { !passes($0) }
        let isNarrowed = !names.isEmpty || !selectors.isEmpty
        return isNarrowed && kept.rules.isEmpty ? nil : kept
    }

    private func passes(_ rule: RuleState) -> Bool {
        let labels = Labels(rule.labels)
        return (kind.isEmpty || rule.isAlerting == (kind == "alert"))
            && (names.isEmpty || names.contains(rule.name))
            && (selectors.isEmpty
                || selectors.contains { $0.allSatisfy { $0.matches(labels) } })
    }
}

extension RuleGroupState {
    /// Tells groups apart from one page of them to the next.
    fileprivate var token: String { "\(file);\(name)" }
}

extension RuleState {
    fileprivate var isAlerting: Bool { if case .alerting = kind { true } else { false } }

    fileprivate var alerts: [RuleAlert] {
        if case .alerting(_, _, _, let alerts) = kind { alerts } else { [] }
    }

    /// The worst of its alerts.
    fileprivate var state: String {
        if alerts.contains(where: { $0.phase == .firing }) { return "firing" }
        return alerts.isEmpty ? "inactive" : "pending"
    }
}

extension JSONWriter {
    fileprivate mutating func group(
        _ group: RuleGroupState, withAlerts: Bool
    ) throws(APIFailure) {
        try object { json throws(APIFailure) in
            json.field("name", group.name)
            json.field("file", group.file)
            json.key("rules")
            try json.array(group.rules) { json, rule throws(APIFailure) in
                try json.rule(rule, withAlerts: withAlerts)
            }
            json.field("interval", group.interval)
            json.field("limit", number: Double(group.limit))
            json.evaluation(group.evaluationTime, at: group.lastEvaluation)
        }
    }

    private mutating func rule(_ rule: RuleState, withAlerts: Bool) throws(APIFailure) {
        try object { json throws(APIFailure) in
            if rule.isAlerting { json.field("state", rule.state) }
            json.field("name", rule.name)
            json.field("query", rule.query)
            if case .alerting(let hold, let keep, let annotations, let alerts) = rule.kind {
                json.field("duration", hold)
                json.field("keepFiringFor", keep)
                json.key("annotations")
                json.pairs(annotations)
                json.key("alerts")
                try json.array(withAlerts ? alerts : []) { json, alert throws(APIFailure) in
                    try json.alert(alert)
                }
            }
            json.key("labels")
            json.pairs(rule.labels)
            json.outcome(rule.outcome)
            json.evaluation(rule.evaluationTime, at: rule.lastEvaluation)
            json.field("type", rule.isAlerting ? "alerting" : "recording")
        }
    }

    private mutating func outcome(_ outcome: RuleState.Outcome) {
        switch outcome {
        case .unknown: field("health", "unknown")
        case .ok: field("health", "ok")
        case .failed(let reason):
            field("health", "err")
            field("lastError", reason)
        }
    }

    private mutating func evaluation(_ length: Duration, at time: Timestamp?) {
        field("evaluationTime", length)
        field("lastEvaluation", time.map(CivilTime.text) ?? CivilTime.never)
    }

    fileprivate mutating func alert(_ alert: RuleAlert) throws(APIFailure) {
        try object { json throws(APIFailure) in
            json.key("labels")
            json.labels(alert.labels)
            json.key("annotations")
            json.pairs(alert.annotations)
            json.field("state", alert.phase.rawValue)
            json.field("activeAt", CivilTime.text(alert.activeAt))
            if let since = alert.keepFiringSince {
                json.field("keepFiringSince", CivilTime.text(since))
            }
            var value: [UInt8] = []
            value.appendExponential(alert.value)
            json.field("value", String(decoding: value, as: UTF8.self))
        }
    }
}
