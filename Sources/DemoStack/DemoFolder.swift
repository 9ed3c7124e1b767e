import Glibc

/// The folder of one running demo: its configuration, control socket, logs and servers' data.
///
/// It lies in a base folder of the user that runs the demo: `$XDG_RUNTIME_DIR/dogwatch-demo-<uid>`, or
/// below /tmp without that variable and for root, whose PostgreSQL runs as another user and must be able
/// to reach its data. Nobody but the owner can list or read either folder.
struct DemoFolder: Equatable {
    let path: String

    var configuration: String { "\(path)/config.toml" }
    var control: String { "\(path)/control.sock" }
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Makes a new one, named after this process, and cleans up after demos that could not.
    static func create() throws(DemoFailure) -> DemoFolder {
        let base = base
        // Root's servers run as users of their own and pass through: execute, without read.
        let mode: mode_t = getuid() == 0 ? 0o711 : 0o700
        if mkdir(base, mode) == 0 { chmod(base, mode) }
        guard let found = entry(at: base), found.isFolder, found.st_uid == getuid(),
            found.st_mode & 0o066 == 0
        else {
            throw DemoFailure(
                "\(base) is not a folder that only you can write. Remove it and start again.")
        }
        let lock = hold(base, LOCK_EX)
        defer { close(lock) }
        for folder in all where !folder.isInUse { folder.abandoned() }
        let path = "\(base)/\(getpid())"
        guard mkdir(path, mode) == 0 else {
            throw DemoFailure("cannot make \(path)", errno: errno)
        }
        chmod(path, mode)
        let folder = DemoFolder(path: path)
        folder.use()
        return folder
    }

    /// Marks the folder as in use for as long as this process lives.
    func use() { _ = DemoFolder.hold(path, LOCK_SH) }

    /// The demo that was started last, of those that run.
    static func newest() -> DemoFolder? {
        let started = all.filter(\.isInUse).compactMap { folder in
            entry(at: folder.control).map { (folder, $0.st_mtim) }
        }
        return started.max {
            ($0.1.tv_sec, $0.1.tv_nsec) < ($1.1.tv_sec, $1.1.tv_nsec)
        }?.0
    }

    /// Removes the folder, and the base folder once no demo is left in it.
    func remove() {
        let base = DemoStack.folder(of: path)
        let lock = DemoFolder.hold(base, LOCK_EX)
        removeTree(path)
        rmdir(base)
        close(lock)
    }

    private static var all: [DemoFolder] {
        let base = base
        return names(in: base).filter { pid_t($0) != nil }.map { DemoFolder(path: "\(base)/\($0)") }
    }

    private var isInUse: Bool {
        let lock = DemoFolder.hold(path, LOCK_EX | LOCK_NB)
        if lock >= 0 { close(lock) }
        return lock < 0
    }

    /// Ends what a demo has left behind whose stack and keeper were both killed.
    private func abandoned() {
        let left = servers(in: path)
        say("cleaning up \(path), which was left behind with \(left.count) processes")
        endProcesses(
            Dictionary(
                uniqueKeysWithValues: left.map { process in
                    (process, Program(id: "left", arguments: [], folder: path, log: "/dev/null"))
                }))
        removeTree(path)
    }

    /// Opens and locks a folder (flock(2)); -1 when that cannot be. The lock ends with the process.
    private static func hold(_ folder: String, _ kind: Int32) -> Int32 {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0, flock(descriptor, kind) != 0 else { return descriptor }
        close(descriptor)
        return -1
    }

    private static var base: String {
        let runtime = getuid() == 0 ? nil : getenv("XDG_RUNTIME_DIR").map { String(cString: $0) }
        let parent = runtime.flatMap { access($0, W_OK) == 0 ? $0 : nil } ?? "/tmp"
        return "\(parent)/dogwatch-demo-\(getuid())"
    }
}
