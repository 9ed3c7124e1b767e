import TestSupport
import Testing

@testable import PromQL

@Suite struct ScriptTests {
    private func verdicts(_ text: String) throws -> [Script.Outcome.Verdict] {
        try Script(parsing: text).run().map(\.verdict)
    }

    @Test("a script that holds passes")
    func passing() throws {
        let verdicts = try verdicts(
            """
            # two series with a gap and a staleness marker
            load 1m
              jobs{queue="mail"} 0+5x3 _ 40
              jobs{queue="push"} 1 stale _x2 7x2

            eval instant at 3m sum(jobs)
              {} 15

            eval instant at 3m jobs
              expect no_warn
              jobs{queue="mail"} 15

            eval range from 0 to 5m step 1m jobs
              jobs{queue="mail"} 0 5 10 15 15 40
              jobs{queue="push"} 1 _ _ _ 7 7

            eval_ordered instant at 5m sort_desc(jobs)
              jobs{queue="mail"} 40
              jobs{queue="push"} 7

            eval instant at 0 jobs * on () jobs
              expect fail regex: duplicate series

            eval_fail instant at 0 sum(

            eval instant at 2m jobs[2m]
              expect range vector from 1m to 2m step 1m
              jobs{queue="mail"} 5 10

            eval instant at 0 "x"
              expect string `x`

            clear
            eval instant at 0 jobs
            eval instant at 0 0x_1F + 1_000 + .5
              1031.5
            """)
        #expect(verdicts == Array(repeating: .passed, count: 10))
    }

    @Test(
        "a wrong expectation fails",
        arguments: [
            "up 2", "down 1", "up{a=\"b\"} 1", "", "up 1\n  down 1",
            "expect ordered\n  down 1\n  up 1", "expect fail", "expect warn\n  up 1",
            "up NaN", "1",
        ])
    func failing(expected: String) throws {
        let verdict = try verdicts("load 1m\n  up 1\n\neval instant at 0 up\n  \(expected)\n").first
        guard case .failed = verdict else {
            Issue.record("\(String(describing: verdict))")
            return
        }
    }

    @Test("what needs native histograms or start timestamps is unsupported, not failed")
    func unsupported() throws {
        let verdicts = try verdicts(
            """
            load 1m
              h {{schema:0 sum:1 count:1}}
              f 1
              started@st -1m -1m
              started 1 2
              labelled{a="b"}@st -1m -1m
              labelled{a="b"} 1 2

            eval instant at 1m started

            eval instant at 1m labelled

            eval instant at 0 h
              h {{schema:0 sum:1 count:1}}

            eval instant at 0 histogram_sum(f)

            eval instant at 0 f
              f 1
            """)
        #expect(verdicts.last == .passed)
        for verdict in verdicts.dropLast() {
            guard case .unsupported = verdict else {
                Issue.record("\(verdict)")
                continue
            }
        }
    }

    @Test(
        "of what is said about a result, each expectation and nothing else must hold",
        arguments: [
            ("expect warn", true), ("expect no_info", true),
            ("expect warn regex: got -?[12]", true),
            ("expect warn regex: got -1\n  expect warn regex: got 2", true),
            ("expect warn regex: got -1", false), ("expect no_warn", false), ("expect info", false),
            ("expect warn regex: got 3\n  expect warn regex: got .*", false),
        ])
    func notices(expectation: String, holds: Bool) throws {
        let verdict = try verdicts(
            """
            load 1m
              up 1

            eval instant at 0 quantile(-1, up) + quantile(2, up)
              {} NaN
              \(expectation)
            """
        ).first
        #expect((verdict == .passed) == holds, "\(String(describing: verdict))")
    }

    @Test(
        "a script that cannot be read says in which line",
        arguments: [
            ("load 5m\n  up{ 1\n", 2), ("fly 1", 1), ("\neval somewhere", 2), ("load x", 1),
            ("eval instant at 0 up\n  expect joy", 2),
            ("load 1m\n" + String(repeating: "  up 1x999999\n", count: 9), 6),
        ])
    func errors(text: String, line: Int) {
        do {
            _ = try Script(parsing: text)
            Issue.record("\(text) was accepted")
        } catch {
            #expect(error.line == line, "\(error)")
        }
    }

    @Test("mutated scripts are run or refused, never trap", arguments: 0..<30 as Range<UInt64>)
    func fuzz(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "x5", "+1x3", "_x2", "stale", "{{", "\n", "\n\n", "load 1m", "eval", "expect ", "\"",
            "}", "clear",
        ]
        for _ in 0..<30 {
            var text =
                "load 1m\n  a{b=\"c\"} 1+2x3 _ stale\n\neval range from 0 to 5m step 1m a\n  a{b=\"c\"} 1 3\n"
            for _ in 0..<4 {
                let place = text.indices.randomElement(using: &random) ?? text.startIndex
                text.insert(contentsOf: pieces.randomElement(using: &random) ?? "", at: place)
            }
            _ = try? Script(parsing: text).run()
        }
    }
}
