import Checklist
import Lint
import TOML

extension ReportBinding {
    /// Reads one `[[report]]`; nil when it cannot be told what is to be read.
    init?(reading table: inout TableReader) {
        let kind = table.kind()
        let source = table.source()
        let age = table.duration("max_age", in: .seconds(60)...Self.longestAge)?.value
        let interval = table.duration("every", in: .seconds(10)...Self.longestInterval)?.value
        let patience = table.duration("timeout", in: .seconds(1)...Self.longestPatience)
        let subject = table.text("subject")
        guard let kind else {
            table.askForAllOptions()
            return nil
        }
        let required = table.required(of: kind)
        if required.isEmpty, subject == nil { table.reportNoSubject(of: kind) }
        let score = kind == .score ? table.score() : nil
        table.finish()
        if let patience, case .file = source {
            table.report(
                "timeout", at: patience.position, "a file is read without waiting.",
                help: "Leave it out; it is for commands and URLs.")
        }
        guard let source, kind != .score || score != nil else { return nil }
        self.init(
            kind, source, maximumAge: age, interval: interval,
            patience: patience?.value ?? Self.patience, subject: subject?.value,
            required: required, score: score)
    }

    private static let longestAge = Duration.seconds(400 * 86_400)
    private static let longestInterval = Duration.seconds(7 * 86_400)
    private static let longestPatience = Duration.seconds(15 * 60)
}

extension ReportKind {
    /// The key under which the bindings say what must be there; nil where nothing can be asked for.
    fileprivate var requiredKey: (name: String, isNeeded: Bool, help: String)? {
        switch self {
        case .dockerBench:
            ("required", true, "Name the tests that must not warn: required = [\"2.14\", \"5.4\"].")
        case .vaultMetadata:
            ("inventory", false, "Name every secret: inventory = [\"kv/api\", \"kv/db\"].")
        case .networkPolicies:
            ("namespaces", true, "Name them: namespaces = [\"app\"].")
        case .document:
            ("headings", false, "Write headings = [\"Rollback\", \"Contacts\"].")
        case .trivy, .falco, .pgBackRest, .walG, .walShow, .backupVerify, .restoreDrill, .drill,
            .vaultHealth, .vaultAudit, .sarif, .gitleaks, .logScan, .lsblk, .score, .pipelineRuns,
            .branchLog, .vantage,
            .ingest:
            nil
        }
    }
}

extension TableReader {
    fileprivate mutating func kind() -> ReportKind? {
        guard table["kind"] != nil else {
            reportMissing("kind", help: "Name the format: kind = \"trivy\", \"pgbackrest\", ….")
            return nil
        }
        return word("kind", ReportKind.self)
    }

    /// Exactly one of `file`, `command` and `url`.
    fileprivate mutating func source() -> ReportBinding.Source? {
        let file = text("file")
        let command = texts("command")
        let url = text("url")
        let sources = ["file", "command", "url"].filter { table[$0] != nil }
        guard sources.count == 1 else {
            ledger.report(
                at: position, subject,
                sources.isEmpty
                    ? "it does not say where the report is."
                    : "it names several sources: \(sources.joined(separator: ", ")).",
                help: "Write one of file = \"…\", command = [\"…\"] and url = \"…\".")
            return nil
        }
        if let file { return path(file) }
        if let url {
            return self.url("url", url, schemes: ["http", "https"], example: Self.exampleURL)
                .map { .url($0.text.value) }
        }
        return program(command)
    }

    private static let exampleURL = "http://127.0.0.1:8200/v1/sys/health"

    private func path(_ file: Text) -> ReportBinding.Source? {
        guard !file.value.isEmpty, !file.value.contains("\0") else {
            report("file", at: file.position, "\(file.quoted) is not a path.")
            return nil
        }
        return .file(ledger.resolved(file.value))
    }

    private func program(_ words: [Text]) -> ReportBinding.Source? {
        guard let first = words.first, !first.value.isEmpty,
            !words.contains(where: { $0.value.contains("\0") })
        else {
            report(
                "command", at: table["command"]?.position ?? position, "the program is missing.",
                help: "Write the program and its arguments: command = [\"pgbackrest\", \"info\"].")
            return nil
        }
        return .command(words.map(\.value))
    }

    fileprivate mutating func required(of kind: ReportKind) -> [String] {
        guard let key = kind.requiredKey else { return [] }
        let found = texts(key.name).map(\.value).filter { !$0.isEmpty }
        guard found.isEmpty, key.isNeeded || table[key.name] != nil else { return found }
        report(
            key.name, at: table[key.name]?.position ?? position,
            "it is empty, so nothing could ever fail.", help: key.help)
        return []
    }

    /// What a kind must be about and its format does not say.
    fileprivate func reportNoSubject(of kind: ReportKind) {
        let help: String
        switch kind {
        case .vaultMetadata: help = "Write subject = \"kv/api\", or inventory = [\"kv/api\"]."
        case .lsblk: help = "Write subject = \"/var/lib/postgresql\"."
        case .gitleaks: help = "Write what was searched: subject = \"main, 812 commits\"."
        case .logScan: help = "Write what was searched: subject = \"4.1 M lines of 24 h\"."
        case .sarif: help = "Write the deployed revision: subject = \"4f2a1c0\"."
        default: return
        }
        report(
            "subject", at: position, "it is not known what the report is about.", help: help,
            as: .warning)
    }

    fileprivate mutating func score() -> ReportBinding.Score? {
        let path = requiredText("score", help: "Say where the number stands: score = \"$.index\".")
        let least = limit("at_least")
        if table["at_least"] == nil {
            reportMissing("at_least", help: "Write the least score: at_least = 75.")
        }
        guard let path, let least else { return nil }
        guard path.value.hasPrefix("$.") || path.value.hasPrefix("$[") else {
            report(
                "score", at: path.position, "\(path.quoted) is no place in a document.",
                help: "Write a path from the root: \"$.summary.score\".")
            return nil
        }
        return ReportBinding.Score(path: path.value, atLeast: least.value)
    }

    /// Without a kind nobody knows which keys belong there: none is called unknown.
    fileprivate mutating func askForAllOptions() {
        for kind in ReportKind.allCases {
            if let key = kind.requiredKey { _ = node(key.name) }
        }
        for key in ["score", "at_least"] { _ = node(key) }
        finish()
    }
}
