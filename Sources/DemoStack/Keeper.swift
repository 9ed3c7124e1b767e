import CDemoSystem
import Glibc

/// The process that starts the demo's servers and ends them, whatever becomes of the demo itself.
///
/// It runs in a session of its own and holds one end of a socket whose other end only the stack holds. End
/// of file there, after a stop, a crash or SIGKILL, means: end every program, remove the folder, exit. Nothing else does these things while the keeper lives.
struct Keeper {
    let socket: Int32
    let folder: DemoFolder
    private var running: [pid_t: Program] = [:]
    /// The other ends of the inputs of programs with a lifeline.
    private var lifelines: [pid_t: Int32] = [:]

    init(socket: Int32, folder: DemoFolder) {
        self.socket = socket
        self.folder = folder
    }

    /// Serves until the stack is gone, then cleans up and returns.
    mutating func run() {
        folder.use()
        _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
        let signals = cdemo_signals()
        var waits = [
            pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
        ]
        var serving = true
        while serving {
            poll(&waits, 2, -1)
            if waits[0].revents != 0 { serving = receive() }
            while case let number = cdemo_next_signal(signals), number != 0 {
                if number == SIGTERM { serving = false }
            }
            reap()
        }
        cleanUp()
    }

    /// Takes one request; false once the stack is gone.
    private mutating func receive() -> Bool {
        var packet = [UInt8](repeating: 0, count: packetLimit)
        let count = recv(socket, &packet, packet.count, Int32(MSG_DONTWAIT))
        guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) }
        switch KeeperRequest(packet: packet[..<count]) {
        case .start(let program): start(program)
        case .signal(let id, let number):
            for (process, program) in running where program.id == id { kill(process, number) }
        case .none: break
        }
        return true
    }

    private mutating func start(_ program: Program) {
        do {
            let (input, lifeline) = program.hasLifeline ? try makeLifeline() : (-1, -1)
            defer { if input >= 0 { close(input) } }
            let process = try spawn(program, input: input)
            running[process] = program
            if lifeline >= 0 { lifelines[process] = lifeline }
            report(.started(id: program.id, process))
        } catch {
            report(.refused(id: program.id, reason: error.description))
        }
    }

    private func makeLifeline() throws(DemoFailure) -> (input: Int32, lifeline: Int32) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw DemoFailure("cannot make a socket pair", errno: errno)
        }
        return (ends[0], ends[1])
    }

    private mutating func reap() {
        var status: Int32 = 0
        while case let process = waitpid(-1, &status, WNOHANG), process > 0 {
            guard let program = running.removeValue(forKey: process) else { continue }
            if let lifeline = lifelines.removeValue(forKey: process) { close(lifeline) }
            report(.ended(id: program.id, status: status))
        }
    }

    private func report(_ report: KeeperReport) {
        let packet = report.packet
        send(socket, packet, packet.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
    }

    private mutating func cleanUp() {
        endProcesses(running)
        folder.remove()
    }
}

/// Ends programs: asked first, killed with all their descendants when their patience is over. Returns when
/// none of them runs any more. The processes may be children of the caller or not.
func endProcesses(_ programs: [pid_t: Program]) {
    // A stopped process takes no signal but these two.
    for (process, program) in programs {
        kill(process, program.quitSignal)
        kill(process, SIGCONT)
    }
    let start = ContinuousClock.now
    var left = Set(programs.keys)
    while !left.isEmpty {
        let passed = start.duration(to: .now)
        let late = left.filter { passed > .seconds(programs[$0]?.patience ?? 0) }
        if !late.isEmpty {
            let below = descendants(of: late)
            for process in late.union(below) { kill(process, SIGKILL) }
            left.formUnion(below)
        }
        left = left.filter { waitpid($0, nil, WNOHANG) <= 0 && isRunning($0) }
        if !left.isEmpty { usleep(5_000) }
    }
}
