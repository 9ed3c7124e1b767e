import Lint
import PromQL
import TimeSeries
import YAML

/// Reads the groups of a rule file. Source of what is refused: Prometheus' configuration
/// documentation, "Recording rules".
struct RuleFileReader {
    let text: FaultyText

    mutating func groups() -> [RuleGroup] {
        guard let root = text.document.root, !root.isNull else { return [] }
        guard var reader = MappingReader(text, root, subject: "") else { return [] }
        let groups = reader.mappings("groups").map { read(group: $0) }
        reader.finish()
        return groups
    }

    private var groupLines: [String: Int] = [:]

    init(text: FaultyText) { self.text = text }

    private mutating func read(group reader: MappingReader) -> RuleGroup {
        var reader = reader
        let name = groupName(&reader)
        reader.subject = name.isEmpty ? reader.subject : name
        var group = RuleGroup(name: name, file: text.path)
        group.interval = reader.duration("interval").flatMap { $0 > .zero ? $0 : nil }
        group.limit = max(0, reader.integer("limit") ?? 0)
        group.queryOffset = reader.duration("query_offset") ?? .zero
        let labels = labels(&reader)
        let rules = reader.mappings("rules")
        reader.finish()
        group.rules = rules.compactMap { read(rule: $0, group: name, groupLabels: labels) }
        warnOfDuplicates(in: group)
        return group
    }

    private mutating func groupName(_ reader: inout MappingReader) -> String {
        let name = reader.scalar("name")
        guard let name, !name.text.isEmpty else {
            reader.report("name", "a group needs a name.", help: "Write name: … first.")
            return ""
        }
        if let line = groupLines[name.text] {
            reader.report("name", "the group \(quote(name.text)) is at line \(line) already.")
        }
        groupLines[name.text] = groupLines[name.text] ?? name.node.position.line
        return name.text
    }

    private func read(
        rule reader: MappingReader, group: String, groupLabels: [String: YAMLNode]
    ) -> Rule? {
        var reader = reader
        let record = reader.scalar("record").flatMap { $0.text.isEmpty ? nil : $0 }
        let alert = reader.scalar("alert").flatMap { $0.text.isEmpty ? nil : $0 }
        let name = alert?.text ?? record?.text ?? ""
        if !name.isEmpty { reader.subject = group.isEmpty ? name : "\(group).\(name)" }
        let expression = expression(&reader)
        let labels = groupLabels.merging(self.labels(&reader)) { $1 }
        let kind = alert == nil ? recording(&reader) : alerting(&reader, labels: labels)
        reader.finish()
        check(record: record, alert: alert, reader)
        guard let expression, !name.isEmpty else { return nil }
        return Rule(
            name: name, expression: expression, labels: labels.mapValues(\.string), kind: kind,
            position: reader.node.position, severityPosition: labels["severity"]?.position)
    }

    private func check(
        record: (text: String, node: YAMLNode)?, alert: (text: String, node: YAMLNode)?,
        _ reader: MappingReader
    ) {
        switch (record, alert) {
        case (nil, nil):
            text.report(
                at: reader.node.position, reader.subject, "a rule needs a name.",
                help: "Write record: metric:name or alert: Name.")
        case (.some, .some(let alert)):
            text.report(
                at: alert.node.position, reader.subject, "a rule has record or alert, not both.")
        case (.some(let record), nil): check(metric: record, reader)
        case (nil, .some): break
        }
    }

    private func check(metric: (text: String, node: YAMLNode), _ reader: MappingReader) {
        let name = metric.text
        if name.contains(where: { "{}".contains($0) }) {
            text.report(
                at: metric.node.position, reader.name(of: "record"),
                "\(quote(name)) is no name of a metric: it has braces.",
                help: "Labels go under labels:, a selector into expr:.")
        } else if !name.isPlainMetricName {
            text.report(
                at: metric.node.position, reader.name(of: "record"),
                "PromQL can read \(quote(name)) only in quotes: {\(quote(name))}.",
                help: "Plain names have letters, digits, \"_\" and \":\".", as: .warning)
        }
    }

