import Glibc

/// A folder of a test's own, removed with everything in it when the value goes.
public final class TemporaryFolder: Sendable {
    /// Absolute, without a slash at the end.
    public let path: String

    /// Makes the folder below /tmp, as sockets' paths must be short. Other users may pass through
    /// it when `isShared`, as a server under its own account needs.
    public init(_ name: String = "test", isShared: Bool = false) throws {
        var template = Array("/tmp/dogwatch-\(name)-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw TestFailure("mkdtemp: errno \(errno)") }
        path = String(cString: made)
        if isShared { chmod(path, 0o755) }
    }

    deinit { removeTree(path) }

    /// The path of something in the folder.
    public func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file and returns its path.
    @discardableResult
    public func write(_ text: String, to name: String, mode: mode_t = 0o644) throws -> String {
        let path = path(name)
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard file >= 0 else { throw TestFailure("open \(path): errno \(errno)") }
        defer { close(file) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { throw TestFailure("write \(path): errno \(errno)") }
            rest = rest.dropFirst(count)
        }
        return path
    }

    /// Makes a folder in it and returns its path.
    @discardableResult
    public func makeFolder(_ name: String, mode: mode_t = 0o755) throws -> String {
        let path = path(name)
        guard mkdir(path, mode) == 0 else { throw TestFailure("mkdir \(path): errno \(errno)") }
        return path
    }

    /// Gives the folder or something in it to another account, for a server that drops root.
    public func giveTo(user: String, _ name: String = "") throws {
        guard let account = getpwnam(user) else { throw TestFailure("no user \(user)") }
        let path = name.isEmpty ? path : path(name)
        guard chown(path, account.pointee.pw_uid, account.pointee.pw_gid) == 0 else {
            throw TestFailure("chown \(path): errno \(errno)")
        }
    }
}

/// Something that a test needs could not be made.
public struct TestFailure: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

/// The whole of a file as text, "" when it cannot be read.
public func textOfFile(_ path: String) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = read(file, &buffer, buffer.count)
        guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
        bytes += buffer[..<count]
    }
}

/// What is in a folder, in order and without hidden names; empty when it cannot be read.
public func namesIn(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) { names.append(nameOf(entry)) }
    return names.filter { !$0.hasPrefix(".") }.sorted()
}

private func nameOf(_ entry: UnsafeMutablePointer<dirent>) -> String {
    withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}

/// Removes a file, a link (never what it points to), or a folder with everything in it.
private func removeTree(_ path: String) {
    guard unlink(path) != 0, let folder = opendir(path) else { return }
    while let entry = readdir(folder) {
        let name = nameOf(entry)
        if name != ".", name != ".." { removeTree("\(path)/\(name)") }
    }
    closedir(folder)
    rmdir(path)
}
