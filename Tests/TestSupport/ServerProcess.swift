import CSystem
import Dispatch
import Glibc
import Synchronization

/// A real server that a test starts and stops: exactly the process that it started, by its id.
public final class ServerProcess: Sendable {
    public let pid: pid_t
    /// What the server prints, both streams.
    public let log: String
    private let isRunning = Mutex(true)

    /// Starts a program and returns once `isReady` says so. Throws with the end of its log when it
    /// exits before, or is not ready within `limit`.
    ///
    /// - Parameters:
    ///   - user: the account to run as, through setpriv; needs root.
    ///   - environment: added to PATH and a C locale; nothing else is inherited.
    public init(
        _ arguments: [String], user: String? = nil, environment: [String: String] = [:],
        log: String, limit: Duration = .seconds(20), isReady: () -> Bool
    ) throws {
        self.log = log
        pid = try ServerProcess.start(
            ServerProcess.command(arguments, as: user), environment, log: log)
        let deadline = ContinuousClock.now + limit
        while !isReady() {
            let hasExited = isOver()
            // A program may have said that it is ready, then ended, between the two looks.
            if hasExited, isReady() { return }
            guard !hasExited, ContinuousClock.now < deadline else {
                stop()
                let why = hasExited ? "exited" : "was not ready in time"
                throw TestFailure("\(arguments[0]) \(why): \(textOfFile(log).suffix(2000))")
            }
            usleep(10_000)
        }
    }

    deinit { stop() }

    /// Ends the server: `signal`, five seconds, then SIGKILL. Harmless when it has ended.
    public func stop(signal: Int32 = SIGTERM) {
        isRunning.withLock { isRunning in
            guard isRunning else { return }
            isRunning = false
            kill(pid, signal)
            let deadline = ContinuousClock.now + .seconds(5)
            while waitpid(pid, nil, WNOHANG) == 0 {
                if ContinuousClock.now > deadline {
                    kill(-pid, SIGKILL)
                    waitpid(pid, nil, 0)
                    return
                }
                usleep(5_000)
            }
        }
    }

    /// Stops the server's clock without ending it (SIGSTOP), and lets it go on (SIGCONT).
    public func freeze(_ isFrozen: Bool) { kill(-pid, isFrozen ? SIGSTOP : SIGCONT) }

    private func isOver() -> Bool {
        isRunning.withLock { isRunning in
            if isRunning, waitpid(pid, nil, WNOHANG) != 0 { isRunning = false }
            return !isRunning
        }
    }

    private static func command(_ arguments: [String], as user: String?) -> [String] {
        guard let user else { return arguments }
        return ["setpriv", "--reuid=\(user)", "--regid=\(user)", "--init-groups", "--"] + arguments
    }

    private static func start(
        _ arguments: [String], _ environment: [String: String], log: String
    ) throws -> pid_t {
        let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
        let output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        defer {
            close(nothing)
            close(output)
        }
        var settings = ["PATH": searchPath, "LC_ALL": "C"]
        settings.merge(environment) { $1 }
        var process = pid_t()
        let result = withCStrings(arguments) { arguments in
            withCStrings(settings.map { "\($0.key)=\($0.value)" }) { settings in
                dw_spawn(arguments[0], arguments, settings, nil, nothing, output, output, &process)
            }
        }
        guard result == 0 else { throw TestFailure("start \(arguments[0]): errno \(result)") }
        return process
    }
}

/// Runs what blocks (starting servers, making certificates) away from the few threads that all
/// tests share, so that no other test's timing suffers.
public func blocking<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        onOwnThread { continuation.resume(with: Result { try body() }) }
    }
}

/// A queue for each call: a shared one would give its blocked calls a second thread only slowly.
func onOwnThread(_ body: @escaping @Sendable () -> Void) {
    DispatchQueue(label: "test.blocking").async(execute: body)
}

/// Where servers are looked for; Debian keeps some outside of an ordinary account's PATH.
public let searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/// For `.enabled(if:)`: whether these programs are installed. Where CI is promised they are taken
/// for installed, so that a missing one fails the test; elsewhere the skip is said aloud.
public func installed(_ programs: String...) -> Bool {
    let missing = programs.filter { name in
        if name.hasPrefix("/") { return access(name, name.hasSuffix(".so") ? R_OK : X_OK) != 0 }
        return !searchPath.split(separator: ":").contains { access("\($0)/\(name)", X_OK) == 0 }
    }
    if missing.isEmpty { return true }
    if getenv("CI").map({ String(cString: $0) }) == "true" { return true }
    print("skipped: not installed: \(missing.joined(separator: ", "))")
    return false
}

/// Runs a program to its end, at most 20 seconds, and returns what it printed.
@discardableResult
public func run(_ arguments: [String], in folder: TemporaryFolder, user: String? = nil) throws
    -> String
{
    let log = folder.path("run-\(arguments[0].split(separator: "/").last ?? "")-\(getpid()).log")
    unlink(log)
    try folder.write("", to: String(log.dropFirst(folder.path.count + 1)), mode: 0o666)
    let marker = ["sh", "-c", "\"$@\"; echo \"exit=$?\"", "sh"] + arguments
    let process = try ServerProcess(marker, user: user, log: log) {
        textOfFile(log).contains("exit=")
    }
    process.stop()
    let text = textOfFile(log)
    guard text.hasSuffix("exit=0\n") else { throw TestFailure("\(arguments): \(text)") }
    return String(text.dropLast("exit=0\n".count))
}

private func withCStrings<R>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) throws -> R
) rethrows -> R {
    let copies = strings.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    return try body(copies + [nil])
}
