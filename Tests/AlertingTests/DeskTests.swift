import Alerting
import Records
import Testing
import TimeSeries

@Suite("the desk")
struct DeskTests {
    @Test("a breach is paged, and its end is told to those who know of it")
    func life() throws {
        var desk = DeskRun()
        desk.judge([("api", 5)], at: 0)
        #expect(desk.log == ["0 ntfy trigger #1 high latency"])
        desk.judge([("api", 0)], at: 10)
        #expect(desk.log.last == "10 ntfy resolve #2 high latency")
        desk.judge([("api", 5)], at: 60)
        #expect(desk.log.last == "60 ntfy trigger #1 high latency")
        #expect(Set(desk.keys).count == 2)
    }

    @Test("what breaks together is told together, and what joins later as an update")
    func groups() {
        var desk = DeskRun()
        desk.judge([("a", 5), ("b", 5), ("c", 0)], at: 0)
        desk.judge([("a", 5), ("b", 5), ("c", 5)], at: 10)
        desk.go(until: 31)
        #expect(desk.log.map { $0.prefix(17) } == ["0 ntfy trigger #1", "30 ntfy update #2"])
        #expect(desk.pages.map(\.group.size) == [2, 3])
    }

    @Test("who acknowledges is asked no more; when that runs out all are asked again")
    func acknowledged() throws {
        var desk = DeskRun()
        desk.judge([("api", 5)], at: 0)
        let key = try #require(desk.keys.first)
        #expect(
            try desk.desk.perform(
                .acknowledge(key: key, lasting: .seconds(60)), by: "bea", at: at(5))
                == "high latency: acknowledged")
        desk.go(until: 6)
        #expect(desk.log.last == "5 ntfy acknowledge #2 high latency")
        desk.judge([("api", 5)], at: 30)
        #expect(desk.log.count == 2)
        desk.go(until: 66)
        #expect(desk.log.last == "65 ntfy update #3 high latency")
        #expect(desk.pages.last?.remarks == ["acknowledgement is over"])
    }

    @Test("keys may be cut short, names will do, and what is ambiguous is refused")
    func keys() throws {
        var desk = DeskRun()
        desk.judge([("api", 5)], at: 0)
        let key = try #require(desk.keys.first)
        for name in [key, String(key.dropFirst(9)), "high latency"] {
            _ = try desk.desk.perform(.acknowledge(key: name, lasting: nil), by: "bea", at: at(1))
        }
        #expect(throws: ActRefusal.self) {
            try desk.desk.perform(.acknowledge(key: "other", lasting: nil), by: "bea", at: at(1))
        }
    }

    @Test("a silence holds the page back; once it ends the page goes out and says why it is late")
    func silence() throws {
        var desk = DeskRun()
        let request = SilenceRequest(
            matchers: ["instance=\"api\""], length: .seconds(600), reason: "works")
        #expect(
            try desk.desk.perform(.silence(request), by: "bea", at: at(0))
                == "silence s1: 0 firing alerts quiet")
        desk.judge([("api", 5)], at: 10)
        desk.go(until: 590)
        #expect(desk.log.isEmpty)
        desk.go(until: 611)
        #expect(desk.log == ["600 ntfy trigger #1 high latency"])
        #expect(desk.pages.last?.remarks == ["was quiet: silenced by bea: works"])
    }

    @Test("what was quiet for long is forgotten, on disk too, and what fires is not")
    func forgetting() throws {
        var desk = DeskRun()
        _ = try desk.desk.perform(
            .silence(
                SilenceRequest(
                    matchers: ["instance=\"x\""], length: .seconds(60), reason: "works")),
            by: "bea", at: at(0))
        desk.judge([("api", 5), ("web", 5)], at: 0)
        desk.judge([("api", 0), ("web", 5)], at: 10)
        var rule = DeskRun.rule("high latency")
        rule.absenceIsWell = true
        let web = AlertElement(labels: ["instance": "web"], finding: .value(5), value: 5)
        desk.desk.judge([RulePass(rule, .elements([web]))], at: at(120))
        desk.go(until: 121)
        let before = desk.kept
        desk.desk.forgetOld(at: at(30 * 86_400))
        desk.go(until: 122)
        #expect(desk.kept == before)
        desk.desk.forgetOld(at: at(36 * 86_400))
        desk.go(until: 123)
        #expect(desk.kept.alerts == 1 && desk.kept.records == before.records - 2)
        #expect(desk.desk.silences.isEmpty)
    }

    @Test("a parent that fires in the same pass hides what stands on it")
    func dependencies() throws {
        var plan = DeskRun.plan
        plan.inhibitions = [
            Inhibition(
                source: [
                    try Matcher(parsing: "target=host/h"), try Matcher(parsing: "severity=page"),
                ],
                target: [
                    try Matcher(parsing: "target=http/api"), try Matcher(parsing: "severity=page"),
                ],
                equal: [])
        ]
        var desk = DeskRun(plan)
        desk.desk.judge(
            [
                desk.pass("child", [("api", 5)], target: "http/api"),
                desk.pass("parent", [("h", 5)], target: "host/h"),
            ], at: at(0))
        desk.go(until: 1)
        #expect(desk.log == ["0 ntfy trigger #1 parent"])
        desk.desk.judge(
            [
                desk.pass("child", [("api", 5)], target: "http/api"),
                desk.pass("parent", [("h", 0)], target: "host/h"),
            ], at: at(10))
        desk.go(until: 11)
        #expect(desk.log.contains("10 ntfy resolve #2 parent"))
        #expect(desk.log.contains("10 ntfy trigger #1 child"))
    }

    @Test(
        "a dependent's page waits until its parents were looked at, and no longer than five seconds"
    )
    func parents() {
        var plan = DeskRun.plan
        plan.parents = ["http/api": ["containers/docker"]]
        var desk = DeskRun(plan)
        desk.desk.judge([desk.pass("child", [("api", 5)], target: "http/api")], at: at(0))
        desk.go(until: 2)
        #expect(desk.log.isEmpty && desk.desk.awaited == ["containers/docker"])
        desk.desk.looked(at: "containers/docker", at(3))
        desk.go(until: 4)
        #expect(desk.log == ["3 ntfy trigger #1 child"])

        desk = DeskRun(plan)
        desk.desk.judge([desk.pass("child", [("api", 5)], target: "http/api")], at: at(0))
        desk.go(until: 9)
        #expect(desk.log == ["5 ntfy trigger #1 child"])
    }

    @Test("an element without data keeps its state, and is a breach after the limit")
    func noData() {
        var desk = DeskRun()
        desk.judge([("api", 0)], at: 0)
        for second in stride(from: 10, through: 890, by: 10) { desk.judge([], at: second) }
        #expect(desk.log.isEmpty)
        for second in stride(from: 900, through: 930, by: 10) { desk.judge([], at: second) }
        #expect(desk.log.count == 1)
        #expect(desk.pages.first?.alerts.first?.summary == "high latency: NO DATA")
    }

    @Test("a failed rule changes nothing")
    func failed() {
        var desk = DeskRun()
        desk.judge([("api", 5)], at: 0)
        desk.desk.judge(
            [RulePass(DeskRun.rule("high latency"), .failed("too many samples"))], at: at(10))
        desk.go(until: 20)
        #expect(desk.log.count == 1)
        #expect(desk.desk.alerts.values.first?.unknownSince == at(10))
    }

    @Test("a rule that is removed ends its alerts, and says that this is not health")
    func removed() {
        var desk = DeskRun()
        desk.judge([("api", 5)], at: 0)
        desk.desk.keepRules([], at: at(10))
        desk.go(until: 11)
        #expect(desk.log.last == "10 ntfy resolve #2 high latency")
        #expect(desk.pages.last?.remarks == ["its rule was removed, not necessarily well"])
    }

    @Test("a receiver that is gone leaves what waits for it to its fallback")
    func removedReceiver() {
        var desk = DeskRun()
        desk.answer = { _ in .retry }
        desk.judge([("api", 5)], at: 0)
        desk.answer = { _ in .accepted }
        var plan = DeskRun.plan
        plan.channels = [Outbox.Channel(name: "mail")]
        desk.desk.use(plan, at: at(1))
        desk.go(until: 2)
        #expect(desk.log.last == "1 mail trigger #1 high latency")
        #expect(desk.pages.last?.fallback?.primary == "ntfy")
    }

    @Test("a page says where an escalation stands and reaches the next person in turn")
    func escalation() {
        var desk = DeskRun(DeskRun.escalating)
        desk.judge([("api", 5)], at: 0)
        desk.go(until: 301)
        #expect(
            desk.log.map { $0.split(separator: " ").prefix(3).joined(separator: " ") }
                == ["0 ntfy trigger", "120 mail trigger", "300 mail update"])
    }
}

