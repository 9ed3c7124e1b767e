import Rules
import TestSupport
import Testing

@Suite("Unit tests of rule files")
struct RuleTestFileTests {
    /// Faults, or the failures of the cases; "" when all pass.
    private func failures(_ scenario: RuleScenario) -> String {
        let tests = RuleTestFile.read(yaml: Array(scenario.tests.utf8), path: "t.yml")
        let rules = RuleFile.read(yaml: Array(scenario.rules.utf8), path: "rules.yml")
        switch (tests, rules) {
        case (.failure(let faults), _), (_, .failure(let faults)): return faults.description
        case (.success(let tests), .success(let rules)):
            return tests.outcomes(groups: rules.groups).compactMap { outcome in
                outcome.failure.map { "\(outcome.line): \(outcome.subject)\n\($0)" }
            }.joined(separator: "\n")
        }
    }

    @Test("pass and fail as they should", arguments: ruleScenarios)
    func verdicts(scenario: RuleScenario) {
        let failures = failures(scenario)
        #expect(failures.isEmpty == scenario.passes, "\(failures)")
    }

    @Test(
        "pass and fail as in promtool", .enabled(if: installed("promtool")),
        arguments: ruleScenarios)
    func verdictsOfPromtool(scenario: RuleScenario) throws {
        let folder = try TemporaryFolder("rules")
        try folder.write(scenario.rules, to: "rules.yml")
        let tests = try folder.write(scenario.tests, to: "tests.yml")
        let hasPassed: Bool
        let said: String
        do {
            said = try run(["promtool", "test", "rules", tests], in: folder)
            hasPassed = true
        } catch {
            said = "\(error)"
            hasPassed = false
        }
        #expect(hasPassed == scenario.passes, "promtool: \(said)")
    }

    @Test("say what was expected and what came")
    func differences() {
        let scenario = RuleScenario(
            "", passes: false, rules: "groups: [{name: g, rules: [{alert: A, expr: x > 1}]}]",
            tests: """
                tests:
                - input_series: [{series: 'x{a="b"}', values: '2x5'}]
                  alert_rule_test:
                  - {eval_time: 1m, alertname: A, exp_alerts: [{exp_annotations: {s: t}}]}
                  promql_expr_test:
                  - {expr: x, eval_time: 1m, exp_samples: [{labels: 'x{a="b"}', value: 3}]}
                """)
        #expect(
            failures(scenario) == """
                6: alert A at 1m
                - {alertname="A"} s="t"
                + {a="b", alertname="A"}
                8: x at 1m
                - x{a="b"} 3
                + x{a="b"} 2
                """)
    }

    @Test("equal numbers but for the last bit only when asked to")
    func fuzzy() {
        func scenario(_ header: String) -> RuleScenario {
            RuleScenario(
                "", passes: true, rules: "groups: []",
                tests: header
                    + "tests: [{promql_expr_test: [{expr: '0.1 + 0.2', exp_samples: [{value: 0.3}]}]}]"
            )
        }
        #expect(!failures(scenario("")).isEmpty)
        #expect(failures(scenario("fuzzy_compare: true\n")).isEmpty)
    }

    @Test("that would take for ever, or need native histograms, are refused with their place")
    func refusals() {
        let endless = RuleScenario(
            "", passes: false, rules: "",
            tests: "tests:\n- alert_rule_test: [{alertname: A, eval_time: 90y}]\n")
        #expect(
            failures(endless) == "t.yml:4:3: tests[0]: it takes more than 1000000 evaluations.\n"
                + "  Choose earlier times or a longer evaluation_interval.")
        let histogram = RuleScenario(
            "", passes: false, rules: "",
            tests: "tests:\n- input_series: [{series: x, values: '{{schema:0 count:1}}'}]\n")
        #expect(
            failures(histogram)
                == "t.yml:4:38: tests[0].input_series[0].values: native histograms are not supported."
        )
    }
}
