import TestSupport
import Testing

@testable import DemoStack

extension EndToEnd {
    @Suite("dogwatch test rules", .serialized)
    struct TestRulesTests {
        /// Runs tests of a rule that doubles `x`, in a folder of their own.
        private func run(
            expecting value: Int, _ options: String...
        ) throws -> (text: String, exit: Pty.Exit?) {
            let folder = try TemporaryFolder("rules")
            try folder.write(
                "groups: [{name: g, rules: [{record: double, expr: x * 2}]}]", to: "r.yml")
            try folder.write(
                """
                rule_files: ['*.yml']
                tests:
                - input_series: [{series: x, values: '1x5'}]
                  promql_expr_test:
                  - {expr: double, eval_time: 2m, exp_samples: [{labels: double, value: \(value)}]}
                """, to: "t.test")
            let pty = try Pty(
                [DemoRun.program("dogwatch"), "test", "rules", folder.path("t.test")] + options,
                rows: 40, columns: 120)
            let exit = pty.waitForExit(within: .seconds(15))
            return (pty.screen.text, exit)
        }

        @Test("exits with 0 only when every case passes, and says what differs")
        func exitCode() throws {
            let good = try run(expecting: 2)
            #expect(good.exit == .exited(0) && good.text.contains("1 passed, 0 failed"))
            let bad = try run(expecting: 3)
            #expect(bad.exit == .exited(1) && bad.text.contains("0 passed, 1 failed"))
            #expect(bad.text.contains("- double 3") && bad.text.contains("+ double 2"))
        }

        @Test("prints JSON when asked to")
        func json() throws {
            let result = try run(expecting: 2, "--json")
            #expect(result.exit == .exited(0) && result.text.contains(#""passed" : 1"#))
        }
    }
}
