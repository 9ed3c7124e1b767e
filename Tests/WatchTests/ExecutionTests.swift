import Configuration
import Dispatch
import Rules
import Testing
import TimeSeries

@testable import Watch

/// Gives nothing until it is opened, like a disk that does not answer.
private final class StuckStore: SeriesStore {
    private let head = Head()
    private let gate = DispatchSemaphore(value: 0)

    func open(for queries: Int) { for _ in 0..<queries { gate.signal() } }

    func select(_ matchers: [Matcher], from: Timestamp, through: Timestamp) -> [Series] {
        gate.wait()
        return []
    }

    func labelSets(_ matchers: [Matcher], from: Timestamp, through: Timestamp) -> [Labels] { [] }
    func labelNames(_ matchers: [Matcher], from: Timestamp, through: Timestamp) -> [String] { [] }
    func labelValues(
        _ name: String, _ matchers: [Matcher], from: Timestamp, through: Timestamp
    ) -> [String] { [] }
    var allMetadata: [MetricMetadata] { [] }
}

@Suite("evaluation beside everything else")
struct ExecutionTests {
    @Test("queries that are stuck leave the threads that actors share", .timeLimit(.minutes(1)))
    func apart() async throws {
        let yaml = "groups: [{name: g, rules: [{record: r, expr: up}]}]"
        var configuration = Configuration(path: "config.toml")
        configuration.rules.groups = try RuleFile.read(yaml: Array(yaml.utf8), path: "r.yml").get()
            .groups
        configuration.kpis = [KPISpec(name: "k", value: "up")]
        // More than a machine has cores.
        let count = 64
        let store = StuckStore()
        await withTaskGroup(of: Void.self) { [configuration] group in
            for _ in 0..<count {
                let head = Head()
                let rules = RuleEvaluator(head: head, store: store, configuration: configuration)
                let kpis = Evaluator(head: head, store: store, configuration: configuration)
                group.addTask { await rules.evaluateAll(at: Timestamp(milliseconds: 0)) }
                group.addTask {
                    _ = await kpis.evaluate(
                        at: Timestamp(milliseconds: 0), recordsHistory: false)
                }
            }
            // Runs after those above have been started, on a thread that they have left free.
            group.addTask {
                for _ in 0..<1000 { await Task.yield() }
                store.open(for: 2 * count)
            }
        }
    }
}
