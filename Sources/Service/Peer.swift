import Glibc

/// Who is on the other end of a Unix socket, by the kernel's word.
struct Peer: Equatable {
    var user: uid_t
    var groups: [gid_t]

    init(user: uid_t, groups: [gid_t]) {
        self.user = user
        self.groups = groups
    }

    /// nil when the descriptor is no connected Unix socket.
    init?(of descriptor: Int32) {
        var credentials: [UInt32] = [0, 0, 0]  // struct ucred: process, user, group
        var length = socklen_t(12)
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0 else {
            return nil
        }
        user = credentials[1]
        groups = [credentials[2]] + Peer.supplementaryGroups(of: descriptor)
    }

    /// The owner of the watch may attach, and members of its group where it names one.
    func mayAttach(owner: uid_t, group: gid_t?) -> Bool {
        user == owner || group.map(groups.contains) == true
    }

    private static func supplementaryGroups(of descriptor: Int32) -> [gid_t] {
        let peerGroups: Int32 = 59  // SO_PEERGROUPS, Linux 4.13
        var groups = [gid_t](repeating: 0, count: 256)
        var length = socklen_t(groups.count * MemoryLayout<gid_t>.size)
        guard getsockopt(descriptor, SOL_SOCKET, peerGroups, &groups, &length) == 0 else {
            return []
        }
        return Array(groups.prefix(Int(length) / MemoryLayout<gid_t>.size))
    }
}
