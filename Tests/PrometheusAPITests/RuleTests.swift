import Rules
import Testing
import TimeSeries

@testable import PrometheusAPI

@Suite("Rules, alerts and targets")
struct RuleTests {
    private let fixture: Fixture

    init() {
        var fixture = Fixture()
        let alert = RuleAlert(
            labels: ["alertname": "Always", "severity": "page"], annotations: ["summary": "v 2"],
            phase: .firing, activeAt: Fixture.epoch + .milliseconds(250), value: 2)
        let record = RuleState(
            name: "a:b", query: "vector(1)", labels: ["x": "y"], outcome: .ok,
            lastEvaluation: Fixture.epoch, evaluationTime: .milliseconds(2), kind: .recording)
        let always = RuleState(
            name: "Always", query: "vector(2) > 1", labels: ["severity": "page"], outcome: .ok,
            lastEvaluation: Fixture.epoch,
            kind: .alerting(
                hold: .seconds(10), keepFiringFor: .seconds(60), annotations: ["summary": "v"],
                alerts: [alert]))
        let never = RuleState(
            name: "Never", query: "up == 0", outcome: .failed("no \"up\""),
            kind: .alerting(hold: .zero, keepFiringFor: .zero, annotations: [:], alerts: []))
        fixture.groups = [
            RuleGroupState(
                name: "g", file: "rules.yml", interval: .seconds(5), limit: 3,
                lastEvaluation: Fixture.epoch, evaluationTime: .milliseconds(3),
                rules: [record, always]),
            RuleGroupState(name: "h", file: "more.yml", interval: .seconds(60), rules: [never]),
        ]
        fixture.reports = [
            TargetReport(
                pool: "api", url: "http://127.0.0.1:1/metrics", labels: ["job": "api"],
                discoveredLabels: ["__address__": "127.0.0.1:1"], health: .down,
                lastError: "refused", lastScrape: Fixture.epoch,
                lastScrapeDuration: .milliseconds(13), interval: .seconds(15), timeout: .seconds(10)
            ),
            TargetReport(
                pool: "host", url: "", labels: ["job": "host"], interval: .seconds(5),
                timeout: .seconds(5)),
        ]
        self.fixture = fixture
    }

    private let recordText =
        #"{"name":"a:b","query":"vector(1)","labels":{"x":"y"},"health":"ok","evaluationTime":0.002,"lastEvaluation":"2023-11-14T22:13:20Z","type":"recording"}"#
    private let alertText =
        #"{"labels":{"alertname":"Always","severity":"page"},"annotations":{"summary":"v 2"},"state":"firing","activeAt":"2023-11-14T22:13:20.25Z","value":"2e+00"}"#

    private func alwaysText(alerts: String) -> String {
        #"{"state":"firing","name":"Always","query":"vector(2) \u003e 1","duration":10,"keepFiringFor":60,"annotations":{"summary":"v"},"alerts":["#
            + alerts
            + #"],"labels":{"severity":"page"},"health":"ok","evaluationTime":0,"lastEvaluation":"2023-11-14T22:13:20Z","type":"alerting"}"#
    }

    private func groupText(_ rules: String...) -> String {
        #"{"name":"g","file":"rules.yml","rules":["# + rules.joined(separator: ",")
            + #"],"interval":5,"limit":3,"evaluationTime":0.003,"lastEvaluation":"2023-11-14T22:13:20Z"}"#
    }

    private let neverText =
        #"{"name":"h","file":"more.yml","rules":[{"state":"inactive","name":"Never","query":"up == 0","duration":0,"keepFiringFor":0,"annotations":{},"alerts":[],"labels":{},"health":"err","lastError":"no \"up\"","evaluationTime":0,"lastEvaluation":"0001-01-01T00:00:00Z","type":"alerting"}],"interval":60,"limit":0,"evaluationTime":0,"lastEvaluation":"0001-01-01T00:00:00Z"}"#

