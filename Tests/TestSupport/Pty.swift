import CPty
import Glibc

/// A program in a pseudo-terminal: keys in, screen out. Used by one test at a time.
///
/// The program is killed when the value goes away.
public final class Pty {
    public enum Exit: Equatable {
        case exited(Int32)
        case signalled(Int32)
    }

    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    public private(set) var screen: ScreenModel
    /// Every byte that the program wrote.
    public private(set) var output: [UInt8] = []
    public let process: pid_t
    /// The terminal's settings before the program had it.
    public let initialSettings: [UInt32]
    private var master: Int32
    private let slave: Int32
    private var exit: Exit?

    /// Starts `arguments[0]`, searched on PATH. `environment` is added to a small fixed one.
    public init(
        _ arguments: [String], environment: [String: String] = [:], rows: Int = 40,
        columns: Int = 120
    ) throws {
        let fixed = ["TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"]
        let inherited = ["PATH", "HOME", "LD_LIBRARY_PATH"].map { (name: String) in
            (name, getenv(name).map { String(cString: $0) })
        }
        var all = environment.merging(fixed) { own, _ in own }
        for case (let name, let value?) in inherited where all[name] == nil { all[name] = value }
        let words = arguments.map { strdup($0) }
        let settings = all.map { strdup("\($0)=\($1)") }
        defer { for text in words + settings { free(text) } }
        var (master, slave, process): (Int32, Int32, pid_t) = (-1, -1, 0)
        guard cpty_open(Int32(rows), Int32(columns), &master, &slave) == 0 else {
            throw Failure(description: "no terminal: \(String(cString: strerror(errno)))")
        }
        initialSettings = Self.settings(of: slave)
        let failure = cpty_start(arguments[0], words + [nil], settings + [nil], slave, &process)
        guard failure == 0 else {
            close(master)
            close(slave)
            throw Failure(description: "\(arguments[0]): \(String(cString: strerror(failure)))")
        }
        (self.master, self.slave, self.process) = (master, slave, process)
        screen = ScreenModel(rows: rows, columns: columns)
    }

    deinit {
        if exit == nil {
            kill(process, SIGKILL)
            while waitpid(process, nil, 0) < 0 && errno == EINTR {}
        }
        hangUp()
        close(slave)
    }

    /// Reads what comes until `condition` holds for the screen. False when it did not within `limit`.
    public func wait(
        within limit: Duration = .seconds(5), until condition: (ScreenModel) -> Bool
    ) -> Bool {
        let deadline = ContinuousClock.now + limit
        while !condition(screen) {
            guard ContinuousClock.now < deadline else { return false }
            read()
        }
        return true
    }

    /// Reads for `length`, or until the program has been silent for `silence`.
    public func settle(for length: Duration, silence: Duration = .seconds(60)) {
        let deadline = ContinuousClock.now + length
        var quiet = ContinuousClock.now + silence
        while ContinuousClock.now < deadline, ContinuousClock.now < quiet {
            if read() { quiet = .now + silence }
        }
    }

    public func type(_ keys: String) {
        let bytes = Array(keys.utf8)
        write(master, bytes, bytes.count)
    }

    public func resize(rows: Int, columns: Int) {
        screen.resize(rows: rows, columns: columns)
        cpty_resize(master, Int32(rows), Int32(columns))
    }

    public func signal(_ number: Int32) { kill(process, number) }

    /// Takes the terminal away, as a lost connection does.
    public func hangUp() {
        if master >= 0 { close(master) }
        master = -1
    }

    /// True while the program is stopped, as after SIGSTOP or Ctrl-Z.
    public var isStopped: Bool {
        guard let file = fopen("/proc/\(process)/stat", "r") else { return false }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, 256, file) != nil else { return false }
        let bytes = line.map { UInt8(bitPattern: $0) }
        guard let name = bytes.lastIndex(of: UInt8(ascii: ")")) else { return false }
        return bytes[(name + 2)...].first == UInt8(ascii: "T")
    }

    /// How the program ended, nil when it still runs after `limit`. Reads its last output.
    public func waitForExit(within limit: Duration = .seconds(5)) -> Exit? {
        let deadline = ContinuousClock.now + limit
        while exit == nil {
            read()
            var status: Int32 = 0
            if waitpid(process, &status, WNOHANG) == process {
                exit = status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .signalled(status & 0x7f)
            }
            if ContinuousClock.now > deadline { break }
        }
        while read(atMost: 0) {}
        return exit
    }

    /// The terminal's settings: input, output, control and local flags, then the control characters.
    public var settings: [UInt32] { Self.settings(of: slave) }

    private static func settings(of slave: Int32) -> [UInt32] {
        var values = termios()
        guard tcgetattr(slave, &values) == 0 else { return [] }
        let characters = withUnsafeBytes(of: values.c_cc) { $0.map(UInt32.init) }
        return [values.c_iflag, values.c_oflag, values.c_cflag, values.c_lflag] + characters
    }

    /// Takes what is there, waiting at most some milliseconds for it. True when something came.
    @discardableResult
    private func read(atMost milliseconds: Int32 = 10) -> Bool {
        guard master >= 0 else {
            usleep(2_000)
            return false
        }
        var wait = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard poll(&wait, 1, milliseconds) > 0 else { return false }
        var chunk = [UInt8](repeating: 0, count: 16_384)
        let count = Glibc.read(master, &chunk, chunk.count)
        guard count > 0 else { return false }
        output.append(contentsOf: chunk[..<count])
        screen.feed(chunk[..<count])
        return true
    }
}
