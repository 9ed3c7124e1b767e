import Lint
import PromQL
import Targets
import YAML

/// Answers typed questions about one mapping. A key that nobody asked for is unknown.
///
/// A value that is not what was asked for is reported and then counts as absent; so does `null`.
struct MappingReader {
    let text: FaultyText
    let node: YAMLNode
    let mapping: YAMLMapping
    /// What faults name: "api.HighLatency".
    var subject: String
    private var asked: [String] = []

    init(_ text: FaultyText, _ node: YAMLNode, _ mapping: YAMLMapping, subject: String) {
        self.text = text
        self.node = node
        self.mapping = mapping
        self.subject = subject
    }

    /// nil, and a fault, when the node is no mapping.
    init?(_ text: FaultyText, _ node: YAMLNode, subject: String) {
        guard let mapping = node.mapping else {
            text.report(
                at: node.position, subject.isEmpty ? nil : subject,
                "expected a mapping of keys, found \(node.shown).")
            return nil
        }
        self.init(text, node, mapping, subject: subject)
    }

    /// Reports every key that was not asked for.
    func finish() {
        for entry in mapping.entries where !asked.contains(entry.key) {
            text.report(
                at: entry.keyPosition, subject.isEmpty ? nil : subject,
                "unknown key \(quote(entry.key)).\(didYouMean(entry.key, among: asked))")
        }
    }

    func name(of key: String) -> String { subject.isEmpty ? key : "\(subject).\(key)" }

    func report(_ key: String, _ message: String, help: String? = nil) {
        let entry = mapping.entries.first { $0.key == key }
        text.report(
            at: entry?.node.position ?? node.position, name(of: key), message, help: help)
    }

    mutating func node(_ key: String) -> YAMLNode? {
        asked.append(key)
        guard let node = mapping[key], !node.isNull else { return nil }
        return node
    }

    mutating func scalar(_ key: String, wanted: String = "a text") -> (
        text: String, node: YAMLNode
    )? {
        guard let node = node(key) else { return nil }
        guard let scalar = node.scalar else {
            text.report(
                at: node.position, name(of: key), "expected \(wanted), found \(node.shown).")
            return nil
        }
        return (scalar.text, node)
    }

    mutating func string(_ key: String) -> String? { scalar(key)?.text }

    /// "5m", as Prometheus writes durations.
    mutating func duration(_ key: String) -> Duration? {
        guard let (word, node) = scalar(key, wanted: "a duration") else { return nil }
        guard let milliseconds = DurationText.milliseconds(word) else {
            text.report(
                at: node.position, name(of: key), "\(quote(word)) is not a duration.",
                help: "Write whole numbers with units: 30s, 5m, 1h30m.")
            return nil
        }
        return .milliseconds(milliseconds)
    }

    mutating func integer(_ key: String) -> Int? {
        guard let (word, node) = scalar(key, wanted: "a whole number") else { return nil }
        guard let number = Int(word), node.scalar?.style == .plain else {
            text.report(at: node.position, name(of: key), "\(quote(word)) is no whole number.")
            return nil
        }
        return number
    }

    mutating func flag(_ key: String) -> Bool? {
        guard let (word, node) = scalar(key, wanted: "true or false") else { return nil }
        guard let flag = ["true": true, "false": false][word.lowercased()] else {
            text.report(at: node.position, name(of: key), "\(quote(word)) is not true or false.")
            return nil
        }
        return flag
    }

    /// A number as YAML writes it: also `.inf` and `.nan`.
    mutating func number(_ key: String) -> Double? {
        guard let (word, node) = scalar(key, wanted: "a number") else { return nil }
        guard node.scalar?.style == .plain, let number = Double(yamlText: word) else {
            text.report(at: node.position, name(of: key), "\(quote(word)) is no number.")
            return nil
        }
        return number
    }

    mutating func list(_ key: String) -> [YAMLNode] {
        guard let node = node(key) else { return [] }
        guard let nodes = node.sequence else {
            text.report(
                at: node.position, name(of: key), "expected a list, found \(node.shown).",
                help: "Each item begins with a dash: \"- …\".")
            return []
        }
        return nodes
    }

    /// The items of a list that are mappings.
    mutating func mappings(_ key: String) -> [MappingReader] {
        let name = name(of: key)
        return list(key).enumerated().compactMap { index, node in
            MappingReader(text, node, subject: "\(name)[\(index)]")
        }
    }

    mutating func strings(_ key: String) -> [(text: String, node: YAMLNode)] {
        list(key).compactMap { item in
            guard let scalar = item.scalar else {
                text.report(
                    at: item.position, name(of: key), "expected a text, found \(item.shown).")
                return nil
            }
            return (scalar.text, item)
        }
    }

    /// A mapping of names to texts.
    mutating func texts(_ key: String) -> [(name: String, place: YAMLPosition, value: YAMLNode)] {
        guard let node = node(key) else { return [] }
        guard let inner = MappingReader(text, node, subject: name(of: key)) else { return [] }
        return inner.mapping.entries.compactMap { entry in
            guard entry.node.scalar != nil else {
                text.report(
                    at: entry.node.position, inner.name(of: entry.key),
                    "expected a text, found \(entry.node.shown).")
                return nil
            }
            return (entry.key, entry.keyPosition, entry.node)
        }
    }
}

extension YAMLNode {
    /// What kind of value it is, for a message.
    var shown: String {
        switch value {
        case .scalar(let scalar): scalar.isNull ? "nothing" : quote(scalar.text)
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    /// The text of a scalar; "" of what stands for nothing, and of other values.
    var string: String { scalar.map { $0.isNull ? "" : $0.text } ?? "" }
}

extension Double {
    /// A plain scalar of YAML's core schema.
    init?(yamlText text: String) {
        let bare = text.drop { "+-".contains($0) }
        let sign = text.hasPrefix("-") ? -1.0 : 1.0
        switch bare.lowercased() {
        case ".inf": self = sign * .infinity
        case ".nan": self = .nan
        default:
            guard let first = bare.utf8.first, first.isDigit || first == UInt8(ascii: "."),
                let number = Double(goText: text)
            else { return nil }
            self = number
        }
    }
}

/// For a message: cleaned and cut.
func shown(_ text: String) -> String { cleaned(text, limit: 160) }
