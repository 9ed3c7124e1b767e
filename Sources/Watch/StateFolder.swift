import Glibc

/// The folder of one watch's state, and the lock that makes a process its owner.
public struct StateFolder: Sendable {
    public let path: String

    public var socketPath: String { path + "/watch.sock" }
    public var logPath: String { path + "/dogwatch.log" }
    public var historyPath: String { path + "/history.db" }
    public var pagerPath: String { path + "/pager.db" }
    var lockPath: String { path + "/lock" }

    public init(path: String) { self.path = path }

    /// `--state`, else `$STATE_DIRECTORY`, else `${XDG_STATE_HOME:-~/.local/state}/dogwatch/<slug>`.
    public static func standard(
        option: String?, environment: [String: String], watchName: String
    ) -> StateFolder {
        if let option { return StateFolder(path: option) }
        if let directory = environment["STATE_DIRECTORY"], !directory.isEmpty {
            return StateFolder(path: directory.split(separator: ":").first.map(String.init) ?? "")
        }
        let base =
            environment["XDG_STATE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
            ?? (environment["HOME"] ?? "/tmp") + "/.local/state"
        return StateFolder(path: "\(base)/dogwatch/\(slug(watchName))")
    }

    /// Lower-case letters, digits and single hyphens; at most 40 characters, never empty.
    static func slug(_ name: String) -> String {
        var result = ""
        for character in name.lowercased() {
            if character.isASCII, character.isLetter || character.isNumber {
                result.append(character)
            } else if !result.hasSuffix("-"), !result.isEmpty {
                result.append("-")
            }
        }
        result = String(result.prefix(40))
        while result.hasSuffix("-") { result.removeLast() }
        return result.isEmpty ? "watch" : result
    }

    /// Makes the folder and its missing parents, readable by their owner alone.
    public func create() throws(StateFailure) {
        var partial = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: true) {
            partial += (partial.isEmpty && !path.hasPrefix("/") ? "" : "/") + part
            if mkdir(partial, 0o700) != 0, errno != EEXIST {
                throw StateFailure(path: partial, action: "create", errno: errno)
            }
        }
    }

    /// Takes the lock; nil when another process owns the watch.
    public func lock() throws(StateFailure) -> StateLock? {
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StateFailure(path: lockPath, action: "open", errno: errno)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let cause = errno
            close(descriptor)
            if cause == EWOULDBLOCK { return nil }
            throw StateFailure(path: lockPath, action: "lock", errno: cause)
        }
        ftruncate(descriptor, 0)
        let text = "\(getpid())\n"
        _ = text.withCString { write(descriptor, $0, strlen($0)) }
        return StateLock(descriptor: descriptor)
    }
}

/// Held by the owner of a watch for as long as it lives; the kernel frees it when the process ends.
public final class StateLock: Sendable {
    private let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}

/// The state folder cannot be used.
public struct StateFailure: Error, CustomStringConvertible {
    public var path: String
    public var action: String
    public var errno: Int32

    public var description: String {
        "cannot \(action) \(path): \(String(cString: strerror(errno)))."
            + " Choose another folder with --state."
    }
}
