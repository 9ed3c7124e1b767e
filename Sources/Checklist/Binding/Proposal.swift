/// A first version of a plan's bindings, proposed from the words of its items. A person reads it
/// before it is used: words are no proof that a check is about the item.
public struct Proposal: Sendable {
    public var bindings: Bindings
    /// Anchors of the items about which no word says anything; a person signs those.
    public var unrecognised: [String] = []
    /// The anchors of the plan's tables of targets, which a person binds to KPIs of the configuration.
    public var rows: [String] = []

    public init(for plan: Plan, file: String) {
        bindings = Bindings(plan: file)
        bindings.risks = Self.risks(of: plan)
        rows = plan.kpis.map(\.anchor)
        for item in plan.items {
            let isStep = plan.sections[item.section].planned?.hasHour == true
            var binding = ItemBinding(anchor: item.anchor, text: item.text)
            binding.life = isStep ? .run : .live
            if let hint = Self.hint(for: item) {
                binding.checks = hint.checks
                binding.itemClass = hint.itemClass
                binding.severity = hint.severity
                binding.expires = hint.days.map { .days($0) }
                binding.from =
                    hint.checks.contains("item.derived") ? Self.sources(of: item, plan) : []
            } else {
                binding.itemClass = .attest
                binding.severity = .medium
                binding.expires = .days(90)
                unrecognised.append(item.anchor)
            }
            if binding.checks.contains("item.derived"), binding.from.isEmpty {
                binding.checks.removeAll { $0 == "item.derived" }
            }
            bindings.items.append(binding)
        }
    }

    /// What shows whether a risk's mitigations hold, by the words of its name.
    private static func risks(of plan: Plan) -> [RiskBinding] {
        plan.risks.compactMap { row in
            best(in: row.name, of: Hint.risks).map {
                RiskBinding(row: row.anchor, checks: $0.checks)
            }
        }
    }

    /// The hint that the most letters speak for: those of the lead before those of the whole text.
    static func hint(for item: Plan.Item) -> Hint? {
        best(in: item.lead ?? "", of: Hint.all) ?? best(in: item.text, of: Hint.all)
    }

    private static func best(in text: String, of hints: [Hint]) -> Hint? {
        let words = text.lowercased().split {
            !$0.isLetter && !$0.isNumber && $0 != "-" && $0 != "/"
        }
        var best: (hint: Hint, weight: Int)?
        for hint in hints {
            let weight = hint.weight(in: words)
            if weight > best?.weight ?? 0 { best = (hint, weight) }
        }
        return best?.hint
    }

    /// The phase that an item names, else the steps above it in its own section.
    private static func sources(of item: Plan.Item, _ plan: Plan) -> [String] {
        let words = item.text.lowercased().split(separator: " ")
        if let at = words.firstIndex(of: "phase"), at + 1 < words.count,
            let number = Int(words[at + 1]),
            let section = plan.phases.first(where: { plan.sections[$0].phase == number })
        {
            return [plan.sections[section].slug]
        }
        return plan.items.filter { $0.section == item.section && $0.line < item.line }.map(\.anchor)
    }
}

extension Bindings {
    /// As TOML, for a file beside the plan.
    public var toml: String {
        var text = "plan = \(quoted(plan))\n"
        text += "# allow = [\"http.ratelimit.burst\"]   # opt-in checks that may run\n"
        text += "# hosts = [\"api.example.com\"]        # and where: your own only\n"
        for item in items { text += "\n" + item.toml }
        for risk in risks { text += "\n" + risk.toml }
        return text
    }
}

extension Proposal {
    /// The bindings as TOML, and what of them a person must still fill in.
    public var toml: String {
        guard !rows.isEmpty else { return bindings.toml }
        return bindings.toml
            + "\n# Rows of targets: name the [[kpi]] of config.toml that measures each.\n"
            + rows.map { "# [[kpi]]\n# row = \(quoted($0))\n# kpi = \"\"\n" }.joined()
    }
}

extension RiskBinding {
    fileprivate var toml: String {
        "[[risk]]\nrow = \(quoted(row))\nchecks = \(array(checks))\n"
    }
}

extension ItemBinding {
    fileprivate var toml: String {
        var lines = ["[[item]]", "at = \(quoted(anchor))", "text = \(quoted(text))"]
        if !checks.isEmpty { lines.append("checks = \(array(checks))") }
        if !from.isEmpty { lines.append("items = \(array(from))") }
        lines.append("class = \"\(itemClass.rawValue)\"")
        if let severity { lines.append("severity = \"\(severity.rawValue)\"") }
        if life == .run { lines.append("life = \"run\"") }
        if let expires, itemClass != .auto {
            lines.append("expires = \"\(expires.components.seconds / 86_400)d\"")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

private func array(_ texts: [String]) -> String {
    "[\(texts.map(quoted).joined(separator: ", "))]"
}

/// A basic string of TOML.
private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case _ where scalar.value < 0x20 || scalar.value == 0x7F:
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
