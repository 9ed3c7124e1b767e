import TestSupport
import Testing
import TimeSeries

@testable import Checklist

@Suite("Verdicts as series")
struct VerdictSeriesTests {
    private let checks = ["pg.logging.connections"]

    private func look(
        _ series: inout VerdictSeries, _ verdict: Verdict
    ) throws -> [String: Double] {
        let plan = try bound { $0.checks = checks }
        let facts = PlanFacts(results: [checks[0]: [result(checks[0], verdict)]])
        let judged = PlanVerdict(of: plan, by: facts, at: start)
        let samples = series.samples(
            of: [.init(name: "plan.md", plan: plan, verdict: judged)], at: start)
        return Dictionary(samples.map { ($0.labels.description, $0.value) }) { first, _ in first }
    }

    @Test("the verdict that holds is 1, one that was is 0, and others have no series")
    func states() throws {
        var series = VerdictSeries()
        let first = try look(&series, .pass)
        #expect(first.filter { $0.key.contains("dogwatch_check{") }.map(\.value) == [1])
        let item = first.filter { $0.key.contains("dogwatch_item_state{") && $0.value == 1 }
        #expect(item.keys.contains { $0.contains("state=\"verified\"") })
        let second = try look(&series, .fail)
        let check = second.filter { $0.key.contains("dogwatch_check{") }
        #expect(check.count == 2 && check.first { $0.key.contains("\"fail\"") }?.value == 1)
        #expect(check.first { $0.key.contains("\"pass\"") }?.value == 0)
    }

    @Test("a plan says how many items it has and how many are done")
    func plan() throws {
        var series = VerdictSeries()
        let first = try look(&series, .pass)
        let items = first.first { $0.key.contains("dogwatch_plan_items{") }?.value ?? 0
        #expect(items > 0)
        #expect(first.first { $0.key.contains("dogwatch_plan_items_done{") }?.value == 1)
        #expect(first.contains { $0.key.contains("dogwatch_check_age_seconds{") })
        let scores = first.filter { $0.key.contains("dogwatch_plan_score{") }
        #expect(scores.count == 2 && scores.values.allSatisfy { (0...1).contains($0) })
    }
}
