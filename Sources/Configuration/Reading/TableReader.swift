import Lint
import TOML

/// Reads one table key by key and reports what does not fit. A key that nobody asked for by the time
/// of `finish` is unknown, so every reader asks for all of its keys, whatever it finds.
struct TableReader {
    let ledger: Ledger
    let table: TOMLTable
    /// As written, for messages: "[[redis]]", "http.api.tls".
    let header: String
    /// What faults are about: "redis.cache".
    let subject: String
    let position: TOMLPosition
    private var asked: Set<String> = []

    init(
        _ ledger: Ledger, _ table: TOMLTable, header: String, subject: String,
        at position: TOMLPosition
    ) {
        self.ledger = ledger
        self.table = table
        self.header = header
        self.subject = subject
        self.position = position
    }

    init(root ledger: Ledger) {
        self.init(
            ledger, ledger.document.root, header: "", subject: "",
            at: TOMLPosition(line: 1, column: 1))
    }

    /// The value of a key; nil when it is not there.
    mutating func node(_ key: String) -> TOMLNode? {
        asked.insert(key)
        return table[key]
    }

    func subject(of key: String) -> String { subject.isEmpty ? key : "\(subject).\(key)" }

    /// Reports every key that was not asked for.
    func finish() {
        for entry in table.entries where !asked.contains(entry.key) {
            let place = header.isEmpty ? "" : " in \(header)"
            let what = header.isEmpty && entry.node.table != nil ? "table" : "key"
            ledger.report(
                at: entry.keyPosition, nil,
                "unknown \(what) \(quote(entry.key))\(place)."
                    + didYouMean(entry.key, among: asked))
        }
    }

    /// Reports a fault of a key's value.
    func report(
        _ key: String, at position: TOMLPosition, _ message: String, help: String? = nil,
        as severity: Fault.Severity = .error
    ) {
        ledger.report(at: position, subject(of: key), message, help: help, as: severity)
    }

    /// Reports a value of another type than the one wanted.
    func reportType(_ key: String, _ node: TOMLNode, wanted: String, help: String? = nil) {
        report(key, at: node.position, "expected \(wanted), found \(node.kindWord).", help: help)
    }

    func reportMissing(_ key: String, help: String) {
        ledger.report(at: position, subject, "\"\(key)\" is missing.", help: help)
    }
}

/// Sub-tables.
extension TableReader {
    /// A table `[key]` or `key = { … }`; nil when it is not there or is no table.
    mutating func table(_ key: String, header: String? = nil) -> TableReader? {
        guard let node = node(key) else { return nil }
        guard let table = node.table else {
            let isRepeated = node.array?.first?.table != nil
            reportType(
                key, node, wanted: "a table",
                help: isRepeated ? "There is one [\(key)]: write it with single brackets." : nil)
            return nil
        }
        let subject = subject(of: key)
        return TableReader(
            ledger, table, header: header ?? subject, subject: subject, at: node.position)
    }

    /// The tables of `[[key]]`; each one's subject ends in its name.
    mutating func tables(_ key: String) -> [TableReader] {
        guard let node = node(key) else { return [] }
        guard let nodes = node.array else {
            reportType(
                key, node, wanted: "an array of tables",
                help: "Write the header with double brackets: [[\(key)]].")
            return []
        }
        return nodes.compactMap { node in
            guard let table = node.table else {
                reportType(key, node, wanted: "a table")
                return nil
            }
            let name = table["name"]?.string.map { ".\($0)" } ?? ""
            return TableReader(
                ledger, table, header: subject.isEmpty ? "[[\(key)]]" : subject(of: key),
                subject: subject(of: key) + name, at: node.position)
        }
    }
}

extension TOMLNode {
    /// What the value is, with its article.
    var kindWord: String {
        switch value {
        case .string: "a string"
        case .integer: "an integer"
        case .float: "a number"
        case .boolean: "a boolean"
        case .date: "a date"
        case .array: "an array"
        case .table: "a table"
        }
    }
}
