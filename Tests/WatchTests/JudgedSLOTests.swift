import Alerting
import Configuration
import Records
import TestSupport
import Testing
import TimeSeries

@testable import Watch

@Suite("SLOs over the head")
struct JudgedSLOTests {
    private let head = Head(span: .seconds(86_400))

    private static let requests = SLOSpec(
        name: "requests", indicator: .bad("errors_total", total: "requests_total"),
        objective: 0.999, window: .seconds(30 * 86_400))

    private static let minutes = SLOSpec(
        name: "minutes",
        indicator: .slices(value: "up", target: Goal(.greaterOrEqual, 1), slice: .seconds(60)),
        objective: 0.999, window: .seconds(30 * 86_400))

    /// A hundred requests each 5 s, five of them errors from `breaks` on.
    private func fill(through seconds: Int, breaks: Int = .max) {
        var errors = 0.0
        for second in stride(from: 0, through: seconds, by: 5) {
            if second >= breaks { errors += 5 }
            let at = start + .seconds(second)
            _ = head.append(["__name__": "requests_total"], Sample(at, Double(second) * 20))
            _ = head.append(["__name__": "errors_total"], Sample(at, errors))
            _ = head.append(["__name__": "up"], Sample(at, second >= breaks ? 0 : 1))
        }
    }

    private func run(_ slo: inout JudgedSLO, from: Int = 0, through seconds: Int) -> [StateRecord] {
        var kept: [StateRecord.ID: StateRecord] = [:]
        for second in stride(from: from, through: seconds, by: 5) {
            slo.evaluate(on: head, maintenance: [], at: start + .seconds(second))
            for record in slo.takeRecords().puts { kept[record.id] = record }
        }
        return Array(kept.values)
    }

    private func burning(_ slo: JudgedSLO, at second: Int) -> [String] {
        slo.passes(at: start + .seconds(second)).compactMap { pass in
            guard case .elements(let elements) = pass.outcome, let value = elements.first?.value,
                let limit = pass.rule.threshold, value > limit, pass.rule.comparison == ">"
            else { return nil }
            return pass.rule.name
        }
    }

    @Test("errors burn the budget in every tier; without them nothing burns")
    func burns() {
        fill(through: 7200, breaks: 3600)
        var slo = JudgedSLO(Self.requests, interval: .seconds(5))
        _ = run(&slo, through: 3600)
        #expect(burning(slo, at: 3600) == [])
        _ = run(&slo, from: 3605, through: 7200)
        #expect(burning(slo, at: 7200).count >= 3)
        let state = slo.state(at: start + .seconds(7200))
        #expect(state.name == "requests" && state.failure == nil)
    }

    @Test("slices of a minute are as well covered as their evaluations every five seconds")
    func slices() {
        fill(through: 4800, breaks: 3600)
        var slo = JudgedSLO(Self.minutes, interval: .seconds(5))
        _ = run(&slo, through: 4800)
        #expect(burning(slo, at: 4800).contains { $0.contains("fast") })
    }

    @Test("goes on after a restart from what was written down")
    func restart() {
        fill(through: 10_800, breaks: 3600)
        var whole = JudgedSLO(Self.requests, interval: .seconds(5))
        let records = run(&whole, through: 7200)
        var resumed = JudgedSLO(Self.requests, interval: .seconds(5))
        resumed.restore(records, through: start + .seconds(7200))
        let (before, after) = (
            whole.state(at: start + .seconds(7200)), resumed.state(at: start + .seconds(7200))
        )
        #expect(after.remaining.map { abs($0 - (before.remaining ?? 0)) < 0.2 } == true)
        #expect(burning(resumed, at: 7200) == burning(whole, at: 7200))
    }

    @Test("a query that fails is said, and nothing is judged")
    func fails() {
        var slo = JudgedSLO(Self.requests, interval: .seconds(5))
        slo.evaluate(on: head, maintenance: [], at: start)
        #expect(slo.failure == "no data")
        #expect(
            slo.passes(at: start).allSatisfy {
                if case .failed("no data") = $0.outcome { true } else { false }
            })
    }
}
