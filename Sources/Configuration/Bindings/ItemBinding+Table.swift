import Lint
import Checklist
import PromQL
import TOML

extension ItemBinding {
    /// Reads one `[[item]]`; nil when it cannot be told which item it is about.
    init?(reading table: inout TableReader) {
        let anchor = table.literal(
            "at", help: "Write at = \"heading-slug/item-slug\"; dogwatch checklist bind prints it.")
        let text = table.literal("text", help: "Write the item's text as the plan has it.")
        let place = anchor?.position ?? table.position
        self.init(
            anchor: anchor?.value ?? "", text: text?.value ?? "", line: place.line,
            column: place.column)
        readChecks(&table)
        condition = BoundCondition(reading: &table)
        assertions = BoundAssertion.read(from: &table)
        let word = table.word("class", ItemClass.self)
        severity = table.word("severity", Severity.self)
        life = table.word("life", Life.self) ?? .live
        anyOrder = table.boolean("any_order") ?? false
        expires = table.duration("expires", in: .seconds(60)...Attestation.longest)?.value
        needsEvidence = table.requiresEvidence()
        signers = table.integer("signers", in: 1...5) ?? 1
        if table.node("owner") != nil {
            owner = table.requiredText("owner", help: "Name the user who sees to it.")?.value
        }
        need = table.need(of: checks.count + (condition == nil ? 0 : 1) + assertions.count)
        targets = table.checkTargets(among: checks)
        from = table.texts("items").map(\.value)
        table.finish()
        itemClass = word ?? (hasEvidence ? .auto : .attest)
        reportContradictions(&table)
        if anchor == nil || text == nil { return nil }
    }

    private var hasEvidence: Bool {
        !checks.isEmpty || condition != nil || !assertions.isEmpty
    }

    private mutating func readChecks(_ table: inout TableReader) {
        let written = table.texts("checks")
        if let node = table.node("checks"), node.array?.isEmpty == true {
            table.report(
                "checks", at: node.position, "it is empty, so nothing could ever fail.",
                help: "Name a check, or leave the key out and write class = \"attest\".")
        }
        checks = written.compactMap { table.check($0, key: "checks")?.id }
    }

    /// What its class would need and has not.
    private func reportContradictions(_ table: inout TableReader) {
        let evidence = ["checks", "promql", "file", "json", "command", "http", "sql"]
        let isWritten = evidence.contains { table.node($0) != nil }
        if !hasEvidence, itemClass != .attest, !isWritten {
            table.report(
                "class", at: table.node("class")?.position ?? table.position,
                "\"\(itemClass.rawValue)\" needs evidence, and there is none.",
                help: "Name checks or a promql condition, or write class = \"attest\".")
        }
        if checks.contains("item.derived"), from.isEmpty {
            table.report(
                "items", at: table.position, "item.derived follows from no items.",
                help: "Write items = [\"heading-slug\"], or anchors of items.")
        }
    }
}

extension TableReader {
    /// A required string as it is written: what quotes a document holds no variables.
    fileprivate mutating func literal(_ key: String, help: String) -> Text? {
        guard let node = node(key) else {
            reportMissing(key, help: help)
            return nil
        }
        guard let string = node.string, !string.isEmpty else {
            reportType(key, node, wanted: "a text that is not empty", help: help)
            return nil
        }
        return Text(value: string, position: node.position)
    }

    fileprivate mutating func requiresEvidence() -> Bool {
        guard let text = text("evidence") else { return false }
        if text.value == "required" { return true }
        report(
            "evidence", at: text.position, "\(text.quoted) is not \"required\".",
            help: "Leave the key out where a signature needs no evidence.")
        return false
    }

    /// "all", "any" or a number of checks.
    fileprivate mutating func need(of total: Int) -> ItemBinding.Need {
        guard let node = node("need") else { return .all }
        if node.integer != nil {
            return integer("need", node, in: 1...max(1, total)).map { .atLeast($0) } ?? .all
        }
        switch node.string {
        case "all": return .all
        case "any": return .any
        default:
            report(
                "need", at: node.position, "it is neither \"all\", \"any\" nor a number.",
                help: "A number is how many of the checks must hold.")
            return .all
        }
    }

    /// `{ "pg.wal-archiving" = ["jobs"] }`: names of targets for checks that the item has.
    fileprivate mutating func checkTargets(among checks: [String]) -> [String: [String]] {
        guard var inner = table("targets", header: "targets") else { return [:] }
        var targets: [String: [String]] = [:]
        for entry in inner.table.entries {
            let names = inner.texts(entry.key)
            if !checks.contains(entry.key) {
                inner.report(
                    entry.key, at: entry.keyPosition,
                    "the item has no such check."
                        + didYouMean(entry.key, among: checks))
            } else if names.isEmpty {
                inner.report(
                    entry.key, at: entry.node.position, "it names no target.",
                    help: "Leave it out to judge every target of the kind.")
            }
            targets[entry.key] = names.map(\.value)
        }
        return targets
    }
}

extension BoundCondition {
    /// `promql`, `samples` and `min_samples`; nil without a condition.
    fileprivate init?(reading table: inout TableReader) {
        let hasCondition = table.node("promql") != nil
        let query = hasCondition ? table.query("promql") : nil
        let samples = table.node("samples") == nil ? nil : table.query("samples")
        let minimum = table.integer("min_samples", in: 1...1_000_000_000)
        guard let query else { return nil }
        self.init(
            Condition(query.expression), samples: samples?.expression,
            minimumSamples: Double(minimum ?? 1))
        switch condition.test {
        case .limit, .computed, .inside: break
        case .present, .none:
            table.report(
                "promql", at: query.text.position, "it has no limit, so nothing could ever fail.",
                help: "Compare the value: … < 0.001.")
        }
        if minimum != nil, samples == nil {
            table.report(
                "min_samples", at: table.node("min_samples")?.position ?? table.position,
                "it counts nothing without samples.",
                help: "Write samples = 'sum(increase(…[15m]))'.")
        }
    }
}

extension KPIBinding {
    init?(reading table: inout TableReader) {
        let row = table.literal("row", help: "Write row = \"heading-slug/row-slug\".")
        let kpi = table.requiredText("kpi", help: "Name a [[kpi]] of the configuration.")
        let minimum = table.integer("min_samples", in: 1...1_000_000_000)
        table.finish()
        guard let row, let kpi else { return nil }
        self.init(
            row: row.value, kpi: kpi.value, minimumSamples: Double(minimum ?? 1),
            line: row.position.line, column: row.position.column)
    }
}

extension RiskBinding {
    init?(reading table: inout TableReader) {
        let row = table.literal("row", help: "Write row = \"heading-slug/row-slug\".")
        let written = table.texts("checks")
        if written.isEmpty {
            table.report(
                "checks", at: table.node("checks")?.position ?? table.position,
                "a risk without checks has no signals.",
                help: "Name the checks of its mitigations.")
        }
        let checks = written.compactMap { table.check($0, key: "checks")?.id }
        table.finish()
        guard let row else { return nil }
        self.init(
            row: row.value, checks: checks, line: row.position.line, column: row.position.column)
    }
}
