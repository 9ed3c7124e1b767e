import Collectors
import Glibc
import HTTP
import Reactor
import Targets
import TestSupport

// Probes many endpoints of a local nginx once a second each, some of which never answer, and prints
// what it costs and how late probes begin: ProbeBenchmark [ENDPOINTS] [HANGING] [SECONDS] [silent]
// With "silent" the hanging ones hang in the look-up of their name instead of in the answer.

@main
struct ProbeBenchmark {
    static func main() async throws {
        let words = CommandLine.arguments.dropFirst()
        let numbers = words.compactMap { Int($0) }
        let endpoints = numbers.first ?? 1000
        let hanging = numbers.count > 1 ? numbers[1] : 100
        let seconds = numbers.count > 2 ? numbers[2] : 10
        raiseDescriptorLimit()
        let folder = try TemporaryFolder("bench")
        let port = try freePort()
        let nginx = try Nginx(
            "server { listen 127.0.0.1:\(port) backlog=4096; location / { return 200 ok; } }",
            port: port, in: folder)
        defer { nginx.stop() }
        let faults = try Faults(isInLookup: words.contains("silent"))
        let probes = (0..<endpoints).map { index in
            index < hanging ? faults.probe(index) : good(index, port: port)
        }
        let before = processorSeconds()
        let tries = await run(probes, seconds: seconds)
        report(
            tries, hanging: hanging, share: (processorSeconds() - before) / Double(seconds))
    }

    private static let client = HTTPClient()

    private static func good(_ index: Int, port: Int) -> HTTPCollector {
        HTTPCollector(
            id: TargetID(.http, "good\(index)"),
            settings: HTTPSettings(url: "http://127.0.0.1:\(port)/"), client: client)
    }

    /// Each probe once a second, spread over it; a probe that is under way is not begun again.
    private static func run(_ probes: [HTTPCollector], seconds: Int) async -> [Try] {
        let start = Deadline.after(.milliseconds(200))
        return await withTaskGroup(of: [Try].self) { group in
            for (index, probe) in probes.enumerated() {
                let phase = Duration.seconds(1) * index / probes.count
                group.addTask { await repeated(probe, from: start + phase, times: seconds) }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
    }

    private static func repeated(
        _ probe: HTTPCollector, from start: Deadline, times: Int
    ) async -> [Try] {
        var tries: [Try] = []
        for number in 0..<times {
            let due = start + .seconds(number)
            try? await sleep(until: due)
            let lag = ContinuousClock.now - due
            let reading = try? await probe.collect(deadline: due + .milliseconds(900))
            let isGood = reading?.families.first { $0.metadata.name == "probe_success" }
            tries.append(
                Try(
                    isHanging: probe.id.name.hasPrefix("hang"), lag: lag,
                    isGood: isGood?.points.first?.value == 1))
        }
        return tries
    }

    private struct Try: Sendable {
        var isHanging: Bool
        var lag: Duration
        var isGood: Bool
    }

    private static func report(_ tries: [Try], hanging: Int, share: Double) {
        let good = tries.filter { !$0.isHanging }
        let lags = good.map { $0.lag / .milliseconds(1) }.sorted()
        func row(_ name: String, _ value: String) { print("\(name)\t\(value)") }
        func rounded(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
        row("tries of good endpoints", "\(good.count)")
        row("of them answered", "\(good.filter(\.isGood).count)")
        row("hanging endpoints", "\(hanging)")
        row("CPU of one core, %", rounded(share * 100))
        guard let last = lags.last else { return }
        row("lag p50, ms", rounded(lags[lags.count / 2]))
        row("lag p99, ms", rounded(lags[lags.count * 99 / 100]))
        row("lag longest, ms", rounded(last))
    }
}

/// Where requests hang: a port that accepts (the kernel does) and never reads, and a name server
/// that never answers.
private final class Faults: Sendable {
    private let port: Int
    private let client: HTTPClient
    private let silent: SilentServer
    private let isInLookup: Bool

    init(isInLookup: Bool) throws {
        self.isInLookup = isInLookup
        silent = try SilentServer()
        client = HTTPClient(resolver: Resolver(servers: ["127.0.0.1:\(silent.port)"]))
        port = try deafPort()
    }

    func probe(_ index: Int) -> HTTPCollector {
        let host = isInLookup ? "host\(index).example.com" : "127.0.0.1:\(port)"
        return HTTPCollector(
            id: TargetID(.http, "hang\(index)"), settings: HTTPSettings(url: "http://\(host)/"),
            client: client)
    }
}

/// A port whose queue takes connections that nobody accepts, until the program ends.
private func deafPort() throws -> Int {
    let port = try freePort()
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    guard result == 0, listen(socket, 4096) == 0 else {
        throw TestFailure("listen: errno \(errno)")
    }
    return port
}

/// User and system time of this process.
private func processorSeconds() -> Double {
    var usage = rusage()
    getrusage(RUSAGE_SELF, &usage)
    let times = [usage.ru_utime, usage.ru_stime]
    return times.reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
}

private func raiseDescriptorLimit() {
    var limit = rlimit()
    getrlimit(RLIMIT_NOFILE, &limit)
    limit.rlim_cur = limit.rlim_max
    setrlimit(RLIMIT_NOFILE, &limit)
}
