import CDemoSystem
import Glibc

/// The Unix socket over which a running demo takes orders: one line in, lines out, then closed.
///
///     list             name, seconds left or "-", summary; one fault a line, separated by tabs
///     fault NAME [S]   starts a fault for S seconds (30)
///     clear            ends all faults
///     holes            name, "open" or "mended", summary; one hole a line
///     mend NAME        mends a hole; reopen NAME opens it again, toggle NAME does
///                      whichever is due; NAME "all": every one
///     status           what runs where, and how much
final class ControlSocket {
    let socket: Int32
    private let answer: (String) -> String

    /// Listens at `path` with mode 0600. `answer` gets a line and gives the reply.
    init(path: String, answer: @escaping (String) -> String) throws(DemoFailure) {
        self.answer = answer
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        socket = Glibc.socket(AF_UNIX, kind, 0)
        guard var address = unixAddress(path) else {
            throw DemoFailure(
                "\(path) is too long for a socket. Set XDG_RUNTIME_DIR to a shorter one.")
        }
        let mask = umask(0o177)
        defer { umask(mask) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let isBound = withSocketAddress(&address) { bind(socket, $0, size) } == 0
        guard isBound, listen(socket, 8) == 0 else {
            throw DemoFailure("cannot listen at \(path)", errno: errno)
        }
    }

    /// Serves the next caller. A slow one is cut off after a second.
    func serve() {
        let caller = accept(socket, nil, nil)
        guard caller >= 0 else { return }
        defer { close(caller) }
        var user: uid_t = 0
        guard cdemo_peer_user(caller, &user) == 0, user == getuid() || user == 0 else { return }
        setTimeouts(caller, seconds: 1)
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = recv(caller, &bytes, bytes.count, 0)
        guard count > 0 else { return }
        let line = String(decoding: bytes[..<count], as: UTF8.self)
        writeAll(Array(answer(String(line.prefix { $0 != "\n" })).utf8), to: caller)
    }
}

/// Speaks to a running demo.
enum ControlClient {
    /// Sends one line and gives the whole reply. Throws when no demo listens there.
    static func ask(_ line: String, at path: String) throws(DemoFailure) -> String {
        let connection = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(connection) }
        guard var address = unixAddress(path) else { throw DemoFailure("\(path) is too long") }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        guard withSocketAddress(&address, { connect(connection, $0, size) }) == 0 else {
            throw DemoFailure("no demo listens at \(path)", errno: errno)
        }
        setTimeouts(connection, seconds: 5)
        writeAll(Array("\(line)\n".utf8), to: connection)
        var reply: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 4096)
        while case let count = recv(connection, &bytes, bytes.count, 0), count > 0 {
            reply.append(contentsOf: bytes[..<count])
        }
        return String(decoding: reply, as: UTF8.self)
    }
}
