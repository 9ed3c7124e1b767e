import ArgumentParser
import Glibc
import PromQL

/// Runs scripts of Prometheus' `promqltest` format against the engine of the watch.
struct TestPromQLCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promql",
        abstract: "Run promqltest scripts: load, clear, eval and what is expected.",
        discussion: """
            Each evaluation that does not pass is printed with file:line. What needs a feature that is \
            not offered counts as unsupported, not as failed.
            Exit code: 0 when none failed, 1 when one did, 2 when a script cannot be read.
            """)

    /// A script may have so many bytes.
    private static let sizeLimit = 64 << 20

    @Flag(name: .long, help: "Print JSON.") var json = false
    @Argument(help: "The scripts, run each by itself.") var files: [String]

    func run() async throws {
        var report = PromQLTestReport()
        for file in files {
            do {
                report.add(try Script(parsing: try Self.text(of: file)).run(), of: file)
            } catch let error as ScriptError {
                report.faults.append("\(file):\(error.line): \(error.message)")
            } catch {
                report.faults.append("\(file): \(error)")
            }
        }
        say(json ? try pretty(report) : report.description)
        for fault in report.faults { complain("dogwatch: \(fault)") }
        guard report.exitCode == 0 else { throw ExitCode(report.exitCode) }
    }

    private static func text(of path: String) throws -> String {
        guard let file = fopen(path, "r") else { throw ScriptFileError.unreadable(errno) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&block, 1, block.count, file), count > 0 {
            bytes += block[..<count]
            guard bytes.count <= sizeLimit else { throw ScriptFileError.tooLong(sizeLimit) }
        }
        guard ferror(file) == 0 else { throw ScriptFileError.unreadable(errno) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ScriptFileError.notUTF8
        }
        return text
    }
}

private enum ScriptFileError: Error, CustomStringConvertible {
    /// With the system's error number.
    case unreadable(Int32)
    case tooLong(Int)
    case notUTF8

    var description: String {
        switch self {
        case .unreadable(let code): "cannot be read: \(String(cString: strerror(code)))"
        case .tooLong(let limit): "is longer than \(limit >> 20) MiB"
        case .notUTF8: "is not UTF-8 text"
        }
    }
}

/// What became of the evaluations of some scripts.
struct PromQLTestReport: Encodable, CustomStringConvertible {
    struct Evaluation: Encodable {
        var file: String
        var line: Int
        var query: String
        /// "passed", "failed" or "unsupported".
        var verdict: String
        /// What was expected and what came, or what is not offered; nil where it passed.
        var reason: String?
    }

    private(set) var evaluations: [Evaluation] = []
    /// Scripts that could not be run, with their place.
    var faults: [String] = []
    private(set) var passed = 0
    private(set) var failed = 0
    private(set) var unsupported = 0

    mutating func add(_ outcomes: [Script.Outcome], of file: String) {
        for outcome in outcomes {
            let (verdict, reason): (String, String?)
            switch outcome.verdict {
            case .passed:
                (verdict, reason) = ("passed", nil)
                passed += 1
            case .failed(let why):
                (verdict, reason) = ("failed", why)
                failed += 1
            case .unsupported(let what):
                (verdict, reason) = ("unsupported", what)
                unsupported += 1
            }
            evaluations.append(
                Evaluation(
                    file: file, line: outcome.line, query: outcome.query, verdict: verdict,
                    reason: reason))
        }
    }

    var exitCode: Int32 { !faults.isEmpty ? 2 : failed > 0 ? 1 : 0 }

    /// A line for each evaluation that did not pass and its reason below, then the counts.
    var description: String {
        let lines = evaluations.compactMap { evaluation in
            evaluation.reason.map { reason in
                "\(evaluation.file):\(evaluation.line): \(evaluation.verdict): "
                    + "\(evaluation.query)\n    \(reason)\n"
            }
        }
        return lines.joined()
            + "\(passed) passed, \(failed) failed, \(unsupported) unsupported\n"
    }
}
