import PromQL
import TestSupport
import Testing
import TimeSeries

@testable import Rules

@Suite("Groups of rules")
struct RuleGroupRunTests {
    private let head = Head(span: .seconds(1_000_000))

    private func group(_ text: String) throws -> RuleGroup {
        let yaml = "groups:\n- name: g\n" + text
        return try #require(
            try RuleFile.read(yaml: Array(yaml.utf8), path: "r").get().groups.first)
    }

    private func at(_ seconds: Int) -> Timestamp { Timestamp(milliseconds: Int64(seconds) * 1000) }

    private func set(_ labels: Labels, _ value: Double, at seconds: Int) {
        head.append(labels, Sample(at(seconds), value))
    }

    private func evaluate(_ run: inout RuleGroupRun, at seconds: Int) {
        let surroundings = RuleSurroundings(engine: Engine(head))
        run.evaluate(at: at(seconds), in: surroundings) { head.append($0, $1) }
    }

    /// The samples of a metric as "value@seconds", a staleness marker as "end".
    private func samples(_ metric: String, _ labels: [String: String] = [:]) throws -> [String] {
        let matchers = ([Labels.metricName: metric].merging(labels) { $1 })
            .map { Matcher($0.key, equals: $0.value) }
        return try head.select(matchers, from: .distantPast, through: .distantFuture)
            .flatMap { try $0.samples() }
            .map { "\($0.value.isStale ? "end" : $0.value.plain)@\($0.time.milliseconds / 1000)" }
    }

    private func phases(_ run: RuleGroupRun) -> [String] {
        run.state.rules.flatMap { rule -> [String] in
            guard case .alerting(_, _, _, let alerts) = rule.kind else { return [] }
            return alerts.map { "\($0.phase.rawValue) since \($0.activeAt.milliseconds / 1000)" }
        }
    }

    @Test("an alert waits for its hold, fires, and goes on for as long as it is told to")
    func lifeCycle() throws {
        var run = RuleGroupRun(
            try group("  rules: [{alert: A, expr: x > 0, for: 2m, keep_firing_for: 90s}]"),
            interval: .seconds(60))
        var seen: [[String]] = []
        for (minute, value) in [0.0, 1, 1, 1, 0, 1, 0, 0, 0, 1, 0].enumerated() {
            set(["__name__": "x"], value, at: minute * 60)
            evaluate(&run, at: minute * 60)
            seen.append(phases(run))
        }
        #expect(
            seen == [
                [], ["pending since 60"], ["pending since 60"], ["firing since 60"],
                ["firing since 60"], ["firing since 60"], ["firing since 60"],
                ["firing since 60"], [], ["pending since 540"], [],
            ])
        #expect(
            try samples("ALERTS", ["alertstate": "pending"])
                == ["1@60", "1@120", "end@180", "1@540", "end@600"])
        #expect(
            try samples("ALERTS", ["alertstate": "firing"])
                == ["1@180", "1@240", "1@300", "1@360", "1@420", "end@480"])
        #expect(
            try samples("ALERTS_FOR_STATE").prefix(3) == ["60@60", "60@120", "60@180"])
    }

    @Test("what vanishes from a result ends, and later rules see what earlier ones wrote")
    func recording() throws {
        var run = RuleGroupRun(
            try group("  rules:\n  - {record: a, expr: x}\n  - {record: b, expr: 'a * 2'}"),
            interval: .seconds(60))
        set(["__name__": "x", "i": "1"], 3, at: 0)
        evaluate(&run, at: 0)
        set(["__name__": "x", "i": "1"], .stale, at: 60)
        evaluate(&run, at: 60)
        #expect(try samples("a") == ["3@0", "end@60"])
        #expect(try samples("b") == ["6@0", "end@60"])
        #expect(run.state.rules.map(\.outcome) == [.ok, .ok])
    }

    @Test("queries look back by the offset, and samples are written there")
    func queryOffset() throws {
        var run = RuleGroupRun(
            try group("  query_offset: 1m\n  rules: [{record: a, expr: x}, {alert: A, expr: x}]"),
            interval: .seconds(60))
        set(["__name__": "x"], 1, at: 0)
        set(["__name__": "x"], 2, at: 60)
        evaluate(&run, at: 60)
        evaluate(&run, at: 120)
        #expect(try samples("a") == ["1@0", "2@60"])
        #expect(try samples("ALERTS_FOR_STATE") == ["60@0", "60@60"])
    }

    @Test("a rule beyond the limit fails, writes nothing, and forgets its alerts")
    func limit() throws {
        var run = RuleGroupRun(
            try group("  limit: 1\n  rules: [{record: a, expr: x}, {alert: A, expr: x}]"),
            interval: .seconds(60))
        set(["__name__": "x", "i": "1"], 1, at: 0)
        evaluate(&run, at: 0)
        set(["__name__": "x", "i": "2"], 1, at: 60)
        evaluate(&run, at: 60)
        #expect(
            run.state.rules.map(\.outcome) == [
                .failed("exceeded limit of 1 with 2 series"),
                .failed("exceeded limit of 1 with 2 alerts"),
            ])
        #expect(phases(run).isEmpty)
        #expect(try samples("a") == ["1@0"])
    }

    @Test("a rule that cannot be evaluated says why and keeps its alerts")
    func failure() throws {
        var run = RuleGroupRun(
            try group("  rules: [{alert: A, expr: 'x + on() y > 0'}]"), interval: .seconds(60))
        set(["__name__": "x", "i": "1"], 1, at: 0)
        set(["__name__": "y"], 1, at: 0)
        evaluate(&run, at: 0)
        #expect(phases(run) == ["firing since 0"])
        set(["__name__": "y", "i": "2"], 1, at: 60)
        evaluate(&run, at: 60)
        guard case .failed = run.state.rules[0].outcome else {
            Issue.record("\(run.state.rules[0].outcome)")
            return
        }
        #expect(phases(run) == ["firing since 0"])
    }

    @Test("rules that stay keep their alerts over a reload, the series of the others end")
    func reload() throws {
        let before = try group("  rules: [{alert: A, expr: x}, {record: r, expr: x}]")
        var run = RuleGroupRun(before, interval: .seconds(60))
        set(["__name__": "x"], 1, at: 0)
        evaluate(&run, at: 0)
        let after = try group("  rules: [{record: s, expr: x}, {alert: A, expr: x > 0, for: 1h}]")
        run = RuleGroupRun(after, interval: .seconds(60), continuing: run)
        evaluate(&run, at: 60)
        #expect(phases(run) == ["firing since 0"])
        #expect(try samples("r") == ["1@0", "end@60"])
        #expect(try samples("s") == ["1@60"])
        run.end(at: at(120)) { head.append($0, $1) }
        #expect(try samples("s") == ["1@60", "end@120"])
    }

    @Test(
        "after a restart an alert waits for what was left of its hold",
        arguments: [
            // Active since 0, last seen at 600: 50 minutes were left, and 300 s were lost.
            (hold: "1h", activeAt: 300),
            // Seven minutes were left: it waits for the grace of ten, from 900 on.
            (hold: "17m", activeAt: 900 + 600 - 17 * 60),
            // It was over: the alert fires as it did.
            (hold: "10m", activeAt: 0),
            // A hold below the grace begins anew.
            (hold: "9m", activeAt: 840),
        ])
    func restart(hold: String, activeAt: Int) throws {
        let group = try group("  rules: [{alert: A, expr: x > 0, for: \(hold)}]")
        var run = RuleGroupRun(group, interval: .seconds(60))
        for minute in 0...10 {
            set(["__name__": "x"], 1, at: minute * 60)
            evaluate(&run, at: minute * 60)
        }
        run = RuleGroupRun(group, interval: .seconds(60), restoresAlerts: true)
        for minute in 14...15 {
            set(["__name__": "x"], 1, at: minute * 60)
            evaluate(&run, at: minute * 60)
        }
        #expect(phases(run).first?.hasSuffix("since \(activeAt)") == true, "\(phases(run))")
        #expect(try samples("ALERTS_FOR_STATE").last == "0@600")
        set(["__name__": "x"], 1, at: 960)
        evaluate(&run, at: 960)
        #expect(try samples("ALERTS_FOR_STATE").last == "\(activeAt)@960")
    }

    @Test("an alert that had ended before a restart begins anew")
    func restartAfterEnd() throws {
        let group = try group("  rules: [{alert: A, expr: x > 0, for: 1h}]")
        var run = RuleGroupRun(group, interval: .seconds(60))
        for (minute, value) in [1.0, 1, 0].enumerated() {
            set(["__name__": "x"], value, at: minute * 60)
            evaluate(&run, at: minute * 60)
        }
        run = RuleGroupRun(group, interval: .seconds(60), restoresAlerts: true)
        for minute in 5...7 {
            set(["__name__": "x"], 1, at: minute * 60)
            evaluate(&run, at: minute * 60)
        }
        #expect(phases(run) == ["pending since 300"])
    }
}

extension Double {
    fileprivate var plain: String { Int(exactly: self).map { "\($0)" } ?? "\(self)" }
}