/// Restarts.
extension DeskTests {
    @Test("after a restart what fired still fires, nobody is paged again, and its end is told")
    func restart() {
        var desk = DeskRun()
        desk.judge([("api", 5)], at: 0)
        desk.restart(at: 100)
        desk.judge([("api", 5)], at: 110)
        #expect(desk.log.count == 1)
        desk.judge([("api", 0)], at: 120)
        #expect(desk.log.last == "120 ntfy resolve #2 high latency")
    }

    @Test(
        "how often a receiver failed in 24 hours outlives the process, and is forgotten after them")
    func failures() {
        var desk = DeskRun()
        desk.answer = { _ in .retry }
        desk.judge([("api", 5)], at: 0)
        desk.go(until: 20)
        let failed = desk.desk.channels["ntfy"]?.failures(at: at(20)) ?? 0
        #expect(failed > 2)
        desk.answer = { _ in .accepted }
        desk.restart(at: 30)
        #expect(desk.desk.channels["ntfy"]?.failures(at: at(30)) == failed)
        #expect(desk.desk.channels["ntfy"]?.failures(at: at(23 * 3600)) == failed)
        #expect(desk.desk.channels["ntfy"]?.failures(at: at(24 * 3600)) == 0)
    }

    @Test("what was not delivered before a restart is delivered after it")
    func undelivered() {
        var desk = DeskRun()
        desk.answer = { _ in .retry }
        desk.judge([("api", 5)], at: 0)
        desk.answer = { _ in .accepted }
        desk.restart(at: 20)
        desk.go(until: 60)
        #expect(desk.log.last?.hasSuffix("ntfy trigger #1 high latency") == true)
        #expect(desk.desk.pager.outbox.openCount == 0)
    }

