import Alerting
import Lint
import Rules
import TOML
import Targets

extension RuleFiles {
    /// Reads `[rules]` and the files that it names.
    init(reading root: inout TableReader) {
        self.init()
        guard var table = root.table("rules", header: "[rules]") else { return }
        for pattern in table.texts("files") {
            let found = table.ledger.surroundings.matching(table.ledger.resolved(pattern.value))
            if found.isEmpty {
                table.report(
                    "files", at: pattern.position, "\(pattern.quoted) names no file.",
                    help: "A relative path starts at the folder of the configuration.")
            }
            for path in found where !files.contains(path) {
                files.append(path)
                groups += Self.groups(of: path, named: pattern, &table)
            }
        }
        table.finish()
    }

    private static func groups(
        of path: String, named pattern: Text, _ table: inout TableReader
    ) -> [RuleGroup] {
        switch table.ledger.surroundings.read(path) {
        case .failure(let failure):
            table.report("files", at: pattern.position, cleaned("\(failure)"))
            return []
        case .success(let bytes):
            switch RuleFile.read(yaml: bytes, path: path) {
            case .success(let file):
                table.ledger.report(file.warnings)
                return file.groups
            case .failure(let faults):
                table.ledger.report(faults.all)
                return []
            }
        }
    }

    /// Reports severities of alerts that mean nothing: nobody would know whether to wake someone.
    func checkSeverities(_ paging: PagingSettings, _ ledger: Ledger) {
        for group in groups {
            for rule in group.rules {
                guard let word = rule.severityWord, paging.severity(of: word) == nil else {
                    continue
                }
                let position = rule.severityPosition ?? rule.position
                ledger.report([
                    Fault(
                        path: group.file, line: position.line, column: position.column,
                        subject: "\(group.name).\(rule.name).labels.severity",
                        message: "\(quote(word)) says not how loud the alert is."
                            + didYouMean(word, among: paging.severityWords),
                        help: "Map it in the configuration: [severity] \(word) = \"ticket\"; or "
                            + "write critical, warning or info.")
                ])
            }
        }
    }
}

extension PagingSettings {
    /// What the label `severity` of a rule file's alert means; nil for a word without a meaning. An
    /// alert without the label is a ticket.
    public func severity(of word: String) -> Severity? {
        if let mapped = severities[word] { return mapped }
        return word.isEmpty ? .ticket : Self.knownWords[word]
    }

    var severityWords: [String] { (Array(Self.knownWords.keys) + severities.keys).sorted() }

    private static let knownWords: [String: Severity] = [
        "critical": .page, "page": .page, "warning": .ticket, "ticket": .ticket, "info": .info,
        "none": .info,
    ]
}
