import Lint
import TOML

/// Names, labels, files and addresses.
extension TableReader {
    /// The required `name`: not empty, at most 100 characters, no `/`, no control characters, no
    /// space around it.
    mutating func name() -> Text? {
        guard let name = requiredText("name", help: "Write name = \"…\", unique among \(header).")
        else { return nil }
        guard let flaw = flaw(ofName: name.value) else { return name }
        report(
            "name", at: name.position, "\(name.quoted) \(flaw).",
            help: "Use letters, digits, spaces, \"-\", \"_\" or \".\".")
        return nil
    }

    private func flaw(ofName name: String) -> String? {
        if name.count > 100 { return "is longer than 100 characters" }
        if name.contains("/") { return "holds a \"/\", which separates kind and name" }
        if name.contains(":") { return "holds a \":\", which separates a target from its part" }
        if name.unicodeScalars.contains(where: { $0.properties.generalCategory.isInvisible }) {
            return "holds a control character"
        }
        if name != trimmed(name) { return "begins or ends with a space" }
        return nil
    }

    /// Label names with their values, which are strings.
    mutating func labels(_ key: String = "labels") -> [String: String] {
        guard let node = node(key) else { return [:] }
        guard let table = node.table else {
            reportType(key, node, wanted: "a table", help: "Write { team = \"platform\" }.")
            return [:]
        }
        var labels: [String: String] = [:]
        for entry in table.entries {
            guard isLabelName(entry.key) else {
                report(
                    key, at: entry.keyPosition, "\(quote(entry.key)) is not a label name.",
                    help: "Use letters, digits and \"_\"; begin with a letter, not with \"__\".")
                continue
            }
            labels[entry.key] = text("\(key).\(entry.key)", entry.node)?.value
        }
        return labels
    }

    /// Prometheus: `[a-zA-Z_][a-zA-Z0-9_]*`; `__…` is reserved.
    private func isLabelName(_ name: String) -> Bool {
        guard let first = name.first, !first.isNumber, !name.hasPrefix("__") else { return false }
        return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }

    /// The path of a file that must be there.
    mutating func file(_ key: String) -> String? {
        guard let text = text(key) else { return nil }
        return existing(text, key: key)
    }

    func existing(_ file: Text, key: String) -> String? {
        guard !file.value.isEmpty, !file.value.contains("\0") else {
            report(key, at: file.position, "\(file.quoted) is not a path.")
            return nil
        }
        let path = ledger.resolved(file.value)
        if ledger.surroundings.exists(path) { return path }
        report(
            key, at: file.position, "there is no file \(quote(path)).",
            help: "A relative path starts at the folder of the configuration.")
        return nil
    }

    /// "host:port" or "[address]:port".
    func address(_ key: String, _ text: Text) -> WatchSettings.Address? {
        if let host = HostAndPort(text.value), let port = host.port, !host.host.isEmpty {
            return WatchSettings.Address(host: host.host, port: port)
        }
        report(
            key, at: text.position, "\(text.quoted) is not an address.",
            help: "Write a host and a port: \"db.example.com:5432\" or \"[2001:db8::1]:5432\".")
        return nil
    }
}

/// Reports every name that stands for a second time; `what` is the header, "[[http]]".
func reportDuplicates(of names: [Text], in header: String, subject: String, _ ledger: Ledger) {
    var first: [String: Text] = [:]
    for name in names {
        guard let earlier = first[name.value] else {
            first[name.value] = name
            continue
        }
        ledger.report(
            at: name.position, "\(subject).\(name.value)",
            "a second \(header) is named \(name.quoted).",
            help: "The first is in line \(earlier.position.line); names are unique in a kind.")
    }
}

/// A name must not stand in a file of `[rules]` too.
func reportTaken(
    _ names: [Text], by filed: [String], in header: String, subject: String, _ ledger: Ledger
) {
    let taken = Set(filed)
    for name in names where taken.contains(name.value) {
        ledger.report(
            at: name.position, "\(subject).\(name.value)",
            "a file of [rules] has a \(header) named \(name.quoted) already.",
            help: "Give one of them another name.")
    }
}

extension Unicode.GeneralCategory {
    /// What does not show, or changes how its neighbours show.
    var isInvisible: Bool {
        switch self {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: true
        default: false
        }
    }
}
