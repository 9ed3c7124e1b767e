import Alerting
import Testing
import TimeSeries

@Suite("a clock that is set")
struct DeskClockTests {
    static let steps: [Duration] = [
        .seconds(3600), .seconds(-3600), .seconds(365 * 86_400), .seconds(-365 * 86_400),
    ]

    /// Told in turn, with a rule that holds, a receiver that refuses for a while, and a repeat.
    private func story(_ step: Duration) -> [String] {
        var run = DeskRun(DeskRun.escalating)
        var rule = DeskRun.rule("slow")
        rule.cycle.hold = .seconds(30)
        rule.cycle.keepFiringFor = .seconds(60)
        rule.cycle.maxGap = .seconds(25)
        func judge(_ value: Double, _ second: Int) {
            let element = AlertElement(
                labels: ["instance": "a"], finding: .value(value), value: value)
            run.judge(passes: [RulePass(rule, .elements([element]))], at: second)
        }
        judge(5, 0)
        judge(5, 10)
        run.setClock(by: step)
        run.answer = { _ in .retry }
        for second in stride(from: 20, through: 60, by: 10) { judge(5, second) }
        run.setClock(by: step)
        run.answer = { _ in .accepted }
        for second in stride(from: 70, through: 500, by: 10) {
            if second == 200 { run.setClock(by: .zero - step) }
            judge(5, second)
        }
        for second in stride(from: 510, through: 600, by: 10) { judge(0, second) }
        return run.log
    }

    @Test("moves no timer: who is told of what when is the same as without", arguments: steps)
    func timers(step: Duration) {
        let expected = story(.zero)
        #expect(expected.count >= 5, "\(expected)")
        #expect(story(step) == expected)
    }

    /// Silenced for ten minutes, from the start.
    private func silenced() throws -> DeskRun {
        var run = DeskRun()
        let request = SilenceRequest(
            matchers: ["instance=\"api\""], length: .seconds(600), reason: "deploy")
        _ = try run.desk.perform(.silence(request), by: "bea", at: at(0))
        return run
    }

    @Test("ends a silence whose end it passes, and opens none that has ended")
    func silence() throws {
        var run = try silenced()
        run.judge([("api", 5)], at: 10)
        run.setClock(by: .seconds(-300))
        run.go(until: 400)
        #expect(run.log.isEmpty, "its end is a time of day, later now")
        run.setClock(by: .seconds(3600))
        run.go(until: 410)
        #expect(run.log.count == 1)
        run.setClock(by: .seconds(-3600))
        run.judge([("api", 0)], at: 420)
        run.judge([("api", 5)], at: 500)
        #expect(run.log.count == 3)
        #expect(!run.desk.silences.values.contains { !$0.isEnded })
    }

    @Test("far back makes no silence longer than one may be, also after a restart")
    func longSilence() throws {
        var run = try silenced()
        run.go(until: 10)
        run.setClock(by: .seconds(-365 * 86_400))
        run.go(until: 20)
        run.restart(at: 30)
        run.judge([("api", 5)], at: 40)
        #expect(run.log.isEmpty && run.desk.silences.count == 1)
        run.go(until: 40 + 3600)
        run.setClock(by: .seconds(30 * 86_400))
        run.go(until: 60 + 3600)
        #expect(run.log.count == 1)
    }

    @Test("back while nothing ran keeps no page waiting for the old time", arguments: steps)
    func restart(step: Duration) {
        var run = DeskRun()
        run.answer = { _ in .retry }
        run.judge([("api", 5)], at: 0)
        run.go(until: 100)
        run.answer = { _ in .accepted }
        run.restart(at: 110, clockSet: step)
        run.go(until: 300)
        #expect(run.log.contains { $0.contains("trigger #1 high latency") }, "\(run.log)")
        run.judge([("api", 0)], at: 310)
        #expect(run.log.last?.contains("resolve") == true, "\(run.log)")
    }
}
