import Glibc

/// The text of a file, at most `limit` bytes of it; nil when it cannot be read.
func contents(of path: String, limit: Int = 1 << 20) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while bytes.count < limit {
        let count = read(file, &chunk, min(chunk.count, limit - bytes.count))
        guard count > 0 else { break }
        bytes.append(contentsOf: chunk[..<count])
    }
    return String(decoding: bytes, as: UTF8.self)
}

/// Writes all of `text` to a new or emptied file of the given mode.
func write(_ text: String, to path: String, mode: mode_t = 0o600) throws(DemoFailure) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard file >= 0 else { throw DemoFailure("cannot write \(path)", errno: errno) }
    defer { close(file) }
    guard writeAll(Array(text.utf8), to: file) else {
        throw DemoFailure("cannot write \(path)", errno: errno)
    }
}

/// Gives a file new contents at once: whoever reads it sees the old ones or the new ones, never a part.
func replace(_ path: String, with text: String) throws(DemoFailure) {
    try write(text, to: "\(path).new")
    guard rename("\(path).new", path) == 0 else {
        throw DemoFailure("cannot write \(path)", errno: errno)
    }
}

/// Writes every byte, waiting where it must; false once the other side is gone.
@discardableResult
func writeAll(_ bytes: [UInt8], to file: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
        let count = bytes[sent...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return false }
        sent += count
    }
    return true
}

/// The names in a folder without "." and "..", in no order; empty when it cannot be read.
func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var found: [String] = []
    while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != "." && name != ".." { found.append(name) }
    }
    return found
}

/// What stands at a path itself, links not followed.
func entry(at path: String) -> stat? {
    var entry = stat()
    return lstat(path, &entry) == 0 ? entry : nil
}

extension stat {
    var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
}

/// Removes a file, or a folder with all that is in it. Links are removed, never followed.
func removeTree(_ path: String) {
    guard let found = entry(at: path) else { return }
    guard found.isFolder else {
        unlink(path)
        return
    }
    for name in names(in: path) { removeTree("\(path)/\(name)") }
    rmdir(path)
}

/// The path without its last part.
func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// The absolute path with links resolved, nil when nothing is there.
func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
}

/// The path of this program's own file.
var ownProgram: String { resolved("/proc/self/exe") ?? CommandLine.arguments[0] }
