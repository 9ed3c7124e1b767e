import CSystem
import Glibc

/// Runs a program to its end: no shell, a process group of its own, bounded in time and output.
public enum ChildProcess {
    /// How a program ended.
    public enum Ending: Sendable, Hashable {
        case exited(code: Int32)
        case signalled(Int32)
        /// It was killed, with everything in its group, as the deadline came.
        case killedAtDeadline
    }

    /// What a program left behind.
    public struct Output: Sendable, Hashable {
        public var ending: Ending
        public var standardOutput: [UInt8]
        public var standardError: [UInt8]
        /// Whether either stream had more than the limit; the rest was read and dropped.
        public var isTruncated: Bool
        public var duration: Duration

        /// nil unless the program exited by itself.
        public var exitCode: Int32? {
            guard case .exited(let code) = ending else { return nil }
            return code
        }
    }

    /// What a child inherits of our environment; secrets in other variables stay with us.
    public static let inheritedVariables = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ"]

    /// Starts a program, feeds it `input`, and waits for it.
    ///
    /// When the program ends, what it left running in its group is killed.
    ///
    /// - Parameters:
    ///   - arguments: program (looked up in PATH when it has no slash) and arguments.
    ///   - environment: added to `inheritedVariables`.
    ///   - outputLimit: bytes kept of each stream.
    /// - Throws: `.system` with ENOENT, EACCES, … when it cannot be started; `.cancelled`.
    @IO
    public static func run(
        _ arguments: [String], environment: [String: String] = [:], folder: String? = nil,
        input: [UInt8] = [], outputLimit: Int = 64 << 10, by deadline: Deadline
    ) async throws(ReactorFailure) -> Output {
        guard let program = arguments.first else { throw .system(call: "start", errno: EINVAL) }
        let began = ContinuousClock.now
        let pipes = try ChildPipes(input: input, outputLimit: outputLimit)
        defer { pipes.close() }
        let (inputEnd, outputEnd, errorEnd) = pipes.childEnds
        let started = await offLoop {
            start(
                arguments, environment: environment, folder: folder,
                descriptors: (inputEnd, outputEnd, errorEnd))
        }
        pipes.closeChildEnds()
        guard case .success(let process) = started else {
            throw .system(call: "start \(program)", errno: started.errno)
        }
        pipes.watch()
        let ending = try await end(of: process, by: deadline)
        pipes.drain()
        return Output(
            ending: ending, standardOutput: pipes.output.bytes, standardError: pipes.error.bytes,
            isTruncated: pipes.output.isTruncated || pipes.error.isTruncated,
            duration: ContinuousClock.now - began)
    }

    private enum Start: Sendable {
        case success(pid_t)
        case failure(Int32)

        var errno: Int32 { if case .failure(let number) = self { number } else { 0 } }
    }

    private static func start(
        _ arguments: [String], environment: [String: String], folder: String?,
        descriptors: (Int32, Int32, Int32)
    ) -> Start {
        var settings: [String: String] = [:]
        for name in inheritedVariables {
            if let value = getenv(name) { settings[name] = String(cString: value) }
        }
        settings.merge(environment) { $1 }
        var process = pid_t()
        let result = withCStrings(arguments) { arguments in
            withCStrings(settings.map { "\($0.key)=\($0.value)" }) { settings in
                dw_spawn(
                    arguments[0], arguments, settings, folder, descriptors.0, descriptors.1,
                    descriptors.2, &process)
            }
        }
        return result == 0 ? .success(process) : .failure(result)
    }

    /// Waits for the end, then kills what is left of the group and reaps the leader; in this order,
    /// as the group's number is free for others once the leader is reaped.
    @IO
    private static func end(
        of process: pid_t, by deadline: Deadline
    ) async throws(ReactorFailure) -> Ending {
        let handle = dw_process_descriptor(process)
        guard handle >= 0 else {
            let number = errno
            killAndForget(process)
            throw .system(call: "pidfd_open", errno: number)
        }
        defer { Glibc.close(handle) }
        do {
            try await readable(handle, by: deadline)
        } catch {
            killAndForget(process)
            guard case .timedOut = error else { throw error }
            return .killedAtDeadline
        }
        kill(-process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        let signal = status & 0x7f
        return signal == 0 ? .exited(code: (status >> 8) & 0xff) : .signalled(signal)
    }

    /// Kills a group and leaves the reaping to another thread: a process can linger in the kernel,
    /// on a dead disk for example.
    private static func killAndForget(_ process: pid_t) {
        kill(-process, SIGKILL)
        onOwnThread { while waitpid(process, nil, 0) < 0, errno == EINTR {} }
    }
}

private func withCStrings<R>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) throws -> R
) rethrows -> R {
    let copies = strings.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    return try body(copies + [nil])
}
