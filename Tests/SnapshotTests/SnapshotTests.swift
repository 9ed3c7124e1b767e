import Snapshot
import Targets
import TestSupport
import Testing
import TimeSeries

@Suite("numbers as a person reads them")
struct QuantityTests {
    @Test(
        "three significant digits and a fitting prefix",
        arguments: [
            (0.0103, "s", "10.3 ms"), (0.000_182, "s", "182 µs"), (0, "s", "0 s"),
            (1.5, "s", "1.50 s"),
            (0.999_6, "s", "1.00 s"), (125, "s", "2.08 min"), (182, "req/s", "182 req/s"),
            (0.781, "%", "78.1 %"), (0, "%", "0 %"), (1_572_864, "B", "1.50 MB"),
            (1000, "B", "0.98 KB"),
            (12_345, "", "12.3k"), (-1.9, "", "−1.90"), (-0.001, "", "0.00"), (.infinity, "", "∞"),
            (.nan, "", "–"),
        ])
    func quantities(value: Double, unit: String, text: String) {
        #expect(Quantity(value, unit: unit).text == text)
    }

    @Test(
        "durations",
        arguments: [
            (4, "4 s"), (119, "119 s"), (720, "12 min"), (11_100, "3 h 05 min"),
            (187_200, "2 d 4 h"),
        ])
    func ages(seconds: Int, text: String) {
        #expect(ageText(.seconds(seconds)) == text)
    }

    @Test("a timestamp prints as ISO 8601 in UTC")
    func timestamps() {
        #expect(start.text == "2026-01-02T03:04:05Z")
        #expect(Timestamp(milliseconds: -1).text == "1969-12-31T23:59:59Z")
        #expect(Timestamp(milliseconds: 951_782_400_000).text == "2000-02-29T00:00:00Z")
    }
}

@Suite("triage")
struct TriageTests {
    private func snapshot(_ healths: [Health], kpi: KPIState? = nil) -> Snapshot {
        let watch = WatchState(
            name: "shop", startedAt: start, length: .seconds(86_400), owner: 1, isServed: false,
            configuration: "config.toml")
        return Snapshot(
            takenAt: start, watch: watch,
            targets: healths.enumerated().map { index, health in
                TargetState(
                    id: TargetID(.http, "t\(index)"), health: health,
                    reason: health == .ok ? "" : "status is 500", since: start)
            }, kpis: kpi.map { [$0] } ?? [])
    }

    @Test(
        "exits with the worst state: critical, then unknown, then degraded",
        arguments: [
            ([Health.ok], 0), ([.ok, .degraded], 1), ([.degraded, .unknown], 3),
            ([.critical, .unknown, .ok], 2), ([], 3),
        ] as [([Health], Int32)])
    func exitCodes(healths: [Health], code: Int32) {
        #expect(TriageReport(of: snapshot(healths)).exitCode == code)
    }

    @Test("a warming KPI does not count")
    func warming() {
        let kpi = KPIState(
            name: "p95", expression: "x",
            judgement: .warming(observed: .seconds(40), needed: .seconds(300)))
        let report = TriageReport(of: snapshot([.ok], kpi: kpi))
        #expect(report.exitCode == 0)
        #expect(report.rows.contains { $0.state == "warming 0:40/5:00" })
    }

    @Test("lists the worst first and keeps the configuration's order among equals")
    func order() {
        let report = TriageReport(of: snapshot([.ok, .critical, .ok, .unknown]))
        #expect(report.rows.map(\.name) == ["http/t1", "http/t3", "http/t0", "http/t2"])
    }

    @Test("says what the watch says of itself, which does not count")
    func notices() {
        var told = snapshot([.ok])
        told.notices = [Notice(at: start, health: .degraded, text: "series limit reached")]
        let report = TriageReport(of: told)
        #expect(report.rows.map(\.text).first == "series limit reached")
        #expect(report.exitCode == 0)
    }

    @Test("a value without a condition of its own stands alone", arguments: ["", "> 5"])
    func measured(condition: String) {
        var firing = snapshot([.ok])
        firing.alerts = [
            AlertCondition(
                severity: "page", name: "Slow", labels: Labels(), value: 8, condition: condition,
                state: .firing(since: start))
        ]
        let text = TriageReport(of: firing).rows.first { $0.kind == "alert" }?.text
        #expect(text == (condition.isEmpty ? "8" : "8 > 5") + ", firing for 0 s")
    }

    @Test("a name cannot break out of its Markdown cell")
    func markdown() {
        var hostile = snapshot([.critical])
        hostile.targets[0].reason = "a|b `c`"
        #expect(TriageReport(of: hostile).markdown.contains("a\\|b \\`c\\`"))
    }
}
