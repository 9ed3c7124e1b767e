import HTTP
import Testing

@Suite("replays, as commands")
struct ReplayTests {
    /// A command, the smallest script that shows its form, and what it prints.
    struct Example: Sendable, CustomTestStringConvertible {
        var command: String
        var script: String
        var answer: String
        var testDescription: String { command }
    }

    static let examples = [
        Example(
            command: "replay rules",
            script: """
                {"scenarios":[{"id":"r","rule":{"op":">","threshold":5,"clear_threshold":null,"for_s":10,
                "keep_firing_for_s":0,"no_data":"ok","staleness_s":60,"agg":null,"window_s":null},
                "eval_interval_s":10,"end_s":30,"samples":[[0,9],[10,"+Inf"],[20,"stale"],[30,"NaN"]]}]}
                """,
            answer: """
                {"scenarios":[{"id":"r","events":[{"event":"pending","t":0},{"event":"firing","t":10},
                {"event":"resolved","t":20}],"states":[{"state":"pending","t":0},
                {"state":"firing","t":10},{"state":"inactive","t":20},{"state":"inactive","t":30}]}]}
                """),
        Example(
            command: "replay slo",
            script: """
                {"scenarios":[{"id":"s","objective":0.5,"scrape_step_s":30,"window_s":120,
                "pairs":{"fast":{"long_s":60,"short_s":30,"factor":1}},
                "samples":{"t":[0,30,60],"total":[5,15,25],"bad":[0,0,10]},"expect":[{"t":60},{"t":0}]}]}
                """,
            answer: """
                {"scenarios":[{"id":"s","evals":[{"t":60,"burn":{"30":2,"60":1},
                "coverage":{"30":1,"60":1},"firing":{"fast":false},"remaining":0.5,"tte_s":60},
                {"t":0,"burn":{"30":null,"60":null},"coverage":{"30":0,"60":0},
                "firing":{"fast":false},"remaining":null,"tte_s":null}]}]}
                """),
        Example(
            command: "replay quantile",
            script: """
                {"scenarios":[{"id":"i","kind":"instant","buckets":[{"le":1,"cumulative":2},
                {"le":"+Inf","cumulative":4}],"expect":[{"phi":0.25},{"phi":0.9},{"phi":2}]},
                {"id":"w","kind":"rate","le":[1,"+Inf"],"t":[0,60],"cumulative_rows":[[0,0],[4,4]],
                "expect":[{"t":60,"phi":0.5,"window_s":60},{"t":0,"phi":0.5,"window_s":60}]}]}
                """,
            answer: """
                {"scenarios":[{"id":"i","values":[{"phi":0.25,"value":0.5},{"phi":0.9,"value":1},
                {"phi":2,"value":"+Inf"}]},{"id":"w","values":[{"phi":0.5,"t":60,"value":0.5},
                {"phi":0.5,"t":0,"value":null}]}]}
                """),
        Example(
            command: "replay inhibition",
            script: """
                {"rules":[{"source":["a=\\"1\\""],"target":["b=\\"1\\""],"equal":["h"]}],"scenarios":[
                {"id":"together","expect":[{"labels":{"a":"1"}},{"labels":{"b":"1"}}]},
                {"id":"steps","steps":[{"t":0,"expect":[{"labels":{"a":"1"}},{"labels":{"b":"1"}}]},
                {"t":5,"expect":[{"labels":{"b":"1"}}]}]}]}
                """,
            answer: """
                {"scenarios":[{"id":"together","alerts":[{"labels":{"a":"1"},"suppressed":false},
                {"labels":{"b":"1"},"suppressed":true}]},{"id":"steps","steps":[{"t":0,"alerts":[
                {"labels":{"a":"1"},"suppressed":false},{"labels":{"b":"1"},"suppressed":true}]},
                {"t":5,"alerts":[{"labels":{"b":"1"},"suppressed":false}]}]}]}
                """),
        Example(
            command: "replay grouping",
            script: """
                {"group_wait_s":2,"group_interval_s":4,"repeat_interval_s":11,"observed_for_s":12,
                "scenarios":[{"id":"g","input":[{"t":0,"alert":"a","action":"fire"},
                {"t":4,"alert":"a","action":"resolve"}]}]}
                """,
            answer: """
                {"scenarios":[{"id":"g","notifications":[{"alerts":[["a","firing"]],"status":"firing",
                "t":2},{"alerts":[["a","resolved"]],"status":"resolved","t":6}]}]}
                """),
        // RFC 4231, test case 2, for the code over the body alone.
        Example(
            command: "replay hmac",
            script: """
                {"cases":[{"id":"h","secret":"whsec_SmVmZQ==","webhook_id":"m","webhook_timestamp":1,
                "body":"what do ya want for nothing?"}]}
                """,
            answer: """
                {"cases":[{"id":"h","body_only_hex":
                "v1=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
                "webhook_signature":"v1,npFVy12Uc+EIEb3ST2Zeka/6tz02BRHI2q4EvYxFReg="}]}
                """),
        Example(
            command: "replay delivery",
            script: """
                {"scenarios":[{"id":"d","end_s":9,"channels":[{"name":"a","fallback":"b",
                "responses":[{"status":302}]},{"name":"b"}],
                "input":[{"t":0,"key":"k","event":"trigger"},{"t":5,"key":"k","event":"resolve"}]}]}
                """,
            answer: """
                {"scenarios":[{"id":"d","attempts":[
                {"t":0,"entry":{"channel":"a","key":"k","kind":"trigger","seq":1},"attempt":1,
                "ended":0,"form":"full","outcome":"HTTP 302"},
                {"t":0,"entry":{"channel":"b","key":"k","kind":"trigger","seq":1},"attempt":1,
                "ended":0,"form":"full","outcome":"accepted"},
                {"t":5,"entry":{"channel":"b","key":"k","kind":"resolve","seq":2},"attempt":1,
                "ended":5,"form":"full","outcome":"accepted"}],
                "broken_channels":[],"events":[
                {"t":0,"event":"dead","entry":{"channel":"a","key":"k","kind":"trigger","seq":1}},
                {"t":0,"event":"fallback","channel":"b",
                "entry":{"channel":"a","key":"k","kind":"trigger","seq":1}},
                {"t":0,"event":"accepted","entry":{"channel":"b","key":"k","kind":"trigger","seq":1}},
                {"t":5,"event":"accepted","entry":{"channel":"b","key":"k","kind":"resolve","seq":2}}],
                "complaints":[],"storms":[],"oldest_page_s":0,"open":[]}]}
                """),
        Example(
            command: "oncall resolve",
            script: """
                {"scenarios":[{"id":"o","schedule":{"tz":"UTC","layers":[{"start_local":
                "2025-06-02T09:00","rotation":{"unit":"days","length":1},"participants":["ana","bo"]}],
                "overrides":[{"start":"2025-06-04T00:00","end":"2025-06-04T06:00:00Z","user":"zed"}]},
                "expect":[{"at":"2025-06-02T08:59:59Z"},{"at":"2025-06-03T09:00:00Z"},
                {"at":"2025-06-04T05:00:00Z"}]}]}
                """,
            answer: """
                {"scenarios":[{"id":"o","people":[{"at":"2025-06-02T08:59:59Z","user":null},
                {"at":"2025-06-03T09:00:00Z","user":"bo"},{"at":"2025-06-04T05:00:00Z","user":"zed"}]}]}
                """),
        Example(
            command: "routes test",
            script: """
                {"trees":{"t":{"receiver":"r","routes":[{"receiver":"p","matchers":["s=~\\"a|b\\""],
                "continue":true},{"receiver":"q","matchers":["s!=\\"b\\""]}]}},"cases":[
                {"id":"1","tree":"t","labels":{"s":"a"}},{"id":"2","tree":"t","labels":{"s":"b"}}]}
                """,
            answer: """
                {"cases":[{"id":"1","receivers":["p","q"]},{"id":"2","receivers":["p"]}]}
                """),
    ]

