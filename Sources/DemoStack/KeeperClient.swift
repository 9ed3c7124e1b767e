import Glibc

/// The stack's side of its keeper: starts programs through it and knows which of them run.
///
/// Used on the main thread only.
final class KeeperClient {
    private(set) var running: [String: pid_t] = [:]
    private(set) var refusals: [String: String] = [:]
    /// Programs that ran and do not any more.
    private(set) var hasEnded: Set<String> = []
    private var programs: [String: Program] = [:]
    /// Readable when the keeper has something to say.
    let socket: Int32
    private let keeper: pid_t
    private let folder: DemoFolder

    /// Starts the keeper of `folder`.
    init(folder: DemoFolder) throws(DemoFailure) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw DemoFailure("cannot make a socket pair", errno: errno)
        }
        defer { close(ends[1]) }
        socket = ends[0]
        self.folder = folder
        keeper = try spawn(
            Program(
                id: "keeper", arguments: [ownProgram, "--keeper", folder.path], folder: "/",
                log: folder.file("keeper.log")),
            keeping: ends[1])
    }

    func start(_ program: Program) {
        programs[program.id] = program
        refusals[program.id] = nil
        hasEnded.remove(program.id)
        request(.start(program))
    }

    func signal(_ id: String, _ number: Int32) { request(.signal(id: id, number)) }

    /// Takes all reports that wait; false once the keeper is gone.
    func receive() -> Bool {
        var packet = [UInt8](repeating: 0, count: packetLimit)
        while true {
            let count = recv(socket, &packet, packet.count, Int32(MSG_DONTWAIT))
            if count < 0 && (errno == EAGAIN || errno == EINTR) { return true }
            guard count > 0 else { return false }
            switch KeeperReport(packet: packet[..<count]) {
            case .started(let id, let process): running[id] = process
            case .ended(let id, _):
                running[id] = nil
                hasEnded.insert(id)
            case .refused(let id, let reason): refusals[id] = reason
            case .none: break
            }
        }
    }

    /// Lets the keeper clean up and waits for it. Cleans up here when the keeper was killed before.
    func finish() {
        shutdown(socket, Int32(SHUT_RDWR))
        close(socket)
        while waitpid(keeper, nil, 0) < 0 && errno == EINTR {}
        let left = running.compactMap { id, process in programs[id].map { (process, $0) } }
        endProcesses(Dictionary(left) { first, _ in first }.filter { isRunning($0.key) })
        folder.remove()
    }

    private func request(_ request: KeeperRequest) {
        let packet = request.packet
        send(socket, packet, packet.count, Int32(MSG_NOSIGNAL))
    }
}
