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

    /// Makes a new one, named after this process.
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
        let path = "\(base)/\(getpid())"
        removeTree(path)
        guard mkdir(path, mode) == 0 else {
            throw DemoFailure("cannot make \(path)", errno: errno)
        }
        chmod(path, mode)
        return DemoFolder(path: path)
    }

    /// The demo that was started last, of those whose process still runs.
    static func newest() -> DemoFolder? {
        let base = base
        let running = names(in: base).filter { pid_t($0).map { kill($0, 0) == 0 } == true }
        let started = running.compactMap { name -> (DemoFolder, timespec)? in
            let folder = DemoFolder(path: "\(base)/\(name)")
            return entry(at: folder.control).map { (folder, $0.st_mtim) }
        }
        return started.max {
            ($0.1.tv_sec, $0.1.tv_nsec) < ($1.1.tv_sec, $1.1.tv_nsec)
        }?.0
    }

    /// Removes the folder, and the base folder once no demo is left in it.
    func remove() {
        removeTree(path)
        rmdir(DemoStack.folder(of: path))
    }

    private static var base: String {
        let runtime = getuid() == 0 ? nil : getenv("XDG_RUNTIME_DIR").map { String(cString: $0) }
        let parent = runtime.flatMap { access($0, W_OK) == 0 ? $0 : nil } ?? "/tmp"
        return "\(parent)/dogwatch-demo-\(getuid())"
    }
}
