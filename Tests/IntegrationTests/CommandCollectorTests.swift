import Collectors
import Reactor
import Targets
import TestSupport
import Testing

/// The command collector with real programs.
@Suite(.timeLimit(.minutes(1)))
struct CommandCollectorTests {
    private func run(
        _ words: [String], within limit: Duration = .seconds(20),
        secrets: ResolvedSecrets = ResolvedSecrets(),
        _ change: (inout CommandSettings) -> Void = { _ in }
    ) async throws -> Reading {
        var settings = CommandSettings(run: words)
        change(&settings)
        return try await CommandCollector(
            id: TargetID(.command, "x"), settings: settings, secrets: secrets
        ).collect(deadline: .after(limit))
    }

    @Test(
        "the exit code decides",
        arguments: [(0, nil), (1, .degraded), (2, .critical), (3, .critical)]
            as [(Int, Health?)])
    func exitCode(code: Int, health: Health?) async throws {
        let reading = try await run(["sh", "-c", "echo status line; exit \(code)"])
        #expect(reading.findings.first?.health == health)
        #expect(reading.findings.first.map { $0.title.hasSuffix(": status line") } ?? true)
        #expect(reading.value("command_exit_code") == Double(code))
        #expect(reading.value("command_success") == (code == 0 ? 1 : 0))
    }

    @Test("numbers come out, and secrets go in without being shown")
    func numbers() async throws {
        let reading = try await run(
            ["sh", "-c", "echo \"jobs{queue=\\\"mail\\\"} 3\"; echo \"# $TOKEN\""],
            secrets: ResolvedSecrets(named: ["TOKEN": Secret("hunter2")]))
        #expect(reading.value("jobs") == 3)
        guard case .command(let detail) = reading.detail else { return }
        #expect(detail.output == ["jobs{queue=\"mail\"} 3", "# ••••"])
    }

    @Test("a command that hangs is killed and told")
    func hang() async throws {
        let reading = try await run(["sleep", "30"], within: .milliseconds(200))
        #expect(reading.findings.first?.title == "did not end in time and was killed")
        #expect(reading.value("command_success") == 0)
        #expect(reading.value("command_exit_code") == nil)
    }

    @Test("a flood of output is cut and told")
    func flood() async throws {
        let reading = try await run(["head", "-c", "10000000", "/dev/zero"]) { $0.maxBytes = 1000 }
        #expect(reading.findings.map(\.title) == ["the output was cut"])
    }

    @Test("a program that is missing is our fault")
    func missing() async {
        let failure = await #expect(throws: CollectionFailure.self) {
            _ = try await run(["/no/such/program"])
        }
        #expect(failure?.reason == .ours)
        #expect(failure?.remedy != nil)
    }
}

extension Reading {
    fileprivate func value(_ name: String) -> Double? {
        families.first { $0.metadata.name == name }?.points.first?.value
    }
}
