import Glibc

/// The listening end of the watch's socket.
struct UnixListener {
    let descriptor: Int32

    /// Binds and listens, replacing a socket that a dead owner left: call only under the lock.
    ///
    /// - Parameter group: a group that may connect too: the socket becomes 0660 and its folder
    ///   searchable for that group; nil keeps both to the owner.
    init(path: String, group: String?) throws(ServiceFailure) {
        var address = sockaddr_un()
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < capacity else {
            throw ServiceFailure(
                "the socket's path is longer than \(capacity - 1) bytes: \(path)."
                    + " Choose a shorter folder with --state.")
        }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0
        )
        guard descriptor >= 0 else { throw ServiceFailure("socket", errno) }
        unlink(path)
        let mask = umask(0o177)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        umask(mask)
        guard bound == 0, listen(descriptor, 64) == 0 else {
            let cause = errno
            close(descriptor)
            throw ServiceFailure("bind \(path)", cause)
        }
        if let group { try UnixListener.open(path, to: group) }
    }

    private static func open(_ path: String, to group: String) throws(ServiceFailure) {
        guard let id = groupID(named: group) else {
            throw ServiceFailure("[watch] group: there is no group \"\(group)\" on this machine.")
        }
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        guard chown(path, uid_t.max, id) == 0, chmod(path, 0o660) == 0,
            chown(folder, uid_t.max, id) == 0, chmod(folder, 0o710) == 0
        else { throw ServiceFailure("give \(path) to group \(group)", errno) }
    }
}

/// The number of a group; nil when the machine knows no such group.
func groupID(named name: String) -> gid_t? { getgrnam(name)?.pointee.gr_gid }

/// The socket or its peer failed.
public struct ServiceFailure: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }

    init(_ action: String, _ cause: Int32) {
        description = "cannot \(action): \(String(cString: strerror(cause)))"
    }
}