    private func groups(_ target: String, are texts: String...) throws {
        let expected =
            #"{"status":"success","data":{"groups":["# + texts.joined(separator: ",") + "]}}"
        #expect(try fixture.text(target) == expected)
    }

    @Test("are told as they were last evaluated")
    func all() throws {
        try groups("rules", are: groupText(recordText, alwaysText(alerts: alertText)), neverText)
    }

    @Test("are chosen by kind, name, group, file and labels")
    func filters() throws {
        let always = alwaysText(alerts: alertText)
        try groups("rules?type=record&rule_group[]=g", are: groupText(recordText))
        try groups("rules?rule_name[]=Always", are: groupText(always))
        try groups("rules?file[]=more.yml", are: neverText)
        try groups("rules?rule_group[]=h&rule_group[]=x", are: neverText)
        try groups("rules?match[]=%7Bseverity%3D%22page%22%7D", are: groupText(always))
        try groups("rules?rule_name[]=nothing")
        try groups(
            "rules?exclude_alerts=true&type=alert&rule_group[]=g",
            are: groupText(alwaysText(alerts: "")))
    }

    @Test("come group by group where that is asked for")
    func pages() throws {
        let first = try fixture.text("rules?group_limit=1")
        #expect(first.hasSuffix(#"],"groupNextToken":"rules.yml;g"}}"#) == false)
        #expect(first.hasSuffix(#"],"groupNextToken":"more.yml;h"}}"#))
        try groups("rules?group_limit=1&group_next_token=more.yml%3Bh", are: neverText)
        #expect(try fixture.get("rules?group_next_token=gone").status == 400)
    }

    @Test("have alerts, which can be had alone")
    func alerts() throws {
        #expect(
            try fixture.text("alerts")
                == #"{"status":"success","data":{"alerts":["# + alertText + "]}}")
    }

    @Test("stand beside the targets")
    func targets() throws {
        let host =
            #"{"discoveredLabels":{},"labels":{"job":"host"},"scrapePool":"host","scrapeUrl":"","globalUrl":"","lastError":"","lastScrape":"0001-01-01T00:00:00Z","lastScrapeDuration":0,"health":"unknown","scrapeInterval":"5s","scrapeTimeout":"5s"}"#
        let api =
            #"{"discoveredLabels":{"__address__":"127.0.0.1:1"},"labels":{"job":"api"},"scrapePool":"api","scrapeUrl":"http://127.0.0.1:1/metrics","globalUrl":"http://127.0.0.1:1/metrics","lastError":"refused","lastScrape":"2023-11-14T22:13:20Z","lastScrapeDuration":0.013,"health":"down","scrapeInterval":"15s","scrapeTimeout":"10s"}"#
        func expected(_ targets: String) -> String {
            #"{"status":"success","data":{"activeTargets":["# + targets
                + #"],"droppedTargets":[]}}"#
        }
        #expect(try fixture.text("targets") == expected("\(api),\(host)"))
        #expect(try fixture.text("targets?scrapePool=host") == expected(host))
        #expect(try fixture.text("targets?state=dropped") == expected(""))
    }

    @Test(
        "and what the server says of itself",
        arguments: [
            (
                "status/buildinfo",
                #"{"version":"3.0.0","revision":"dogwatch 1.2.3","branch":"","buildUser":"","buildDate":"","goVersion":""}"#
            ),
            (
                "status/runtimeinfo",
                #"{"startTime":"2023-11-14T22:13:20Z","serverTime":"2023-11-14T22:18:20Z","storageRetention":"2h"}"#
            ),
            (
                "status/flags",
                #"{"query.lookback-delta":"5m","query.max-concurrency":"2","query.max-samples":"50000000","query.timeout":"10s","storage.tsdb.retention.time":"2h"}"#
            ),
            ("alertmanagers", #"{"activeAlertmanagers":[],"droppedAlertmanagers":[]}"#),
        ])
    func status(target: String, data: String) throws {
        #expect(try fixture.text(target) == #"{"status":"success","data":"# + data + "}")
    }
}
