import FoundationEssentials
import Glibc
import HTTP
import Targets

/// Turns what went wrong with an engine into words and remedies.
enum EngineFailure {
    /// An answer with another status than 200.
    static func status(_ reply: EngineReply, of path: String) -> CollectionFailure {
        let start = Data(reply.body.prefix(65_536))
        let parsed = try? JSONDecoder().decode(ErrorReply.self, from: start)
        let text = cleaned(parsed?.message ?? "", limit: 160)
        let message = "GET \(plain(path)): status \(reply.status)\(text.isEmpty ? "" : ", \(text)")"
        switch reply.status {
        case 401, 403:
            return CollectionFailure(
                .denied, message,
                remedy: "let the proxy before the engine pass GET of /version, /info, /containers "
                    + "and /events")
        case 500...599: return CollectionFailure(.unavailable, message)
        default: return CollectionFailure(.garbage, message)
        }
    }

    static func unreadable(_ body: [UInt8], of path: String) -> CollectionFailure {
        let start = cleaned(body.prefix(160), limit: 40)
        return CollectionFailure(
            .garbage,
            "GET \(plain(path)): not what an engine answers: \(start.isEmpty ? "nothing" : start)",
            remedy: "check that the address is the socket of a Docker or Podman engine")
    }

    /// No answer at all.
    static func connection(
        _ failure: HTTPFailure, path: String, socket: String?, base: String
    ) -> CollectionFailure {
        let place = socket ?? base
        let message = "GET \(plain(path)) of \(place): \(failure)"
        switch failure.reason {
        case .unconnected(let number):
            guard let socket else { return CollectionFailure(.unreachable, message) }
            let known = number == 0 ? connectionError(of: socket) : number
            return unconnected(
                known, socket: socket, group: groupName(of: socket), user: userName())
        case .timedOut: return CollectionFailure(.timedOut, message)
        case .cancelled: return CollectionFailure(.cancelled, message)
        case .closed:
            return CollectionFailure(
                .unreachable, message, remedy: "the engine may be restarting: journalctl -u docker")
        case .unresolved, .tls: return CollectionFailure(.unreachable, message)
        case .garbage, .redirects: return CollectionFailure(.garbage, message)
        case .invalid, .ours: return CollectionFailure(.ours, message)
        }
    }

    /// - Parameters:
    ///   - number: errno of the connection.
    ///   - group: the group of the socket; nil when it is root's or unknown.
    ///   - user: our own name.
    static func unconnected(
        _ number: Int32, socket: String, group: String?, user: String?
    ) -> CollectionFailure {
        let message = "connect to \(socket): \(String(cString: strerror(number)))"
        switch number {
        case EACCES, EPERM:
            let join = group.map {
                "sudo usermod -aG \($0) \(user ?? "$USER"), then log in again "
                    + "(that group is as good as root on this machine)"
            }
            return CollectionFailure(
                .denied, message,
                remedy: join ?? "give the socket to a group, dockerd --group docker, and join it")
        case ENOENT, ENOTDIR:
            return CollectionFailure(
                .unreachable, message,
                remedy: "start the engine, sudo systemctl start docker, or correct `url`; rootless "
                    + "engines listen below $XDG_RUNTIME_DIR: docker.sock, podman/podman.sock")
        case ECONNREFUSED:
            return CollectionFailure(
                .unreachable, message,
                remedy: "no engine listens there: sudo systemctl start docker")
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: return CollectionFailure(.ours, message)
        default: return CollectionFailure(.unreachable, message)
        }
    }

    /// The path without its query.
    static func plain(_ path: String) -> String { String(path.prefix { $0 != "?" }) }

    /// What a connection to the socket most likely failed with.
    private static func connectionError(of socket: String) -> Int32 {
        access(socket, R_OK | W_OK) == 0 ? ECONNREFUSED : errno
    }

    private static func groupName(of socket: String) -> String? {
        var facts = stat()
        guard stat(socket, &facts) == 0, facts.st_gid != 0 else { return nil }
        return name(entrySize: _SC_GETGR_R_SIZE_MAX) { buffer, size in
            var entry = group()
            var found: UnsafeMutablePointer<group>?
            getgrgid_r(facts.st_gid, &entry, buffer, size, &found)
            return found?.pointee.gr_name
        }
    }

    private static func userName() -> String? {
        name(entrySize: _SC_GETPW_R_SIZE_MAX) { buffer, size in
            var entry = passwd()
            var found: UnsafeMutablePointer<passwd>?
            getpwuid_r(geteuid(), &entry, buffer, size, &found)
            return found?.pointee.pw_name
        }
    }

    private static func name(
        entrySize: Int, _ find: (UnsafeMutablePointer<CChar>, Int) -> UnsafeMutablePointer<CChar>?
    ) -> String? {
        let size = max(sysconf(Int32(entrySize)), 16_384)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            return find(start, size).map { cleaned(String(cString: $0), limit: 32) }
        }
    }
}
