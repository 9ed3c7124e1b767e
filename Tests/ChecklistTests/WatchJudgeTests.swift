import PromQL
import Targets
import TimeSeries
import Testing

@testable import Checklist

@Suite("The watch, judged by itself")
struct WatchJudgeTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    private func verdict(
        _ id: String, runbooks: [String: Bool] = [:], _ facts: WatchFacts
    ) -> Verdict? {
        var evidence = Evidence(now: now)
        evidence.watch = facts
        evidence.surveyed.runbooks = runbooks
        return Catalogue[id]?.results(on: evidence).first?.verdict
    }

    private func rule(
        _ query: String, runbook: String? = nil, failure: String? = nil, isOwn: Bool = false
    ) -> WatchFacts.Rule {
        .init(name: "r", query: query, runbook: runbook, failure: failure, isOwn: isOwn)
    }

    @Test("each KPI has a rule over one of its series")
    func rules() {
        let id = "prom.rules.loaded"
        let kpis = [WatchFacts.KPI(name: "rps", query: "sum(rate(http_requests_total[1m]))")]
        let good = rule("rate(http_requests_total{code=\"500\"}[5m]) > 1")
        #expect(verdict(id, .init(rules: [good], kpis: kpis)) == .pass)
        #expect(verdict(id, .init(rules: [rule("up == 0")], kpis: kpis)) == .fail)
        let own = rule("rate(http_requests_total[5m])", isOwn: true)
        #expect(verdict(id, .init(rules: [own], kpis: kpis)) == .warn)
        var fresh = good
        fresh.isEvaluated = false
        #expect(verdict(id, .init(rules: [good, fresh], kpis: kpis)) == .unknown)
        let broken = rule("rate(http_requests_total[5m])", failure: "many-to-many")
        #expect(verdict(id, .init(rules: [good, broken], kpis: kpis)) == .fail)
        #expect(verdict(id, .init(rules: [], kpis: kpis)) == .unknown)
        #expect(verdict(id, .init(rules: [good])) == .unknown)
    }

    @Test("each alert has a runbook that is there")
    func runbooks() {
        let id = "prom.rules.runbooks"
        let linked = WatchFacts(rules: [rule("up", runbook: "a.md"), rule("up", runbook: "b.md")])
        #expect(verdict(id, runbooks: ["a.md": true, "b.md": true], linked) == .pass)
        #expect(verdict(id, runbooks: ["a.md": true, "b.md": false], linked) == .warn)
        #expect(verdict(id, runbooks: ["a.md": true], linked) == .unknown)
        #expect(verdict(id, .init(rules: [rule("up")])) == .fail)
        #expect(verdict(id, .init()) == .unknown)
    }

    @Test("somebody is on call, somebody is second, and there is no hole")
    func shifts() {
        let id = "oncall.now"
        func facts(_ shifts: [WatchFacts.Shifts], second: Bool = true) -> WatchFacts {
            .init(shifts: shifts, hasSecond: second)
        }
        let good = WatchFacts.Shifts(schedule: "primary", now: "anna")
        #expect(verdict(id, facts([good])) == .supports)
        #expect(verdict(id, facts([good], second: false)) == .fail)
        #expect(verdict(id, facts([good, .init(schedule: "b", now: nil)])) == .fail)
        let holed = WatchFacts.Shifts(schedule: "b", now: "anna", hole: now + .seconds(3600))
        #expect(verdict(id, facts([holed])) == .fail)
        #expect(verdict(id, facts([])) == .unknown)
    }

    @Test(
        "a sign of life grows old",
        arguments: [(41, Verdict.pass), (121, .warn), (241, .fail), (nil, .unknown)]
            as [(Int?, Verdict)])
    func farEnd(ago: Int?, expected: Verdict) {
        let last = ago.map { now + .seconds(-$0) }
        let facts = WatchFacts(deadMan: .init(lastPing: last, interval: .seconds(60)))
        // The first look waits for a second one.
        #expect(verdict("alert.watchdog", facts) == expected)
        #expect(verdict("alert.watchdog", .init()) == .unknown)
    }

    /// A day and more of `up`, without the minutes ago of `gap`.
    private func window(
        started hoursAgo: Int, gap: Range<Int> = 0..<0, alert minutesAgo: Int? = nil,
        rules: [WatchFacts.Rule] = [.init(name: "r", query: "up")]
    ) -> CheckResult? {
        let head = Head(span: .seconds(400_000))
        for minute in -3600...0 where !gap.contains(-minute) {
            let at = now + .seconds(minute * 60)
            _ = head.append(["__name__": "up", "job": "a"], Sample(at, 1))
            if minutesAgo == -minute {
                let labels: Labels = [
                    "__name__": "ALERTS", "alertstate": "firing", "severity": "page",
                ]
                _ = head.append(labels, Sample(at, 1))
            }
        }
        var evidence = Evidence(now: now, engine: Engine(head))
        evidence.mark = now + .seconds(-hoursAgo * 3600)
        evidence.watch = WatchFacts(rules: rules)
        return Catalogue["deploy.watch-window"]?.results(on: evidence).first
    }

    @Test("24 hours from the start of a run, without a gap and without a critical alert")
    func watchWindow() {
        #expect(window(started: 25)?.verdict == .pass)
        let running = window(started: 7)
        #expect(running?.verdict == .unknown)
        #expect(running?.evidence == "07:00 of 24:00, 100 % samples")
        // Ten minutes on end are too long, four here and there are not, a quarter of an hour in all is.
        #expect(window(started: 25, gap: 100..<111)?.verdict == .fail)
        #expect(window(started: 25, gap: 100..<104)?.verdict == .pass)
        #expect(window(started: 7, gap: 100..<111)?.verdict == .fail)
        #expect(window(started: 25, alert: 30)?.verdict == .pass)
        #expect(window(started: 25, alert: 24 * 60)?.verdict == .fail)
        #expect(window(started: 50, alert: 49 * 60)?.verdict == .fail)
        #expect(window(started: 7, alert: 30)?.verdict == .fail)
    }

    @Test("without a run, a rule or samples nothing is known of the window")
    func noWindow() {
        #expect(window(started: 0)?.verdict == .unknown)
        #expect(window(started: 25, rules: [])?.verdict == .unknown)
        let broken = rule("up", failure: "many-to-many")
        #expect(window(started: 25, rules: [broken])?.verdict == .unknown)
        let nothing = Catalogue["deploy.watch-window"]?.results(on: Evidence(now: now)).first
        #expect(nothing?.verdict == .unknown)
    }

    @Test("availability asks for a thousand tries and for nearly every hour")
    func availability() {
        func verdict(
            hours: Int, gap: Range<Int> = 0..<0, failing: Int = 0, every seconds: Int = 60
        ) -> Verdict? {
            let head = Head(span: .seconds(400_000))
            for minute in -hours * 60...0 where !gap.contains(-minute) {
                let value = minute > -failing ? 0.0 : 1.0
                let labels: Labels = ["__name__": "probe_success", "instance": "web"]
                _ = head.append(labels, Sample(now + .seconds(minute * 60), value))
            }
            let source = Evidence.Source(
                id: TargetID(.http, "web"), detail: nil, seenAt: now, interval: .seconds(seconds))
            let evidence = Evidence(now: now, sources: [source], engine: Engine(head))
            return Catalogue["prom.availability"]?.results(on: evidence).first?.verdict
        }
        // Every second probe was not made.
        #expect(verdict(hours: 48, every: 30) == .unknown)
        #expect(verdict(hours: 48) == .pass)
        #expect(verdict(hours: 10) == .unknown)
        #expect(verdict(hours: 48, gap: 300..<900) == .unknown)
        #expect(verdict(hours: 48, failing: 10) == .fail)
        #expect(verdict(hours: 0) == .unknown)
    }
}
