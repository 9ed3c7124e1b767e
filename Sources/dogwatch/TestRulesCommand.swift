import ArgumentParser
import Configuration
import Lint
import Rules
import Watch

/// Runs the unit tests of rule files, in the format of `promtool test rules`.
struct TestRulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "Run unit tests of rule files, in promtool's format.",
        discussion: "Exit code: 0 when every case passes, 1 when one fails.")

    @Argument(help: "Files of tests; the rule files that they name are found from their folder.")
    var files: [String]
    @Flag(name: .long, help: "Print JSON.") var json = false

    func run() async throws {
        let reports = files.map(RuleTestReport.init)
        say(json ? try pretty(reports) : reports.map(\.text).joined())
        if reports.contains(where: { $0.failed > 0 }) { throw ExitCode(1) }
    }
}

/// What became of one file of tests.
struct RuleTestReport: Encodable {
    struct Case: Encodable {
        var test: String
        var subject: String
        var line: Int
        var failure: String?
    }

    let file: String
    private(set) var passed = 0
    private(set) var failed = 0
    /// Why nothing of the file was run; each counts as failed.
    private(set) var faults: [String] = []
    private(set) var warnings: [String] = []
    private(set) var cases: [Case] = []

    /// Reads the file and its rule files, and runs the tests.
    init(of file: String) {
        self.file = file
        guard let tests = read(file, RuleTestFile.read(yaml:path:)) else { return }
        var rules = Rules()
        for pattern in tests.ruleFiles { read(matching: pattern, into: &rules) }
        guard faults.isEmpty else { return }
        let interval = tests.evaluationInterval
        let outcomes = tests.outcomes(groups: rules.groups) {
            JudgedTrial(alerts: rules.alerts, slos: rules.slos, interval: interval)
        }
        for outcome in outcomes {
            cases.append(
                Case(
                    test: outcome.test, subject: outcome.subject, line: outcome.line,
                    failure: outcome.failure))
            if outcome.failure == nil { passed += 1 } else { failed += 1 }
        }
    }

    /// What the files under test hold.
    private struct Rules {
        var groups: [RuleGroup] = []
        var alerts: [AlertSpec] = []
        var slos: [SLOSpec] = []
    }

    private mutating func read(matching pattern: String, into rules: inout Rules) {
        let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
        let found = paths(matching: pattern.hasPrefix("/") ? pattern : folder + pattern)
        if found.isEmpty { warnings.append("\(file): \"\(pattern)\" names no file") }
        for path in found {
            if path.hasSuffix(".toml") {
                guard let (judged, warned) = read(path, Self.judged) else { continue }
                warnings += warned.map(\.description)
                rules.alerts += judged.alerts
                rules.slos += judged.slos
            } else if let filed = read(path, RuleFile.read(yaml:path:)) {
                warnings += filed.warnings.map(\.description)
                rules.groups += filed.groups
            }
        }
    }

    private static func judged(
        _ bytes: [UInt8], _ path: String
    ) -> Result<(file: JudgedFile, warnings: [Fault]), Faults> {
        JudgedFile.read(
            bytes: bytes, path: path,
            surroundings: Surroundings(environment: environmentVariables()))
    }

    private mutating func read<Value>(
        _ path: String, _ parse: ([UInt8], String) -> Result<Value, Faults>
    ) -> Value? {
        do {
            return try parse(try bytes(ofFile: path), path).get()
        } catch let all as Faults {
            faults += all.all.map(\.description)
        } catch {
            faults.append("\(error)")
        }
        failed = faults.count
        return nil
    }

    /// Faults and failures, then the summary.
    var text: String {
        var lines = warnings + faults
        for one in cases {
            guard let failure = one.failure else { continue }
            let place = one.line > 0 ? "\(file):\(one.line)" : file
            lines.append("\(place): \(one.test): \(one.subject)")
            lines += failure.split(separator: "\n").map { "    \($0)" }
        }
        lines.append("\(file): \(passed) passed, \(failed) failed")
        return lines.joined(separator: "\n") + "\n"
    }
}
