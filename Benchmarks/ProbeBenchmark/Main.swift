import Collectors
import Configuration
import Glibc
import HTTP
import Logging
import Reactor
import Snapshot
import Targets
import TestSupport
import TimeSeries
import Watch

// Runs the engine over many endpoints of a local nginx, once a second each, some of which never
// answer, and prints what that costs and how late probes begin:
//
//     ProbeBenchmark [ENDPOINTS] [HANGING] [SECONDS] [silent]
//
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
        let silent = try SilentServer()
        let deaf = try deafPort()
        let urls = (0..<endpoints).map { index in
            guard index < hanging else { return "http://127.0.0.1:\(port)/" }
            return words.contains("silent")
                ? "http://host\(index).example.com/" : "http://127.0.0.1:\(deaf)/"
        }
        let engine = engine(urls, resolver: Resolver(servers: ["127.0.0.1:\(silent.port)"]))
        await measure(engine, seconds: seconds, hanging: hanging)
    }

    private static func engine(_ urls: [String], resolver: Resolver) -> Engine {
        let client = HTTPClient(resolver: resolver)
        var configuration = Configuration(path: "benchmark")
        configuration.targets = urls.enumerated().map { index, url in
            TargetSpec(
                id: TargetID(.http, "e\(index)"), interval: .seconds(1), timeout: .seconds(1),
                settings: .http(HTTPSettings(url: url)))
        }
        return Engine(
            configuration: configuration,
            watch: WatchState(
                name: "benchmark", startedAt: wallClock(), length: .seconds(3600), owner: getpid(),
                isServed: false, configuration: "benchmark"),
            ports: Engine.Ports(
                makeCollector: { spec throws(CollectionFailure) in
                    guard case .http(let settings) = spec.settings else {
                        throw CollectionFailure(.ours, "not a probe")
                    }
                    return HTTPCollector(id: spec.id, settings: settings, client: client)
                },
                reach: { _ in true },
                log: Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() }))
    }

    /// Lets the engine run for five seconds, then measures.
    private static func measure(_ engine: Engine, seconds: Int, hanging: Int) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await engine.run() }
            try? await Task.sleep(for: .seconds(5))
            let before = (processorSeconds(), engine.head.counts.appended)
            try? await Task.sleep(for: .seconds(seconds))
            let after = (processorSeconds(), engine.head.counts.appended)
            if let snapshot = engine.snapshots.value {
                report(
                    snapshot, hanging: hanging, cpu: (after.0 - before.0) / Double(seconds),
                    samples: Double(after.1 - before.1) / Double(seconds))
            }
            group.cancelAll()
        }
    }

    private static func report(_ snapshot: Snapshot, hanging: Int, cpu: Double, samples: Double) {
        func row(_ name: String, _ value: Double) {
            print("\(name)\t\((value * 10).rounded() / 10)")
        }
        row("endpoints", Double(snapshot.targets.count))
        row("of them ok", Double(snapshot.counts[.ok] ?? 0))
        row("hanging", Double(hanging))
        row("CPU of one core, %", cpu * 100)
        row("lag p99, ms", snapshot.cost.lag * 1000)
        row("samples a second", samples)
        row("resident, MB", Double(snapshot.cost.residentBytes) / 1_048_576)
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
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let times = [usage.ru_utime, usage.ru_stime]
    return times.reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
}

private func raiseDescriptorLimit() {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}
