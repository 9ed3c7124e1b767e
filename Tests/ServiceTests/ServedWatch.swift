import Configuration
import Dispatch
import Glibc
import PrometheusAPI
import Rules
import Snapshot
import Targets
import TestSupport
import TimeSeries
import Watch

@testable import Service

/// A server over a store, on a socket in a folder of its own and, when wanted, on a free port.
final class ServedWatch: Sendable {
    let server: Server
    let socketPath: String
    /// 0 without one.
    let port: Int
    let snapshots: Newest<Snapshot>
    private let folder: TemporaryFolder

    init(
        _ store: any SeriesStore = Head(), configuration: Configuration? = nil,
        onPort: Bool = false,
        groups: [RuleGroupState] = [], limits: QueryAPI.Limits = QueryAPI.Limits(),
        at now: Timestamp = start, ports adjust: (inout Server.Ports) -> Void = { _ in }
    ) throws {
        folder = try TemporaryFolder("service")
        socketPath = folder.path("watch.sock")
        port = onPort ? try freePort() : 0
        var configuration = configuration ?? Configuration(path: "config.toml")
        if onPort { configuration.api.listen = .init(host: "127.0.0.1", port: port) }
        snapshots = Newest()
        let ruleGroups = Newest<[RuleGroupState]>()
        ruleGroups.publish(groups)
        var ports = Server.Ports(
            snapshots: snapshots, store: store, ruleGroups: ruleGroups, version: "1.2.3",
            now: { now })
        adjust(&ports)
        server = try Server(
            path: socketPath, configuration: configuration, ports: ports, limits: limits)
        try server.use(configuration)
    }

    deinit { server.stop() }

    func client(patience: Int = 5) throws -> RawClient {
        guard let client = RawClient(path: socketPath, patience: patience) else {
            throw TestFailure("nobody listens on \(socketPath)")
        }
        return client
    }

    func portClient(patience: Int = 5) throws -> RawClient {
        guard let client = RawClient(port: port, patience: patience) else {
            throw TestFailure("nobody listens on \(port)")
        }
        return client
    }

    /// One question over the socket.
    func ask(_ target: String, form: String? = nil) throws -> RawClient.Answer {
        guard let answer = try client().ask(target, form: form) else {
            throw TestFailure("no answer to \(target)")
        }
        return answer
    }
}

/// A head with one sample every 15 s for an hour up to `start`, of a few series.
func filledHead() -> Head {
    let head = Head()
    for step in 0...240 {
        let time = start - .seconds((240 - step) * 15)
        for code in ["200", "404", "500"] {
            for instance in ["a", "b"] {
                head.append(
                    Labels(
                        name: "http_requests_total",
                        ["code": code, "instance": instance, "job": "api"]),
                    Sample(time, Double(step * code.utf8.reduce(0) { $0 + Int($1) } % 977)))
            }
        }
        head.append(Labels(name: "up", ["job": "api", "instance": "a"]), Sample(time, 1))
        head.append(
            Labels(name: "scrape_duration_seconds", ["job": "http", "instance": "api"]),
            Sample(time, 0.25))
    }
    head.describe(
        MetricMetadata(name: "http_requests_total", type: .counter, help: "Requests."))
    return head
}

/// A store that holds up whoever selects the metric "slow" until the gate is opened.
final class GatedStore: SeriesStore {
    private let head = filledHead()
    private let gate = DispatchSemaphore(value: 0)
    private let arrivals = DispatchSemaphore(value: 0)

    func select(_ matchers: [Matcher], from: Timestamp, through: Timestamp) throws -> [Series] {
        if matchers.contains(where: { $0.value == "slow" }) {
            arrivals.signal()
            gate.wait()
            gate.signal()
        }
        return head.select(matchers, from: from, through: through)
    }

    /// Returns once `count` more queries stand before the gate; false after five seconds.
    func waitForArrivals(_ count: Int) -> Bool {
        (0..<count).allSatisfy { _ in arrivals.wait(timeout: .now() + 5) == .success }
    }

    func open() { gate.signal() }

    func labelSets(
        _ matchers: [Matcher], from: Timestamp, through: Timestamp
    ) -> [Labels] { head.labelSets(matchers, from: from, through: through) }

    func labelNames(
        _ matchers: [Matcher], from: Timestamp, through: Timestamp
    ) -> [String] { head.labelNames(matchers, from: from, through: through) }

    func labelValues(
        _ name: String, _ matchers: [Matcher], from: Timestamp, through: Timestamp
    ) -> [String] { head.labelValues(name, matchers, from: from, through: through) }

    var allMetadata: [MetricMetadata] { head.allMetadata }
}
