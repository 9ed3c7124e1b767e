import Glibc

/// One line of `/proc/self/mounts`. Source: proc(5), getmntent(3) for the escapes.
struct HostMount: Sendable, Hashable {
    var device: String
    var path: String
    var type: String
    var isReadOnly: Bool

    /// The most file systems that are asked for their space.
    static let limit = 200

    /// The mounts to watch: with patterns those whose path matches one, without the real file
    /// systems. Of mounts on one path the last is the one that is seen.
    static func parse(_ text: String, patterns: [String]) -> [HostMount] {
        var byPath: [String: HostMount] = [:]
        var order: [String] = []
        for row in ProcText.rows(text) where row.count >= 4 {
            let mount = HostMount(
                device: unescaped(row[0]), path: unescaped(row[1]), type: unescaped(row[2]),
                isReadOnly: row[3].split(separator: ",").contains("ro"))
            if byPath.updateValue(mount, forKey: mount.path) == nil { order.append(mount.path) }
        }
        return order.lazy.compactMap { byPath[$0] }
            .filter { patterns.isEmpty ? $0.isReal : $0.matches(patterns) }
            .prefix(limit).map { $0 }
    }

    private func matches(_ patterns: [String]) -> Bool {
        patterns.contains { fnmatch($0, path, 0) == 0 }
    }

    /// What node_exporter watches by default. The root of a container is an overlay, and counts.
    private var isReal: Bool {
        if HostMount.virtualTypes.contains(type) { return type == "overlay" && path == "/" }
        return !HostMount.leftOut.contains { path == $0 || path.hasPrefix($0 + "/") }
            && !HostMount.leftOutBelow.contains { path.hasPrefix($0 + "/") }
    }

    private static let virtualTypes: Set = [
        "autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts",
        "devtmpfs", "fusectl", "hugetlbfs", "iso9660", "mqueue", "nsfs", "overlay", "proc",
        "procfs", "pstore", "rpc_pipefs", "securityfs", "selinuxfs", "squashfs", "sysfs",
        "tracefs", "efivarfs", "ramfs",
    ]
    private static let leftOut = ["/dev", "/proc", "/sys", "/run"]
    private static let leftOutBelow = ["/var/lib/docker", "/var/lib/containers/storage"]

    /// `\040` is a space; tabs, line ends and backslashes are written so, too.
    private static func unescaped(_ word: Substring) -> String {
        guard word.contains("\\") else { return String(word) }
        var bytes: [UInt8] = []
        var rest = Array(word.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == 0x5C, digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) }) {
                let value = digits.reduce(0) { $0 * 8 + Int($1 - 0x30) }
                bytes.append(UInt8(truncatingIfNeeded: value))
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What statvfs(3) says of a file system, in bytes and file nodes.
struct HostSpace: Sendable, Equatable {
    var size: Double
    var free: Double
    /// What is free for others than root.
    var available: Double
    var files: Double
    var filesFree: Double

    enum Failure: Error, Equatable {
        /// The error's number.
        case error(Int32)
        /// It did not answer in time, now or when it was asked before.
        case hung
    }

    /// Blocks while the file system does.
    static func of(_ path: String) -> Result<HostSpace, Failure> {
        var facts = statvfs()
        guard statvfs(path, &facts) == 0 else { return .failure(.error(errno)) }
        let block = Double(facts.f_frsize > 0 ? facts.f_frsize : facts.f_bsize)
        return .success(
            HostSpace(
                size: Double(facts.f_blocks) * block, free: Double(facts.f_bfree) * block,
                available: Double(facts.f_bavail) * block, files: Double(facts.f_files),
                filesFree: Double(facts.f_ffree)))
    }
}
