import Glibc

@testable import DemoStack

/// A `dogwatch-demo --stack` that a test started, with its lifeline. Ends with the value, or with the
/// test process.
final class DemoRun {
    let process: pid_t
    /// The first line of its output.
    let configuration: String
    let startTime: Duration
    private let lifeline: Int32
    private var status: Int32?

    var folder: DemoFolder { DemoFolder(path: DemoStack.folder(of: configuration)) }

    static let template = """
        # ${API_URL:-http://127.0.0.1:8080} is taught here
        [[http]]
        url = "${API_URL:-http://127.0.0.1:8080}/health"
        [[postgres]]
        url = "${POSTGRES_URL:-postgresql://127.0.0.1/postgres}"
        [[redis]]
        url = "${REDIS_URL}"   # ${OTHER:-stays}

        # the engine
        [[containers]]
        url = "${DOCKER_SOCKET:-unix:///var/run/docker.sock}"
        [[kpi]]
        name = "${OTHER:-stays}"

        """

    /// Where the build put the programs.
    static func program(_ name: String) -> String {
        let own = resolved("/proc/self/exe").map { DemoStack.folder(of: $0) } ?? "."
        return ["\(own)/\(name)", ".build/debug/\(name)"].first { access($0, X_OK) == 0 } ?? name
    }

    /// False where a test has to be skipped; never with CI=true, where servers are promised.
    static var canRun: Bool {
        let isPromised = getenv("CI").map { String(cString: $0) } == "true"
        let initdb = names(in: "/usr/lib/postgresql").map { "/usr/lib/postgresql/\($0)/bin" }
        return isPromised
            || find(program: "redis-server") != nil
                && find(program: "initdb", alsoIn: initdb) != nil
    }

    /// Starts a stack and waits for its first line.
    init(template: String = DemoRun.template) throws {
        let start = ContinuousClock.now
        let folder = "/tmp/dogwatch-e2e-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        mkdir(folder, 0o700)
        defer { removeTree(folder) }
        // The plans that ship stay where they are.
        let plans = resolved("Plans") ?? "Plans"
        try write(template.replacing("\"Plans/", with: "\"\(plans)/"), to: "\(folder)/config.toml")
        var (output, life): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
        // Sockets, as they are closed in the children of other tests from their first moment.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &output) == 0, socketpair(AF_UNIX, kind, 0, &life) == 0
        else { throw DemoFailure("no socket pairs", errno: errno) }
        let words = [
            Self.program("dogwatch-demo"), "--stack", "--lifeline", "3", "--template",
            "\(folder)/config.toml",
        ]
        var process: pid_t = 0
        let failure = withCStrings(words) { words in
            spawnDemo(words, output: output[1], lifeline: life[0], &process)
        }
        close(output[1])
        close(life[0])
        lifeline = life[1]
        defer { close(output[0]) }
        guard failure == 0 else { throw DemoFailure("dogwatch-demo", errno: failure) }
        self.process = process
        configuration = firstLine(of: output[0], within: .seconds(20))
        startTime = start.duration(to: .now)
        guard configuration.hasPrefix("/") else {
            throw DemoFailure("dogwatch-demo said: \(configuration)")
        }
    }

    deinit {
        cutLifeline()
        _ = waitForExit()
    }

    /// Ends what the parent would hold open.
    func cutLifeline() { close(lifeline) }

    /// The exit code, 128 + the signal's number after a signal; nil when it runs after ten seconds.
    func waitForExit() -> Int32? {
        let deadline = ContinuousClock.now + .seconds(10)
        while status == nil, ContinuousClock.now < deadline {
            var raw: Int32 = 0
            if waitpid(process, &raw, WNOHANG) == process {
                status = raw & 0x7f == 0 ? raw >> 8 & 0xff : 128 + raw & 0x7f
            } else {
                usleep(5_000)
            }
        }
        return status
    }

    func ask(_ line: String) throws -> String {
        try ControlClient.ask(line, at: folder.control)
    }

    /// One value of the status order: api, postgres, redis, up, sent, answered, …
    func status(_ name: String) throws -> String {
        let lines = try ask("status").split(separator: "\n")
        let line = lines.first { $0.hasPrefix("\(name)\t") }
        return line.map { String($0.dropFirst(name.count + 1)) } ?? ""
    }

    func port(_ name: String) throws -> UInt16 {
        let address = try status(name)
        let digits = address.split(separator: "/").map { $0.split(separator: ":").last ?? "" }
        return digits.compactMap { UInt16($0) }.first ?? 0
    }

    /// One request on a connection of its own; nil when no whole answer came in time.
    func request(
        _ method: String, _ path: String, body: String = "", within seconds: Int = 5
    ) throws -> Answer? {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(connection) }
        setTimeouts(connection, seconds: seconds)
        var address = loopback(port: try port("api"))
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        guard withSocketAddress(&address, { connect(connection, $0, size) }) == 0 else {
            return nil
        }
        let head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        let request = head + "Content-Length: \(body.utf8.count)\r\n\r\n" + body
        writeAll(Array(request.utf8), to: connection)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while Answer(bytes) == nil {
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            bytes.append(contentsOf: chunk[..<count])
        }
        return Answer(bytes)
    }

    /// A value of the API's own metrics.
    func metric(_ name: String) throws -> Double? {
        let text = try request("GET", "/metrics")?.body ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
        return line.flatMap { Double($0.dropFirst(name.count + 1)) }
    }
}

/// True as soon as `condition` holds, looked at again and again for `limit`.
func eventually(_ limit: Duration = .seconds(8), _ condition: () throws -> Bool) -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if (try? condition()) == true { return true }
        usleep(20_000)
    }
    return false
}

private func spawnDemo(
    _ words: [UnsafeMutablePointer<CChar>?], output: Int32, lifeline: Int32,
    _ process: inout pid_t
) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, lifeline, 3)
    guard let program = words.first ?? nil else { return EINVAL }
    return posix_spawn(&process, program, &actions, nil, words, environ)
}

private func firstLine(of file: Int32, within limit: Duration) -> String {
    let deadline = ContinuousClock.now + limit
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while ContinuousClock.now < deadline {
        var wait = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
        guard poll(&wait, 1, 100) > 0 else { continue }
        guard read(file, &byte, 1) == 1, byte != 10 else { break }
        line.append(byte)
    }
    return String(decoding: line, as: UTF8.self)
}
