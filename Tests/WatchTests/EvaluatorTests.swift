import Configuration
import Snapshot
import TestSupport
import Testing
import TimeSeries

@testable import Watch

@Suite("KPIs over the head")
struct EvaluatorTests {
    private let head = Head()

    private func evaluate(
        _ expression: String, target: Goal? = Goal(.less, 100), after seconds: Int
    ) async -> KPIState? {
        var configuration = Configuration(path: "config.toml")
        configuration.kpis = [KPISpec(name: "k", value: expression, target: target)]
        let evaluator = Evaluator(head: head, store: head, configuration: configuration)
        return await evaluator.evaluate(at: start + .seconds(seconds), recordsHistory: true)
            .kpis.first
    }

    /// A counter that rises by 10 a second, one sample every 5 s.
    private func fill(_ labels: Labels, seconds: Int) {
        for second in stride(from: 0, through: seconds, by: 5) {
            _ = head.append(labels, Sample(start + .seconds(second), Double(second * 10)))
        }
    }

    @Test("is warming until 80 % of the longest range is covered")
    func warming() async {
        fill(Labels(name: "requests_total"), seconds: 300)
        let early = await evaluate("rate(requests_total[5m])", after: 235)
        #expect(early?.judgement == .warming(observed: .seconds(235), needed: .seconds(300)))
        #expect(early?.health == nil)
        let late = await evaluate("rate(requests_total[5m])", after: 240)
        #expect(late?.judgement == .met)
        let full = await evaluate("rate(requests_total[5m])", after: 300)
        #expect(full?.value.map { abs($0 - 10) < 1e-9 } == true)
    }

    @Test("misses its target")
    func missed() async {
        _ = head.append(Labels(name: "temperature"), Sample(start, 150))
        #expect(await evaluate("temperature", after: 1)?.judgement == .missed)
        #expect(await evaluate("temperature", target: nil, after: 1)?.judgement == .unjudged)
    }

    @Test("a label value that never occurred has been observed too")
    func neverOccurred() async {
        fill(["__name__": "requests_total", "code": "200"], seconds: 300)
        let state = await evaluate(
            "sum(rate(requests_total{code=\"500\"}[5m])) or vector(0)", after: 300)
        #expect(state?.judgement == .met)
        #expect(state?.value == 0)
    }

    @Test("no data is unknown, not zero")
    func noData() async {
        let state = await evaluate("absent_metric", after: 1)
        #expect(state?.value == nil)
        #expect(state?.judgement == .unknown("no data"))
        #expect(state?.health == .unknown)
    }

    @Test("several series are said to be several")
    func several() async {
        for name in ["a", "b"] {
            _ = head.append(["__name__": "m", "x": name], Sample(start, 1))
        }
        #expect(
            await evaluate("m", after: 1)?.judgement
                == .unknown("2 series instead of one: aggregate them"))
    }
}
