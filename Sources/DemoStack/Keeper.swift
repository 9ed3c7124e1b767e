import CDemoSystem
import Glibc

/// The process that starts the demo's servers and ends them, whatever becomes of the demo itself.
///
/// It runs in a session of its own and holds one end of a socket whose other end only the stack holds. End
/// of file there, after a stop, a crash or SIGKILL, means: end every program, run what was left for the
/// end, remove the folder, exit. Nothing else does these things while the keeper lives.
struct Keeper {
    let socket: Int32
    let folder: DemoFolder
    private var running: [pid_t: Program] = [:]
    private var atEnd: [Program] = []

    init(socket: Int32, folder: DemoFolder) {
        self.socket = socket
        self.folder = folder
    }

    /// Serves until the stack is gone, then cleans up and returns.
    mutating func run() {
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
        case .atEnd(let program): atEnd.append(program)
        case .signal(let id, let number):
            for (process, program) in running where program.id == id { kill(process, number) }
        case .none: break
        }
        return true
    }

    private mutating func start(_ program: Program) {
        do {
            let process = try spawn(program)
            running[process] = program
            report(.started(id: program.id, process))
        } catch {
            report(.refused(id: program.id, reason: error.description))
        }
    }

    private mutating func reap() {
        var status: Int32 = 0
        while case let process = waitpid(-1, &status, WNOHANG), process > 0 {
            guard let program = running.removeValue(forKey: process) else { continue }
            report(.ended(id: program.id, status: status))
        }
    }

    private func report(_ report: KeeperReport) {
        let packet = report.packet
        send(socket, packet, packet.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
    }

    private mutating func cleanUp() {
        let last = atEnd.compactMap { try? spawn($0) }
        endProcesses(running)
        wait(for: last, atMost: .seconds(30))
        folder.remove()
    }

    private func wait(for processes: [pid_t], atMost limit: Duration) {
        let deadline = ContinuousClock.now + limit
        for process in processes {
            while waitpid(process, nil, WNOHANG) == 0 {
                if ContinuousClock.now > deadline { kill(process, SIGKILL) }
                usleep(20_000)
            }
        }
    }
}

/// Ends programs: asked first, killed with all their descendants two seconds later. Returns when none of
/// them runs any more. The processes may be children of the caller or not.
func endProcesses(_ programs: [pid_t: Program]) {
    // A stopped process takes no signal but these two.
    for (process, program) in programs {
        kill(process, program.quitSignal)
        kill(process, SIGCONT)
    }
    let polite = ContinuousClock.now + .seconds(2)
    var left = Set(programs.keys)
    while !left.isEmpty {
        if ContinuousClock.now > polite {
            let below = descendants(of: left)
            for process in left.union(below) { kill(process, SIGKILL) }
            left.formUnion(below)
        }
        left = left.filter { waitpid($0, nil, WNOHANG) <= 0 && isRunning($0) }
        if !left.isEmpty { usleep(5_000) }
    }
}
