import Alerting
import Testing
import TimeSeries

@Suite("pages that reach nobody")
struct LostPageTests {
    @Test("a message that is not tried again is kept until somebody has seen it")
    func lost() throws {
        var desk = DeskRun()
        desk.answer = { _ in .never }
        desk.judge([("api", 5)], at: 0)
        desk.go(until: 10)
        #expect(desk.desk.lost.map(\.receiver) == ["ntfy", "mail"])
        #expect(desk.desk.untoldSince == at(0))
        desk.restart(at: 20)
        #expect(desk.desk.lost.count == 2 && desk.desk.untoldSince == at(0))
        desk.setClock(by: .seconds(3600))
        #expect(desk.desk.untoldSince == at(3600))
        _ = try desk.desk.perform(.seen, by: "bea", at: at(3621))
        #expect(desk.desk.lost.isEmpty)
        #expect(throws: ActRefusal.self) {
            try desk.desk.perform(.seen, by: "bea", at: at(3622))
        }
        desk.go(until: 25)
        desk.restart(at: 30)
        #expect(desk.desk.lost.isEmpty)
    }

    @Test("who waits to be told counts until a receiver took the page or somebody has it")
    func untold() throws {
        var desk = DeskRun()
        desk.answer = { _ in .retry }
        desk.judge([("api", 5)], at: 0)
        desk.go(until: 90)
        #expect(desk.desk.untoldSince == at(0))
        var other = desk
        _ = try other.desk.perform(
            .acknowledge(key: "high latency", lasting: nil), by: "bea", at: at(91))
        #expect(other.desk.untoldSince == nil)
        // One of two will do.
        desk.answer = { $0.entry.channel == "mail" ? .accepted : .retry }
        desk.go(until: 200)
        #expect(desk.desk.untoldSince == nil && desk.desk.pager.outbox.openCount > 0)
    }

    @Test("a receiver that is well again is not shown as failing for a clock that was set back")
    func receiverAfterStep() {
        var desk = DeskRun()
        desk.answer = { _ in .retry }
        desk.judge([("api", 5)], at: 0)
        desk.go(until: 20)
        desk.setClock(by: .seconds(-3600))
        desk.answer = { _ in .accepted }
        desk.go(until: 60)
        let record = desk.desk.channels["ntfy"]
        #expect(record?.lastAccepted ?? .distantPast > record?.lastFailure ?? .distantFuture)
    }

    @Test("a breach that must be observed in full again is one since the restart")
    func pendingAgain() {
        var desk = DeskRun()
        var rule = DeskRun.rule("slow")
        rule.cycle.hold = .seconds(30)
        rule.cycle.maxGap = .seconds(10)
        let element = AlertElement(labels: ["instance": "a"], finding: .value(5), value: 5)
        desk.judge(passes: [RulePass(rule, .elements([element]))], at: 0)
        desk.judge(passes: [RulePass(rule, .elements([element]))], at: 10)
        #expect(desk.desk.alerts(of: rule.id).first?.breachedSince == at(0))
        desk.restart(at: 60)
        desk.judge(passes: [RulePass(rule, .elements([element]))], at: 61)
        #expect(desk.desk.alerts(of: rule.id).first?.breachedSince == at(61))
    }
}