    private func expression(_ reader: inout MappingReader) -> Expression? {
        guard let (query, node) = reader.scalar("expr", wanted: "PromQL"), !query.isEmpty else {
            if reader.mapping["expr"]?.scalar != nil || reader.mapping["expr"] == nil {
                reader.report(
                    "expr", "a rule needs an expression.", help: "Write expr: with PromQL.")
            }
            return nil
        }
        do throws(ParseError) {
            let expression = try Expression(parsing: query)
            guard expression.kind == .scalar || expression.kind == .vector else {
                reader.report("expr", "it gives a \(expression.kind.rawValue), not numbers.")
                return nil
            }
            return expression
        } catch {
            text.report(
                in: node, offset: error.offset, reader.name(of: "expr"),
                "bad PromQL: \(shown(error.message)).")
            return nil
        }
    }

    // MARK: - Kinds

    private func recording(_ reader: inout MappingReader) -> Rule.Kind {
        for key in ["for", "keep_firing_for"] {
            if let duration = reader.duration(key), duration > .zero { refuse(key, reader) }
        }
        if !reader.texts("annotations").isEmpty { refuse("annotations", reader) }
        return .recording
    }

    /// A rule without a name is refused for that alone.
    private func refuse(_ key: String, _ reader: MappingReader) {
        guard reader.mapping["record"] != nil else { return }
        reader.report(key, "a recording rule has none; it belongs to alerts.")
    }

    private func alerting(_ reader: inout MappingReader, labels: [String: YAMLNode]) -> Rule.Kind {
        var alerting = Rule.Alerting()
        alerting.hold = reader.duration("for") ?? .zero
        alerting.keepFiringFor = reader.duration("keep_firing_for") ?? .zero
        for (name, node) in labels {
            alerting.labels[name] = template(node, reader.name(of: "labels.\(name)"))
        }
        for (name, place, node) in reader.texts("annotations") {
            let subject = reader.name(of: "annotations.\(name)")
            if name.isEmpty { text.report(at: place, subject, "an annotation needs a name.") }
            alerting.annotations[name] = template(node, subject)
        }
        return .alerting(alerting)
    }

    private func template(_ node: YAMLNode, _ subject: String) -> Template? {
        do throws(TemplateError) {
            return try Template(parsing: node.string)
        } catch {
            text.report(
                in: node, offset: error.offset, subject, "bad template: \(shown(error.message)).",
                help: hint(for: error))
            return nil
        }
    }

    private func hint(for error: TemplateError) -> String? {
        let words = error.message.split(separator: "\"")
        guard words.count >= 2 else { return nil }
        let candidates: [String]
        switch words[0] {
        case "function ": candidates = TemplateFunction.all.keys.sorted()
        case "undefined variable ": candidates = TemplateParser.givenVariables
        default: return nil
        }
        return suggestion(for: String(words[1]), among: candidates)
            .map { "Did you mean \"\($0)\"?" }
    }

    // MARK: - Labels

    private func labels(_ reader: inout MappingReader) -> [String: YAMLNode] {
        var labels: [String: YAMLNode] = [:]
        for (name, place, node) in reader.texts("labels") {
            let subject = reader.name(of: "labels.\(name)")
            if name == Labels.metricName {
                text.report(at: place, subject, "the name of a metric is no label to set.")
            } else if name.isEmpty {
                text.report(at: place, subject, "a label needs a name.")
            }
            labels[name] = node
        }
        return labels
    }

    /// Prometheus evaluates both, and refuses the samples of the second.
    private func warnOfDuplicates(in group: RuleGroup) {
        var lines: [String: Int] = [:]
        for rule in group.rules {
            let labels = rule.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let identity = ([rule.alerting == nil ? "record" : "alert", rule.name] + labels)
                .joined(separator: "\n")
            if let line = lines[identity] {
                text.report(
                    at: rule.position, "\(group.name).\(rule.name)",
                    "the rule at line \(line) has this name and these labels already.",
                    help: rule.alerting == nil
                        ? "Samples of one series can be recorded once: tell them apart by a label."
                        : "Alerts of both become one: tell them apart by a label.",
                    as: .warning)
            }
            lines[identity] = lines[identity] ?? rule.position.line
        }
    }
}
