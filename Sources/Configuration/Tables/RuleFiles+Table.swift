import Alerting
import Dispatch
import Lint
import Rules
import Synchronization
import TOML
import Targets
import TimeSeries

extension RuleFiles {
    /// Reads `[rules]` and the files that it names: `.toml` has `[[alert]]` and `[[slo]]`, all else
    /// is a rule file of Prometheus.
    init(reading root: inout TableReader, retention: Duration) {
        self.init()
        guard var table = root.table("rules", header: "[rules]") else { return }
        let scope = SeriesScope(retention: retention, targets: nil)
        var read: [(path: String, bytes: [UInt8])] = []
        for pattern in table.texts("files") {
            let found = Self.paths(matching: pattern.value, table.ledger)
            if found.isEmpty {
                table.report(
                    "files", at: pattern.position, "\(pattern.quoted) names no file.",
                    help: "A relative path starts at the folder of the configuration.")
            }
            for path in found where !files.contains(path) {
                files.append(path)
                switch table.ledger.surroundings.read(path) {
                case .failure(let failure):
                    table.report("files", at: pattern.position, cleaned("\(failure)"))
                case .success(let bytes):
                    digest = SHA256.hex(digest.utf8 + bytes)
                    read.append((path, bytes))
                }
            }
        }
        for (file, result) in zip(read, Self.ruleFiles(of: read)) {
            if let result {
                add(result, table.ledger)
            } else {
                judged.add(file.bytes, path: file.path, scope: scope, to: table.ledger)
            }
        }
        table.finish()
    }

    /// From the configuration's folder; what is not there may have come with the program.
    private static func paths(matching pattern: String, _ ledger: Ledger) -> [String] {
        let found = ledger.surroundings.matching(ledger.resolved(pattern))
        guard found.isEmpty, !pattern.hasPrefix("/") else { return found }
        return ledger.surroundings.shared.lazy
            .map { ledger.surroundings.matching("\($0)/\(pattern)") }
            .first { !$0.isEmpty } ?? []
    }

    /// All but `.toml`, whose results are nil: side by side, as they are most of the work of a start.
    private static func ruleFiles(
        of files: [(path: String, bytes: [UInt8])]
    ) -> [Result<RuleFile, Faults>?] {
        let results = Mutex([Result<RuleFile, Faults>?](repeating: nil, count: files.count))
        DispatchQueue.concurrentPerform(iterations: files.count) { index in
            guard !files[index].path.hasSuffix(".toml") else { return }
            let result = RuleFile.read(yaml: files[index].bytes, path: files[index].path)
            results.withLock { $0[index] = result }
        }
        return results.withLock(\.self)
    }

    private mutating func add(_ file: Result<RuleFile, Faults>, _ ledger: Ledger) {
        switch file {
        case .success(let file):
            ledger.report(file.warnings)
            groups += file.groups
        case .failure(let faults): ledger.report(faults.all)
        }
    }

    /// Whether a rule writes series of its own making.
    var recordSeries: Bool { groups.contains { $0.rules.contains { $0.alerting == nil } } }

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
