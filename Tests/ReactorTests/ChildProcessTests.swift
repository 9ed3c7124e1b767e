import Glibc
import Reactor
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ChildProcessTests {
    @Test("a program's output, error output and exit code are kept apart")
    func output() async throws {
        let result = try await ChildProcess.run(
            ["sh", "-c", "echo out; echo err >&2; exit 3"], by: .after(.seconds(20)))
        #expect(result.ending == .exited(code: 3))
        #expect(String(decoding: result.standardOutput, as: UTF8.self) == "out\n")
        #expect(String(decoding: result.standardError, as: UTF8.self) == "err\n")
        #expect(!result.isTruncated)
    }

    @Test("arguments reach the program as they are, without a shell")
    func noShell() async throws {
        let result = try await ChildProcess.run(
            ["printf", "%s|", "$HOME", "a b", "; ls"], by: .after(.seconds(20)))
        #expect(String(decoding: result.standardOutput, as: UTF8.self) == "$HOME|a b|; ls|")
    }

    @Test("input is fed, also when it is longer than a pipe holds")
    func input() async throws {
        let text = [UInt8](repeating: 65, count: 300_000)
        let result = try await ChildProcess.run(
            ["cat"], input: text, outputLimit: 1 << 20, by: .after(.seconds(20)))
        #expect(result.standardOutput == text)
    }

    @Test("a program that ignores its input ends all the same")
    func ignoredInput() async throws {
        let text = [UInt8](repeating: 65, count: 300_000)
        let result = try await ChildProcess.run(["true"], input: text, by: .after(.seconds(20)))
        #expect(result.ending == .exited(code: 0))
    }

    @Test("output beyond the limit is dropped and said so")
    func limit() async throws {
        let result = try await ChildProcess.run(
            ["head", "-c", "1000000", "/dev/zero"], outputLimit: 1000, by: .after(.seconds(20)))
        #expect(result.standardOutput.count == 1000)
        #expect(result.isTruncated)
        #expect(result.ending == .exited(code: 0))
    }

    @Test("the deadline kills the program and everything it started")
    func deadline() async throws {
        let began = ContinuousClock.now
        let result = try await ChildProcess.run(
            ["sh", "-c", "trap '' TERM; sleep 30 & echo $!; wait"],
            by: .after(.milliseconds(200)))
        #expect(result.ending == .killedAtDeadline)
        #expect(ContinuousClock.now - began < .seconds(25))
        let text = String(decoding: result.standardOutput.dropLast(), as: UTF8.self)
        let child = try #require(pid_t(text))
        #expect(await hasEnded(child))
    }

    @Test("what a program leaves running is killed when it ends, and does not hold the result back")
    func leftovers() async throws {
        let began = ContinuousClock.now
        let result = try await ChildProcess.run(
            ["sh", "-c", "sleep 30 & echo $!"], by: .after(.seconds(20)))
        #expect(ContinuousClock.now - began < .seconds(25))
        let child = try #require(
            pid_t(String(decoding: result.standardOutput.dropLast(), as: UTF8.self)))
        #expect(await hasEnded(child))
    }

    @Test("cancelling ends the program")
    func cancellation() async {
        let task = Task {
            try await ChildProcess.run(["sleep", "30"], by: .after(.seconds(30)))
        }
        try? await sleep(until: .after(.milliseconds(20)))
        task.cancel()
        await #expect(throws: ReactorFailure.cancelled) { try await task.value }
    }

    @Test("a program that does not exist is a failure with its error number")
    func missing() async {
        await #expect(throws: ReactorFailure.system(call: "start /no/such", errno: ENOENT)) {
            _ = try await ChildProcess.run(["/no/such"], by: .after(.seconds(20)))
        }
    }

    @Test("a signal that ended a program is told")
    func signal() async throws {
        let result = try await ChildProcess.run(
            ["sh", "-c", "kill -SEGV $$"], by: .after(.seconds(20)))
        #expect(result.ending == .signalled(SIGSEGV))
    }

    @Test("secrets in our environment stay with us")
    func environment() async throws {
        setenv("DOGWATCH_TEST_TOKEN", "hunter2", 1)
        let result = try await ChildProcess.run(
            ["env"], environment: ["GIVEN": "yes"], by: .after(.seconds(20)))
        let text = String(decoding: result.standardOutput, as: UTF8.self)
        #expect(text.contains("GIVEN=yes"))
        #expect(!text.contains("hunter2"))
    }

    /// Whether a process is gone or a zombie, looked at for two seconds.
    private func hasEnded(_ process: pid_t) async -> Bool {
        for _ in 0..<200 {
            let text = textOfStatus(process)
            if text.isEmpty || text.contains("State:\tZ") || text.contains("State:\tX") {
                return true
            }
            try? await sleep(until: .after(.milliseconds(10)))
        }
        return false
    }
}
