import ArgumentParser
import Configuration
import Lint
import Rules

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
        var groups: [RuleGroup] = []
        for pattern in tests.ruleFiles { groups += rules(matching: pattern) }
        guard faults.isEmpty else { return }
        for outcome in tests.outcomes(groups: groups) {
            cases.append(
                Case(
                    test: outcome.test, subject: outcome.subject, line: outcome.line,
                    failure: outcome.failure))
            if outcome.failure == nil { passed += 1 } else { failed += 1 }
        }
    }

    private mutating func rules(matching pattern: String) -> [RuleGroup] {
        let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
        let found = paths(matching: pattern.hasPrefix("/") ? pattern : folder + pattern)
        if found.isEmpty { warnings.append("\(file): \"\(pattern)\" names no file") }
        var groups: [RuleGroup] = []
        for path in found {
            guard let rules = read(path, RuleFile.read(yaml:path:)) else { continue }
            warnings += rules.warnings.map(\.description)
            groups += rules.groups
        }
        return groups
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
