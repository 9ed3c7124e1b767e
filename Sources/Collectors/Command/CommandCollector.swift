import Glibc
import Reactor
import Targets
import TimeSeries

/// Runs a program, without a shell, and keeps its exit code, how long it took, and the numbers
/// that it printed: `command_success`, `command_exit_code`, `command_duration_seconds`.
public actor CommandCollector: Collector {
    public nonisolated let id: TargetID
    private let settings: CommandSettings
    private let secrets: ResolvedSecrets

    /// Lines of output that are shown.
    private static let shownLines = 20

    public init(
        id: TargetID, settings: CommandSettings, secrets: ResolvedSecrets = ResolvedSecrets()
    ) {
        self.id = id
        self.settings = settings
        self.secrets = secrets
    }

    public func collect(
        deadline: ContinuousClock.Instant
    ) async throws(CollectionFailure) -> Reading {
        reading(try await output(by: deadline))
    }

    public func close() async {}

    private func output(
        by deadline: ContinuousClock.Instant
    ) async throws(CollectionFailure) -> ChildProcess.Output {
        let environment = settings.environment.merging(
            secrets.named.mapValues { $0.reveal() }
        ) { $1 }
        do {
            return try await ChildProcess.run(
                settings.run, environment: environment, outputLimit: settings.maxBytes,
                by: deadline)
        } catch {
            guard error != .cancelled else {
                throw CollectionFailure(.cancelled, "the command was cancelled")
            }
            throw CollectionFailure(.ours, cleaned(error.description), remedy: remedy(for: error))
        }
    }

    private func reading(_ output: ChildProcess.Output) -> Reading {
        let numbers = CommandOutput(output.standardOutput)
        var findings = [endingFinding(output)].compactMap(\.self)
        if let fault = numbers.fault {
            findings.append(
                Finding(
                    .degraded, "the output is not metrics: \(cleaned(fault.description))",
                    remedy: "Print Prometheus' text format, lines of \"name value\", or nothing."))
        }
        if output.isTruncated {
            findings.append(
                Finding(
                    .degraded, "the output was cut", actual: "> \(settings.maxBytes) bytes",
                    expected: "≤ \(settings.maxBytes) bytes",
                    remedy: "Print less, or raise max_bytes."))
        }
        let detail = CommandDetail(
            arguments: settings.run.map { cleaned(secrets.removed(from: $0)) },
            exitCode: output.exitCode.map(Int.init), duration: output.duration.inSeconds,
            output: shownOutput(output))
        return Reading(
            families: families(output) + numbers.families, detail: .command(detail),
            findings: findings)
    }

    private func families(_ output: ChildProcess.Output) -> [MetricFamily] {
        let isRight = output.exitCode.map { settings.ok.contains(Int($0)) } ?? false
        var families = [
            MetricFamily(
                "command_success", .gauge, "Whether the exit code is one of the good ones",
                value: isRight ? 1 : 0),
            MetricFamily(
                "command_duration_seconds", .gauge, "Time from the command's start to its end",
                value: output.duration.inSeconds),
        ]
        if let code = output.exitCode {
            families.append(
                MetricFamily(
                    "command_exit_code", .gauge, "Exit code; none when a signal ended it",
                    value: Double(code)))
        }
        return families
    }

    private func endingFinding(_ output: ChildProcess.Output) -> Finding? {
        let wanted = "exit \(settings.ok.map(String.init).joined(separator: ", "))"
        let said = shownOutput(output).first.map { ": \($0)" } ?? ""
        switch output.ending {
        case .exited(let code) where settings.ok.contains(Int(code)): return nil
        case .exited(let code):
            let health: Health = settings.degraded.contains(Int(code)) ? .degraded : .critical
            return Finding(
                health, "exit code \(code)\(said)", actual: "exit \(code)", expected: wanted)
        case .signalled(let number):
            return Finding(
                .critical, "ended by signal \(number)\(said)", actual: "signal \(number)",
                expected: wanted)
        case .killedAtDeadline:
            return Finding(
                .critical, "did not end in time and was killed",
                actual: milliseconds(output.duration),
                expected: wanted, remedy: "Raise timeout, or find out what it waits for.")
        }
    }

    private func shownOutput(_ output: ChildProcess.Output) -> [String] {
        let bytes = output.standardOutput.isEmpty ? output.standardError : output.standardOutput
        let text = String(decoding: bytes.prefix(8192), as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).prefix(CommandCollector.shownLines).map {
            cleaned(secrets.removed(from: String($0)))
        }
    }

    private func remedy(for failure: ReactorFailure) -> String? {
        switch failure {
        case .system(_, ENOENT): "There is no such program: give its full path."
        case .system(_, EACCES): "Make the program executable for the user of dogwatch."
        default: nil
        }
    }
}