    @Test("an acknowledgement, a silence and a note outlive the process")
    func people() throws {
        var desk = DeskRun()
        desk.judge([("api", 5)], at: 0)
        let key = try #require(desk.keys.first)
        _ = try desk.desk.perform(
            .acknowledge(key: key, lasting: .seconds(600)), by: "bea", at: at(1))
        _ = try desk.desk.perform(.note(text: "restarted nginx", key: nil), by: "bea", at: at(2))
        let request = SilenceRequest(matchers: ["instance=b"], length: .seconds(600), reason: "x")
        _ = try desk.desk.perform(.silence(request), by: "bea", at: at(3))
        desk.go(until: 4)
        desk.restart(at: 10)
        #expect(desk.desk.alerts.values.first?.incident.response.isTaken == true)
        #expect(desk.desk.notes.map(\.text) == ["restarted nginx"])
        #expect(desk.desk.silences["s1"]?.isActive(at: at(20)) == true)
        desk.judge([("api", 5)], at: 20)
        #expect(desk.log.count == 2)
    }

    @Test("records that cannot be read are counted and left out")
    func damaged() {
        var desk = Desk(instance: "shop", plan: DeskRun.plan)
        let broken = StateRecord(kind: "alert", key: "x", body: Array("{}".utf8))
        let other = StateRecord(kind: "attestation", key: "x", body: [])
        #expect(desk.restore([ReadRecords([broken, other])], at: at(0)) == 1)
    }
}