    private func words(_ command: String) -> [String] {
        command.split(separator: " ").map(String.init)
    }

    @Test("each answers JSON with JSON, from a file or from standard input", arguments: examples)
    func answers(example: Example) throws {
        for throughInput in [false, true] {
            let result = try ReplayProgram.run(
                words(example.command), script: example.script, throughInput: throughInput)
            #expect(result.exit == 0, "\(result.text)")
            #expect(try JSONValue(parsing: result.text) == JSONValue(parsing: example.answer))
        }
    }

    @Test(
        "a malformed script ends each with 2 and one line that says where and why",
        arguments: examples)
    func malformed(example: Example) throws {
        let scripts = [
            "", "[]", "{\"scenarios\":[{}],\"cases\":[{}]}", String(example.script.dropLast(9)),
        ]
        for script in scripts {
            let result = try ReplayProgram.run(words(example.command), script: script)
            #expect(result.exit == 2, "\(script)")
            #expect(result.text.hasPrefix("dogwatch: ") && result.text.count { $0 == "\n" } == 1)
        }
    }

    @Test("a script that is not there is a malformed one")
    func missing() throws {
        let result = try ReplayProgram.run(["replay", "rules"], file: "/nowhere/script.json")
        #expect(result.exit == 2 && result.text.contains("No such file"))
    }

    @Test("a word that is none of its enumeration is named with its place")
    func unknownWord() throws {
        let script = ReplayTests.examples[0].script.replacing("\">\"", with: "\"=>\"")
        let result = try ReplayProgram.run(["replay", "rules"], script: script)
        #expect(result.text.contains("scenarios[0].rule.op: \"=>\" is none of <, <="))
    }

    @Test(
        "a zone that is not there is an error, never UTC",
        arguments: ["Mars/Olympus", "../../etc/passwd", ""])
    func zones(name: String) throws {
        let script = ReplayTests.examples[7].script.replacing("\"UTC\"", with: "\"\(name)\"")
        let result = try ReplayProgram.run(["oncall", "resolve"], script: script)
        #expect(result.exit == 2 && result.text.contains("\"\(name)\""))
    }
}
