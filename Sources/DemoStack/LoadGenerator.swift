import Glibc
import Synchronization

/// Steady traffic for the API: about 180 requests/s on kept connections, one thread, no more than
/// `LoadGenerator.connectionLimit` requests under way. What the API is too slow for is left out.
final class LoadGenerator: Sendable {
    static let requestsPerSecond = 180
    static let connectionLimit = 24
    /// A request that takes longer is given up with its connection.
    static let patience = Duration.seconds(5)

    struct Counts: Sendable {
        var sent = 0
        var answered = 0
        var failed = 0
        var left = 0
    }

    private let port: UInt16
    private let state = Mutex(Counts())

    init(port: UInt16) { self.port = port }

    var counts: Counts { state.withLock { $0 } }

    func start() {
        Worker.start("load") { [self] in
            var run = LoadRun(port: port)
            while true {
                run.step()
                state.withLock { $0 = run.counts }
            }
        }
    }
}

/// The generator's state, of its thread alone.
private struct LoadRun {
    /// Requests start in small groups: fewer wake-ups than one at a time.
    static let tick = Duration.milliseconds(20)

    let port: UInt16
    var counts = LoadGenerator.Counts()
    private var connections: [LoadConnection] = []
    private var nextTick = ContinuousClock.now
    private var debt = 0.0
    private var mix = RequestMix()

    init(port: UInt16) { self.port = port }

    /// One tick: start what is due, then take answers until the next.
    mutating func step() {
        let rate = Double(LoadGenerator.requestsPerSecond) * mix.wave()
        debt += rate * 0.02
        while debt >= 1 {
            debt -= 1
            start()
        }
        nextTick += Self.tick
        // After a pause of the machine, go on from now instead of catching up.
        if nextTick < .now { nextTick = .now }
        while case let left = ContinuousClock.now.duration(to: nextTick), left > .zero {
            receive(atMost: left)
        }
        giveUp()
    }

    private mutating func start() {
        guard let index = idle() else {
            counts.left += 1
            return
        }
        if connections[index].send(mix.next()) { counts.sent += 1 } else { drop(index) }
    }

    private mutating func idle() -> Int? {
        if let index = connections.firstIndex(where: { !$0.isBusy }) { return index }
        guard connections.count < LoadGenerator.connectionLimit,
            let fresh = LoadConnection(port: port)
        else { return nil }
        connections.append(fresh)
        return connections.count - 1
    }

    private mutating func receive(atMost limit: Duration) {
        let busy = connections.indices.filter { connections[$0].isBusy }
        var waits = busy.map {
            pollfd(fd: connections[$0].socket, events: Int16(POLLIN), revents: 0)
        }
        let milliseconds = Int32(limit.components.attoseconds / 1_000_000_000_000_000) + 1
        guard poll(&waits, nfds_t(waits.count), milliseconds) > 0 else { return }
        var broken: [Int] = []
        for (index, wait) in zip(busy, waits) where wait.revents != 0 {
            switch connections[index].receive() {
            case .partial: break
            case .whole(let status, let id):
                counts.answered += 1
                if status >= 500 { counts.failed += 1 }
                id.map { mix.learn($0) }
            case .broken: broken.append(index)
            }
        }
        for index in broken.reversed() { drop(index) }
    }

    private mutating func giveUp() {
        let limit = ContinuousClock.now - LoadGenerator.patience
        for index in connections.indices.reversed()
        where connections[index].isBusy && connections[index].since < limit {
            drop(index)
        }
    }

    private mutating func drop(_ index: Int) {
        close(connections[index].socket)
        connections.remove(at: index)
        counts.failed += 1
    }
}

/// Which requests are made: one in ten a new job, a few readiness checks, else look-ups, most of them of
/// recent jobs.
struct RequestMix {
    private var newest = 5_000
    private var random = SystemRandomNumberGenerator()
    private var phase = 0.0

    /// A factor of the rate that swings by a few percent, as traffic does.
    mutating func wave() -> Double {
        phase += 0.02
        return 1 + 0.03 * sin(phase / 9) + Double.random(in: -0.05...0.05, using: &random)
    }

    /// Remembers the number of the newest job.
    mutating func learn(_ id: Int) { newest = max(newest, id) }

    mutating func next() -> String {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<10: return post()
        case 10: return get("/ready")
        case 11: return get("/jobs")
        case 12..<24: return get("/jobs/\(newest - Int.random(in: 0..<2_500, using: &random))")
        default: return get("/jobs/\(newest - 20 - Int.random(in: 0..<250, using: &random))")
        }
    }

    private func get(_ path: String) -> String {
        "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\(key)\r\n\r\n"
    }

    /// One of many customers: about one request a second each.
    private var key: String { "X-Api-Key: customer-\(Int.random(in: 0..<200))" }

    private mutating func post() -> String {
        let kind = JobsAPI.kinds.randomElement(using: &random) ?? "upload"
        let file = UInt32.random(in: 0 ... .max, using: &random)
        let body = #"{"kind":"\#(kind)","payload":"clip-\#(file).mp4"}"#
        return
            "POST /jobs HTTP/1.1\r\nHost: 127.0.0.1\r\n\(key)\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}

/// One kept connection with at most one request under way. Just enough HTTP for the API beside it.
private struct LoadConnection {
    enum Progress {
        case partial
        /// An answer; `id` is the number of a new job.
        case whole(status: Int, id: Int?)
        case broken
    }

    let socket: Int32
    private(set) var isBusy = false
    private(set) var since = ContinuousClock.now
    private var received: [UInt8] = []

    init?(port: UInt16) {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        socket = Glibc.socket(AF_INET, kind, 0)
        var address = loopback(port: port)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let outcome = withSocketAddress(&address) { connect(socket, $0, size) }
        // The kernel completes a loopback connection at once.
        guard outcome == 0 || errno == EINPROGRESS else {
            close(socket)
            return nil
        }
    }

    mutating func send(_ request: String) -> Bool {
        let bytes = Array(request.utf8)
        isBusy = true
        since = .now
        received = []
        return Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    mutating func receive() -> Progress {
        var chunk = [UInt8](repeating: 0, count: 4096)
        let count = recv(socket, &chunk, chunk.count, 0)
        if count < 0 && errno == EAGAIN { return .partial }
        guard count > 0, received.count < 65_536 else { return .broken }
        received.append(contentsOf: chunk[..<count])
        guard let answer = Answer(received) else { return .partial }
        isBusy = false
        return .whole(status: answer.status, id: answer.id)
    }
}

/// A whole HTTP answer with a Content-Length.
struct Answer: Equatable {
    var status: Int
    var body: String

    /// The number in `{"id":…}`.
    var id: Int? {
        body.hasPrefix(#"{"id":"#) && status == 202 ? Int(body.dropFirst(6).dropLast()) : nil
    }

    /// Nil while bytes are missing.
    init?(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let parts = text.split(
            separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let status = Int(text.dropFirst(9).prefix(3)) else { return nil }
        let length = parts[0].split(separator: "\r\n").first {
            $0.lowercased().hasPrefix("content-length:")
        }
        let expected = length.flatMap { Int($0.dropFirst(15).drop { $0 == " " }) } ?? 0
        guard parts[1].utf8.count >= expected else { return nil }
        self.status = status
        body = String(parts[1])
    }
}
