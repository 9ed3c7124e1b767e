import Snapshot
import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Watch

@Suite("what a target's state is")
struct JudgementTests {
    private let detail = TargetDetail.scrape(
        ScrapeDetail(url: "", samples: 1, bytes: 1, duration: 0.1))

    private func record(_ kind: TargetKind = .http, dependsOn: [TargetID] = []) -> TargetRecord {
        TargetRecord(
            spec: TargetSpec(
                id: TargetID(kind, "api"), dependsOn: dependsOn,
                settings: .http(HTTPSettings(url: "http://127.0.0.1"))), addedAt: start)
    }

    private func state(
        _ record: TargetRecord, after seconds: Int = 1, _ context: JudgementContext = .init()
    ) -> TargetState {
        var record = record
        return record.state(at: start + .seconds(seconds), context: context)
    }

    @Test("before the first result it is unknown, not ok")
    func connecting() {
        #expect(state(record()).health == .unknown)
        #expect(state(record()).reason == "connecting")
    }

    @Test("a result that grows old stops being one")
    func overdue() {
        var record = record()
        record.record(Reading(detail: detail), at: start)
        #expect(state(record, after: 10).health == .ok)
        let old = state(record, after: 120)
        #expect(old.health == .unknown)
        #expect(old.reason == "no result for 120 s")
    }

    @Test(
        "what failed says whose fault it is",
        arguments: [
            (CollectionFailure.Reason.unreachable, Health.critical), (.timedOut, .critical),
            (.garbage, .critical), (.unavailable, .critical), (.ours, .unknown),
            (.denied, .unknown),
        ])
    func failures(reason: CollectionFailure.Reason, health: Health) {
        var record = record()
        record.record(CollectionFailure(reason, "it failed", remedy: "mend it"), at: start)
        let state = state(record)
        #expect(state.health == health)
        #expect(state.reason == "it failed")
        #expect(state.remedy == "mend it")
    }

    @Test("the worst finding is the reason")
    func findings() {
        var record = record()
        let findings = [
            Finding(.degraded, "slow"), Finding(.critical, "status is 500"), Finding(.unknown, "?"),
        ]
        record.record(Reading(detail: detail, findings: findings), at: start)
        #expect(state(record).health == .critical)
        #expect(state(record).reason == "status is 500")
    }

    @Test("while our own network is down nothing is said of a target, but of this host")
    func isolated() {
        let failure = CollectionFailure(.unreachable, "refused")
        let context = JudgementContext(isolatedSince: start)
        var remote = record()
        remote.record(failure, at: start)
        #expect(state(remote, context).health == .unknown)
        var host = record(.host)
        host.record(failure, at: start)
        #expect(state(host, context).health == .critical)
    }

    @Test("a failure behind another names it")
    func dependencies() {
        let engine = TargetID(.containers, "docker")
        var record = record(dependsOn: [engine])
        record.record(CollectionFailure(.unreachable, "refused"), at: start)
        let context = JudgementContext(failing: [engine])
        #expect(state(record, context).reason == "refused (behind containers/docker)")
        #expect(state(record, context).cause == engine)
    }

    @Test("a firing alert colours its target")
    func alerts() {
        var record = record()
        record.record(Reading(detail: detail), at: start)
        let context = JudgementContext(alerts: [record.spec.id: (.degraded, "slow api")])
        #expect(state(record, context).health == .degraded)
        #expect(state(record, context).reason == "alert: slow api")
    }

    @Test("since is when the state changed, not when it was last seen")
    func since() {
        var record = record()
        record.record(Reading(detail: detail), at: start + .seconds(1))
        _ = record.state(at: start + .seconds(1), context: .init())
        record.record(Reading(detail: detail), at: start + .seconds(6))
        #expect(
            record.state(at: start + .seconds(6), context: .init()).since == start + .seconds(1))
    }
}

@Suite("own outage")
struct IsolationTests {
    @Test("one silent round is not enough, one answer ends it")
    func rounds() {
        var isolation = Isolation()
        isolation.record([false, false], at: start)
        #expect(isolation.since == nil)
        isolation.record([false, false], at: start + .seconds(5))
        #expect(isolation.since == start)
        isolation.record([false, true], at: start + .seconds(10))
        #expect(isolation.since == nil)
    }

    @Test("without canaries it never says so")
    func none() {
        var isolation = Isolation()
        for _ in 0..<5 { isolation.record([], at: start) }
        #expect(isolation.since == nil)
    }
}
