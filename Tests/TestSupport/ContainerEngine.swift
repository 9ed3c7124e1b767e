import Glibc

/// A real dockerd in namespaces of its own, started and stopped by Scripts/containers.sh.
public final class ContainerEngine {
    public let socket: String
    private let folder: TemporaryFolder
    private var isUp = true

    /// Starts the engine with the one image `shop/base:1`, a busybox; about two seconds.
    public init() throws {
        folder = try TemporaryFolder("engine")
        socket = folder.path("e/docker.sock")
        do {
            try run([Self.script, "engine", folder.path("e")], in: folder)
        } catch {
            stop()
            throw error
        }
    }

    deinit { stop() }

    /// Removes all containers and ends the engine with everything that it started.
    public func stop() {
        guard isUp else { return }
        isUp = false
        _ = try? run([Self.script, "down", folder.path("e")], in: folder)
    }

    /// Runs the docker command against the engine; returns what it prints.
    @discardableResult
    public func docker(_ arguments: String...) throws -> String {
        try run(["/usr/bin/docker", "--host", "unix://\(socket)"] + arguments, in: folder)
    }

    /// Starts a container of the one image that runs a shell script.
    public func start(_ name: String, _ options: [String] = [], script: String) throws {
        try run(
            ["/usr/bin/docker", "--host", "unix://\(socket)", "run", "--detach", "--name", name]
                + options + ["shop/base:1", "sh", "-c", script], in: folder)
    }

    /// Runs a shell script in which `docker` speaks to the engine.
    @discardableResult
    public func shell(_ script: String) throws -> String {
        let setup = "docker() { /usr/bin/docker --host unix://\(socket) \"$@\"; }; set -e; "
        return try run(["sh", "-c", setup + script], in: folder)
    }

    /// Stops dockerd's clock (SIGSTOP), and lets it go on (SIGCONT). Containers run on.
    ///
    /// Returns once no thread of it runs: until then an answer can still come.
    public func freeze(_ isFrozen: Bool) throws {
        let pid = try pid
        Glibc.kill(pid, isFrozen ? SIGSTOP : SIGCONT)
        let end = ContinuousClock.now + .seconds(5)
        while isFrozen, !Self.isStopped(pid) {
            guard ContinuousClock.now < end else { throw TestFailure("dockerd does not stop") }
            usleep(1000)
        }
    }

    private static func isStopped(_ pid: pid_t) -> Bool {
        let threads = namesIn("/proc/\(pid)/task")
        return !threads.isEmpty
            && threads.allSatisfy { thread in
                let stat = textOfFile("/proc/\(pid)/task/\(thread)/stat")
                return stat.split(separator: ")").last?.split(separator: " ").first == "T"
            }
    }

    /// Ends dockerd without a chance to clean up (SIGKILL).
    public func kill() throws { Glibc.kill(try pid, SIGKILL) }

    /// Starts it again after `kill`, with the containers that it had.
    public func restart() throws { try run([Self.script, "engine", folder.path("e")], in: folder) }

    private var pid: pid_t {
        get throws {
            let fields = textOfFile(folder.path("e/engine.pid")).split(separator: " ")
            guard let pid = fields.first.flatMap({ pid_t($0) }), pid > 1 else {
                throw TestFailure("no engine.pid")
            }
            return pid
        }
    }

    /// Whether an engine can be started here; if not, the skip is said aloud. Where CI is promised a
    /// missing package is no reason to skip: the test fails on it.
    public static var isPossible: Bool {
        do {
            try run([script, "check"], in: TemporaryFolder("engine"))
            return true
        } catch {
            let isMissing = "\(error)".contains("exit=4")
            if isMissing, getenv("CI").map({ String(cString: $0) }) == "true" { return true }
            print("skipped: \(error)")
            return false
        }
    }

    private static var script: String {
        let folders = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return "/\(folders)/Scripts/containers.sh"
    }
}
