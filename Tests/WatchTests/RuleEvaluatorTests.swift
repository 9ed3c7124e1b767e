import Alerting
import Configuration
import Logging
import Rules
import Snapshot
import TestSupport
import Testing
import TimeSeries

@testable import Watch

@Suite("rule files in the watch")
struct RuleEvaluatorTests {
    private let head = Head()

    private func configuration(
        _ rules: String, file: String = "r.yml", severities: [String: Severity] = [:]
    ) throws -> Configuration {
        var configuration = Configuration(path: "config.toml")
        configuration.watch.interval = .seconds(10)
        let yaml = "groups:\n" + rules
        configuration.rules.groups = try RuleFile.read(yaml: Array(yaml.utf8), path: file).get()
            .groups
        configuration.paging.severities = severities
        return configuration
    }

    private func paging(_ configuration: Configuration) -> Paging {
        Paging(
            configuration: configuration, ports: PagingPorts(),
            clock: WatchClock(time.source),
            log: Logger(label: "test"))
    }

    private func evaluator(_ configuration: Configuration) -> RuleEvaluator {
        RuleEvaluator(head: head, store: head, configuration: configuration)
    }

    private func values(of metric: String) throws -> [Double] {
        try head.select(
            [Matcher(Labels.metricName, equals: metric)], from: .distantPast,
            through: .distantFuture
        ).flatMap { try $0.samples() }.map(\.value)
    }

    /// A time of day whose minutes are whole.
    private let noon = Timestamp(milliseconds: 1_700_000_040_000)
    private let time = FakeTime(Timestamp(milliseconds: 1_700_000_040_000))

    @Test("a group is due at once, then at the multiples of its interval, and misses count once")
    func due() async throws {
        let evaluator = evaluator(
            try configuration("- {name: g, interval: 1m, rules: [{record: r, expr: time()}]}"))
        var times: [Int] = []
        for second in [5, 6, 59, 60, 61, 119, 185, 186, 240] {
            if await evaluator.evaluateOne(at: noon + .seconds(second)) { times.append(second) }
        }
        #expect(times == [5, 60, 185, 240])
        let start = noon.seconds
        #expect(try values(of: "r").map { $0 - start } == [5, 60, 180, 240])
    }

    @Test("a clock that was set back does not stop evaluation")
    func clockSetBack() async throws {
        let evaluator = evaluator(
            try configuration("- {name: g, rules: [{record: r, expr: time()}]}"))
        #expect(await evaluator.evaluateOne(at: noon))
        #expect(await evaluator.evaluateOne(at: noon - .seconds(3600)))
        let state = await evaluator.result.groups.first?.rules.first
        #expect(state?.outcome == .failed("1 samples are older than what is stored"))
    }

    @Test(
        "an alert is shown as loud as its severity says",
        arguments: [
            ("critical", "page"), ("warning", "ticket"), ("none", "info"), ("major", "page"),
            ("{{ if true }}info{{ end }}", "info"), ("{{ $value }}", "ticket"),
        ])
    func severities(label: String, severity: String) async throws {
        let configuration = try configuration(
            """
            - name: g
              rules:
              - alert: Slow
                expr: vector(5) > 2
                labels: {severity: '\(label)', instance: api}
                annotations: {runbook_url: 'https://x.example/{{ $value }}'}
            """, severities: ["major": .page])
        let evaluator = evaluator(configuration)
        await evaluator.evaluateAll(at: noon)
        let paging = paging(configuration)
        _ = await paging.judge(await evaluator.takePasses())
        await paging.show()
        let alert = try #require(paging.view.value?.alerts.first)
        #expect(alert.severity == severity)
        #expect(alert.name == "Slow" && alert.condition == "> 2" && alert.value == 5)
        #expect(alert.state == .firing(since: noon))
        #expect(alert.runbook == "https://x.example/5")
        #expect(alert.labels["instance"] == "api" && alert.labels["alertname"].isEmpty)
    }

    @Test("rules that fail are named, of many only the first")
    func failures() async throws {
        let rules = (1...8).map { "{record: r\($0), expr: 'vector(1) + on() (up or down)'}" }
        let evaluator = evaluator(
            try configuration("- {name: g, rules: [\(rules.joined(separator: ", "))]}"))
        head.append(["__name__": "up", "a": "1"], Sample(noon, 1))
        head.append(["__name__": "up", "a": "2"], Sample(noon, 1))
        await evaluator.evaluateAll(at: noon)
        let notices = await evaluator.result.notices
        #expect(notices.count == 6)
        #expect(notices.first?.text.hasPrefix("rule g/r1: ") == true)
        #expect(notices.first?.health == .unknown)
        #expect(notices.last?.text == "3 more rules failed")
    }

    @Test("after a reload, groups that stay keep their state and the series of the others end")
    func reload() async throws {
        let evaluator = evaluator(
            try configuration(
                """
                - {name: stays, rules: [{record: a, expr: vector(1)}]}
                - {name: goes, rules: [{record: b, expr: vector(1)}]}
                """))
        await evaluator.evaluateAll(at: noon)
        await evaluator.use(
            try configuration("- {name: stays, rules: [{record: a, expr: vector(2)}]}"))
        #expect(await evaluator.result.groups.map(\.name) == ["stays"])
        #expect(await evaluator.evaluateOne(at: noon + .seconds(5)) == false)
        #expect(try values(of: "b").last?.isStale == true)
        #expect(await evaluator.evaluateOne(at: noon + .seconds(10)))
        #expect(try values(of: "a") == [1, 2])
    }

    @Test("alerts of the configuration are written as ALERTS and ALERTS_FOR_STATE too")
    func alertSeries() async throws {
        var configuration = Configuration(path: "config.toml")
        var spec = AlertSpec(name: "slow", value: "x", breach: Goal(.greater, 1), severity: .page)
        spec.hold = .seconds(60)
        spec.labels = ["team": "web"]
        configuration.alerts = [spec]
        configuration.watch.interval = .seconds(60)
        let evaluator = Evaluator(head: head, store: head, configuration: configuration)
        let paging = paging(configuration)
        for (index, value) in [2.0, 2, 0].enumerated() {
            let now = noon + .seconds(60 * index)
            if index > 0 { time.pass(.seconds(60)) }
            head.append(["__name__": "x", "instance": "api"], Sample(now, value))
            let passes = await evaluator.evaluate(at: now, recordsHistory: false).passes
            await evaluator.write(
                await paging.judge(passes), keeping: await evaluator.ruleIDs, at: now)
        }
        let series = head.select(
            [Matcher("alertname", equals: "slow")], from: .distantPast, through: .distantFuture)
        let written = try series.map { one in
            let values = try one.samples().map { $0.value.isStale ? "end" : "\($0.value)" }
            return "\(one.labels.without("alertname")) \(values.joined(separator: " "))"
        }
        let labels = "instance=\"api\", severity=\"page\", team=\"web\""
        #expect(
            written.sorted() == [
                "ALERTS_FOR_STATE{\(labels)} \(noon.seconds) \(noon.seconds) end",
                "ALERTS{alertstate=\"firing\", \(labels)} 1.0 end",
                "ALERTS{alertstate=\"pending\", \(labels)} 1.0 end",
            ])
        configuration.alerts = []
        await evaluator.use(configuration)
    }
}
