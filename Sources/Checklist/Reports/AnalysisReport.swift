import Targets
import TimeSeries

/// Findings of static analysis in SARIF 2.1.0. Source: OASIS, "Static Analysis Results Interchange
/// Format", sections 3.14, 3.27 and 3.49.
public struct AnalysisReport: Sendable, Hashable {
    /// "semgrep 1.90.0"
    public var tools: [String]
    /// What was analysed; one for each run that says so.
    public var revisions: [String]
    /// When the last of the runs ended; nil where none says so.
    public var endedAt: Timestamp?
    /// Whether every run came to its end.
    public var isComplete: Bool
    public var runs: Int
    /// Injections of SQL or commands at high severity that nobody has accepted.
    public var injections: [Finding]
    public var findings: Int
    public var suppressed: Int

    public struct Finding: Sendable, Hashable {
        public var rule: String
        /// "src/dao.py:88"
        public var place: String
    }

    public init(parsing bytes: [UInt8]) throws(ReportFault) {
        let runs = try decoded(Wire.self, from: bytes).runs
        self.runs = runs.count
        tools = runs.map(\.tool.driver).map { driver in
            let version = driver.semanticVersion ?? driver.version ?? ""
            return cleaned(version.isEmpty ? driver.name : "\(driver.name) \(version)", limit: 60)
        }
        revisions = runs.compactMap { $0.versionControlProvenance?.first?.revisionId }.map {
            cleaned($0, limit: 64)
        }
        let invocations = runs.flatMap { $0.invocations ?? [] }
        endedAt = invocations.compactMap { $0.endTimeUtc.flatMap { Timestamp(rfc3339: $0) } }.max()
        isComplete = invocations.allSatisfy { $0.executionSuccessful != false }
        let all = runs.flatMap { run in (run.results ?? []).map { (run, $0) } }
        findings = all.count
        let open = all.filter { !$0.1.isSuppressed }
        suppressed = all.count - open.count
        injections = open.filter { Self.isInjection($0.1, of: $0.0) }.map { _, result in
            Finding(rule: cleaned(result.ruleId ?? "", limit: 80), place: result.place)
        }
    }

    /// By the weakness that the rule names, else by its own name.
    private static func isInjection(_ result: Wire.Result, of run: Wire.Run) -> Bool {
        let rule = run.rule(of: result)
        let severity = rule?.properties?.severity?.number
        let level = result.level ?? rule?.defaultConfiguration?.level ?? "warning"
        guard severity.map({ $0 >= 7 }) ?? (level == "error") else { return false }
        let texts =
            [result.ruleId, rule?.id, rule?.name, rule?.shortDescription?.text]
            .compactMap(\.self) + (rule?.properties?.tags ?? [])
        return texts.contains(where: Self.speaksOfInjection)
    }

    /// CWE-77, 78, 89, 564 and 943, and how rules without a number are named.
    private static func speaksOfInjection(_ text: String) -> Bool {
        let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }
        let numbers = zip(words, words.dropFirst()).compactMap { $0 == "cwe" ? Int($1) : nil }
        if !Set(numbers).isDisjoint(with: [77, 78, 89, 564, 943]) { return true }
        let names = Set(words)
        if !names.isDisjoint(with: ["sqli", "sqlinjection", "b602", "b605", "b608"]) {
            return true
        }
        return names.contains("injection")
            && !names.isDisjoint(with: ["sql", "command", "os", "shell"])
    }
}

extension AnalysisReport {
    /// The document, with its own names.
    fileprivate struct Wire: Decodable {
        var runs: [Run]

        struct Run: Decodable {
            var tool: Tool
            var results: [Result]?
            var invocations: [Invocation]?
            var versionControlProvenance: [Revision]?

            func rule(of result: Result) -> Rule? {
                let rules = tool.driver.rules ?? []
                if let index = result.ruleIndex, rules.indices.contains(index) {
                    return rules[index]
                }
                return rules.first { $0.id == result.ruleId }
            }
        }

        struct Tool: Decodable {
            var driver: Driver
        }

        struct Driver: Decodable {
            var name: String
            var version: String?
            var semanticVersion: String?
            var rules: [Rule]?
        }

        struct Rule: Decodable {
            var id: String
            var name: String?
            var shortDescription: Message?
            var properties: Properties?
            var defaultConfiguration: Settings?
        }

        struct Message: Decodable {
            var text: String?
        }

        struct Settings: Decodable {
            var level: String?
        }

        struct Properties: Decodable {
            var tags: [String]?
            var severity: Severity?

            enum CodingKeys: String, CodingKey {
                case tags
                case severity = "security-severity"
            }
        }

        /// Written as text, and by some tools as a number.
        struct Severity: Decodable {
            var number: Double?

            init(from decoder: any Decoder) throws {
                let value = try decoder.singleValueContainer()
                if let number = try? value.decode(Double.self) {
                    self.number = number
                } else {
                    number = Double(try value.decode(String.self))
                }
            }
        }

        struct Invocation: Decodable {
            var executionSuccessful: Bool?
            var endTimeUtc: String?
        }

        struct Revision: Decodable {
            var revisionId: String?
        }

        struct Result: Decodable {
            var ruleId: String?
            var ruleIndex: Int?
            var level: String?
            var suppressions: [Suppression]?
            var locations: [Location]?

            /// A suppression that is under review or was rejected is none.
            var isSuppressed: Bool {
                suppressions?.contains { $0.status == nil || $0.status == "accepted" } ?? false
            }

            var place: String {
                let location = locations?.first?.physicalLocation
                let file = location?.artifactLocation?.uri ?? ""
                let line = location?.region?.startLine.map { ":\($0)" } ?? ""
                return cleaned(file + line, limit: 100)
            }
        }

        struct Suppression: Decodable {
            var status: String?
        }

        struct Location: Decodable {
            var physicalLocation: Physical?
        }

        struct Physical: Decodable {
            var artifactLocation: Artifact?
            var region: Region?
        }

        struct Artifact: Decodable {
            var uri: String?
        }

        struct Region: Decodable {
            var startLine: Int?
        }
    }
}
