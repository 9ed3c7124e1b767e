import HTTP
import Testing

@Suite("replays, on what their form permits")
struct ReplayVariantTests {
    /// A script and what it must give, as JSON.
    struct Variant: Sendable, CustomTestStringConvertible {
        var what: String
        var command: String
        var script: String
        var answer: String
        var testDescription: String { what }
    }

    static let rules = [
        Variant(
            what: "only what a rule needs, samples in any order, members that nobody knows",
            command: "replay rules",
            script: """
                {"generator":"x","scenarios":[{"id":"1","title":"t","tags":["a"],"note":null,
                "rule":{"op":"<","threshold":5},"eval_interval_s":60,"end_s":60,
                "samples":[[60,9],[0,1]],"promql":"v < 5"}]}
                """,
            answer: """
                {"scenarios":[{"id":"1","states":[{"t":0,"state":"firing"},{"t":60,"state":"inactive"}],
                "events":[{"t":0,"event":"firing"},{"t":60,"event":"resolved"}]}]}
                """),
        Variant(
            what: "a count over a window without samples is no data",
            command: "replay rules",
            script: """
                {"scenarios":[{"id":"1","rule":{"op":">=","threshold":2,"no_data":"ok","agg":"count",
                "window_s":90},"eval_interval_s":60,"end_s":180,"samples":[[1,1],[31,1]]}]}
                """,
            answer: """
                {"scenarios":[{"id":"1","states":[{"t":0,"state":"inactive"},{"t":60,"state":"firing"},
                {"t":120,"state":"inactive"},{"t":180,"state":"inactive"}],
                "events":[{"t":60,"event":"firing"},{"t":120,"event":"resolved"}]}]}
                """),
        Variant(
            what: "no data keeps what fires and what does not; no_data is keep where it is absent",
            command: "replay rules",
            script: """
                {"scenarios":[{"id":"1","rule":{"op":">","threshold":1,"staleness_s":30},
                "eval_interval_s":60,"end_s":180,"samples":[[60,5]]}]}
                """,
            answer: """
                {"scenarios":[{"id":"1","states":[{"t":0,"state":"inactive"},{"t":60,"state":"firing"},
                {"t":120,"state":"firing"},{"t":180,"state":"firing"}],
                "events":[{"t":60,"event":"firing"}]}]}
                """),
        Variant(
            what: "NaN differs from every number, and infinity exceeds it",
            command: "replay rules",
            script: """
                {"scenarios":[{"id":"1","rule":{"op":"!=","threshold":1},"eval_interval_s":30,"end_s":30,
                "samples":[[0,"NaN"],[30,1]]},{"id":"2","rule":{"op":">=","threshold":"+Inf"},
                "eval_interval_s":30,"end_s":30,"samples":[[0,"+Inf"],[30,"-Inf"]]}]}
                """,
            answer: """
                {"scenarios":[{"id":"1","states":[{"t":0,"state":"firing"},{"t":30,"state":"inactive"}],
                "events":[{"t":0,"event":"firing"},{"t":30,"event":"resolved"}]},
                {"id":"2","states":[{"t":0,"state":"firing"},{"t":30,"state":"inactive"}],
                "events":[{"t":0,"event":"firing"},{"t":30,"event":"resolved"}]}]}
                """),
        Variant(
            what: "the second limit holds during the hold too",
            command: "replay rules",
            script: """
                {"scenarios":[{"id":"1","rule":{"op":">","threshold":9,"clear_threshold":5,
                "keep_firing_for_s":60},"eval_interval_s":30,"end_s":150,
                "samples":[[0,10],[30,5],[60,6],[90,4],[120,5],[150,5]]}]}
                """,
            answer: """
                {"scenarios":[{"id":"1","states":[{"t":0,"state":"firing"},{"t":30,"state":"firing"},
                {"t":60,"state":"firing"},{"t":90,"state":"firing"},{"t":120,"state":"firing"},
                {"t":150,"state":"inactive"}],
                "events":[{"t":0,"event":"firing"},{"t":150,"event":"resolved"}]}]}
                """),
    ]

    static let quantiles = [
        Variant(
            what: "quantiles out of range, without +Inf, without observations, below zero",
            command: "replay quantile",
            script: """
                {"scenarios":[{"id":"1","kind":"instant","buckets":[{"le":1,"cumulative":2}],
                "expect":[{"phi":0.5},{"phi":-1},{"phi":1.5},{"phi":"NaN"}]},
                {"id":"2","kind":"instant","buckets":[{"le":1,"cumulative":0},
                {"le":"+Inf","cumulative":0}],"expect":[{"phi":0.5}]},
                {"id":"3","kind":"instant","buckets":[{"le":"+Inf","cumulative":4},
                {"le":-2,"cumulative":3},{"le":1,"cumulative":2}],
                "expect":[{"phi":0.5},{"phi":1}]},
                {"id":"4","kind":"instant","buckets":[],"expect":[]}]}
                """,
            answer: """
                {"scenarios":[{"id":"1","values":[{"phi":0.5,"value":"NaN"},{"phi":-1,"value":"-Inf"},
                {"phi":1.5,"value":"+Inf"},{"phi":"NaN","value":"NaN"}]},
                {"id":"2","values":[{"phi":0.5,"value":"NaN"}]},
                {"id":"3","values":[{"phi":0.5,"value":-2},{"phi":1,"value":1}]},
                {"id":"4","values":[]}]}
                """),
        Variant(
            what: "a window over a restart, one without growth and one before the first row",
            command: "replay quantile",
            script: """
                {"scenarios":[{"id":"1","kind":"rate","le":["+Inf",10],"t":[0,60,120,180],
                "cumulative_rows":[[50,50],[4,2],[8,4],[8,4]],"expect":[
                {"t":120,"phi":0.5,"window_s":120},{"t":180,"phi":0.5,"window_s":60},
                {"t":0,"phi":0.5,"window_s":60}]}]}
                """,
            answer: """
                {"scenarios":[{"id":"1","values":[{"t":120,"phi":0.5,"value":10},
                {"t":180,"phi":0.5,"value":"NaN"},{"t":0,"phi":0.5,"value":null}]}]}
                """),
    ]

    static let routing = [
        Variant(
            what: "nested continues, a receiver from above, a missing label, an anchored pattern",
            command: "routes test",
            script: """
                {"trees":{"t":{"receiver":"r","matchers":null,"routes":[
                {"matchers":["team=\\"a\\""],"continue":true,"routes":[{"receiver":"x","matchers":
                ["s=~\\"db|web\\""],"continue":true},{"receiver":"y","matchers":["zone=\\"\\""]}]},
                {"receiver":"z","matchers":[" s != web "],"routes":[],"note":"last"}]}},"cases":[
                {"id":"1","tree":"t","labels":{"team":"a","s":"db"}},
                {"id":"2","tree":"t","labels":{"team":"a","s":"web","zone":"1"}},
                {"id":"3","tree":"t","labels":{"team":"a","s":"webs","zone":"1"}},
                {"id":"4","tree":"t","labels":{"s":"web"}},
                {"id":"5","tree":"t","labels":{}}]}
                """,
            answer: """
                {"cases":[{"id":"1","receivers":["x","y","z"]},{"id":"2","receivers":["x"]},
                {"id":"3","receivers":["r","z"]},{"id":"4","receivers":["r"]},
                {"id":"5","receivers":["z"]}]}
                """),
        Variant(
            what: "steps that fire and resolve, and alerts that are told to have resolved",
            command: "replay inhibition",
            script: """
                {"rules":[{"name":"n","source":["a=\\"1\\""],"target":["b=\\"1\\""]}],"scenarios":[
                {"id":"changes","steps":[{"t":0,"fire":[{"labels":{"a":"1"}},{"labels":{"b":"1"}}],
                "expect":[{"labels":{"b":"1"},"suppressed":true}]},
                {"t":9,"resolve":[{"labels":{"a":"1"}}],"expect":[{"labels":{"b":"1"}}]},
                {"fire":[{"labels":{"a":"1"}}]}]},
                {"id":"told","steps":[{"alerts":[{"labels":{"a":"1"},"status":"resolved"},
                {"labels":{"b":"1"},"status":"firing"}],"expect":[{"labels":{"b":"1"}}]}]},
                {"id":"none","expect":[]}]}
                """,
            answer: """
                {"scenarios":[{"id":"changes","steps":[
                {"t":0,"alerts":[{"labels":{"b":"1"},"suppressed":true}]},
                {"t":9,"alerts":[{"labels":{"b":"1"},"suppressed":false}]},
                {"alerts":[{"labels":{"b":"1"},"suppressed":true},{"labels":{"a":"1"},
                "suppressed":false}]}]},
                {"id":"told","steps":[{"alerts":[{"labels":{"b":"1"},"suppressed":false}]}]},
                {"id":"none","alerts":[]}]}
                """),
    ]

    static let onCall = [
        Variant(
            what: "overrides alone, local and in UTC; the later one wins",
            command: "oncall resolve",
            script: """
                {"scenarios":[{"id":"1","tags":[],"schedule":{"tz":"Europe/Berlin","overrides":[
                {"start":"2025-06-03T00:00","end":"2025-06-03T12:00","user":"ana"},
                {"start":"2025-06-03T08:00:00Z","end":"2025-06-03T09:00:00Z","user":"bo"}]},
                "handoffs":null,"expect":[{"at":"2025-06-02T21:59:59Z"},{"at":"2025-06-02T22:00:00Z"},
                {"at":"2025-06-03T08:00:00Z"},{"at":"2025-06-03T09:00:00Z"},
                {"at":"2025-06-03T10:00:00Z"}]}]}
                """,
            answer: """
                {"scenarios":[{"id":"1","people":[{"at":"2025-06-02T21:59:59Z","user":null},
                {"at":"2025-06-02T22:00:00Z","user":"ana"},{"at":"2025-06-03T08:00:00Z","user":"bo"},
                {"at":"2025-06-03T09:00:00Z","user":"ana"},{"at":"2025-06-03T10:00:00Z","user":null}]}]}
                """),
        Variant(
            what: "months are clamped from the start, and a layer ends on its own clock",
            command: "oncall resolve",
            script: """
                {"scenarios":[{"id":"1","schedule":{"tz":"UTC","layers":[{"name":null,"tz":"Asia/Tokyo",
                "start_local":"2025-01-31T09:00","end_local":"2025-04-01T09:00:00",
                "rotation":{"unit":"months","length":1},"participants":["a","b","c"],
                "restrictions":null}],"overrides":null},"expect":[{"at":"2025-02-27T23:59:59Z"},
                {"at":"2025-02-28T00:00:00Z"},{"at":"2025-03-30T23:59:59Z"},
                {"at":"2025-03-31T00:00:00Z"},{"at":"2025-04-01T00:00:00Z"}]}]}
                """,
            answer: """
                {"scenarios":[{"id":"1","people":[{"at":"2025-02-27T23:59:59Z","user":"a"},
                {"at":"2025-02-28T00:00:00Z","user":"b"},{"at":"2025-03-30T23:59:59Z","user":"b"},
                {"at":"2025-03-31T00:00:00Z","user":"c"},{"at":"2025-04-01T00:00:00Z","user":null}]}]}
                """),
        Variant(
            what: "hours over a gap and over a fold: the first of two equal clock times counts",
            command: "oncall resolve",
            script: """
                {"scenarios":[{"id":"gap","schedule":{"tz":"Europe/London","layers":[
                {"start_local":"2025-03-30T00:30","rotation":{"unit":"hours","length":1},
                "participants":["a","b","c"]}]},"expect":[{"at":"2025-03-30T00:59:59Z"},
                {"at":"2025-03-30T01:29:59Z"},{"at":"2025-03-30T01:30:00Z"}]},
                {"id":"fold","schedule":{"tz":"Europe/London","layers":[
                {"start_local":"2025-10-26T00:30","rotation":{"unit":"hours","length":1},
                "participants":["a","b","c"]}]},"expect":[{"at":"2025-10-26T00:29:59Z"},
                {"at":"2025-10-26T00:30:00Z"},{"at":"2025-10-26T02:29:59Z"},
                {"at":"2025-10-26T02:30:00Z"}]}]}
                """,
            answer: """
                {"scenarios":[{"id":"gap","people":[{"at":"2025-03-30T00:59:59Z","user":"a"},
                {"at":"2025-03-30T01:29:59Z","user":"a"},{"at":"2025-03-30T01:30:00Z","user":"c"}]},
                {"id":"fold","people":[{"at":"2025-10-26T00:29:59Z","user":"a"},
                {"at":"2025-10-26T00:30:00Z","user":"b"},{"at":"2025-10-26T02:29:59Z","user":"b"},
                {"at":"2025-10-26T02:30:00Z","user":"c"}]}]}
                """),
        Variant(
            what: "a night that begins on Fridays, a day without a name, one until 24:00",
            command: "oncall resolve",
            script: """
                {"scenarios":[{"id":"1","schedule":{"tz":"UTC","layers":[
                {"start_local":"2025-06-02T00:00","rotation":{"unit":"weeks","length":1},
                "participants":["late"],"restrictions":[{"days":[],"start":"22:00","end":"24:00"}]},
                {"start_local":"2025-06-02T00:00","rotation":{"unit":"weeks","length":1},
                "participants":["fri"],"restrictions":[{"days":["fri"],"start":"23:00","end":"06:00"}]},
                {"start_local":"2025-06-02T00:00","rotation":{"unit":"weeks","length":1},
                "participants":[]}]},"expect":[{"at":"2025-06-06T22:59:59Z"},
                {"at":"2025-06-06T23:00:00Z"},{"at":"2025-06-07T05:59:59Z"},
                {"at":"2025-06-07T06:00:00Z"},{"at":"2025-06-07T23:59:59Z"},
                {"at":"2025-06-08T00:00:00Z"}]}]}
                """,
            answer: """
                {"scenarios":[{"id":"1","people":[{"at":"2025-06-06T22:59:59Z","user":"late"},
                {"at":"2025-06-06T23:00:00Z","user":"fri"},{"at":"2025-06-07T05:59:59Z","user":"fri"},
                {"at":"2025-06-07T06:00:00Z","user":null},{"at":"2025-06-07T23:59:59Z","user":"late"},
                {"at":"2025-06-08T00:00:00Z","user":null}]}]}
                """),
    ]

    private func words(_ command: String) -> [String] {
        command.split(separator: " ").map(String.init)
    }

    @Test("each is evaluated", arguments: rules + quantiles + routing + onCall)
    func answers(variant: Variant) throws {
        let result = try ReplayProgram.run(words(variant.command), script: variant.script)
        #expect(result.exit == 0, "\(result.text)")
        #expect(try JSONValue(parsing: result.text) == JSONValue(parsing: variant.answer))
    }

    @Test("both counters may start again, a scrape may fail, and each pair has its own verdict")
    func budgets() throws {
        let script = """
            {"scenarios":[{"id":"1","objective":0.5,"tolerance_rel":1e-9,"pairs":{
            "a":{"long_s":60,"short_s":30,"factor":0.1},"b":{"long_s":90,"short_s":60,"factor":0.1}},
            "samples":{"t":[0,30,45,60,90],"total":[100,110,null,10,20],"bad":[10,12,"NaN",2,2]},
            "expect":[{"t":90,"burn":{},"fragile":[]}]},
            {"id":"2","objective":0.5,"pairs":{},"samples":{"t":[],"total":[],"bad":[]},"expect":[]}]}
            """
        let result = try ReplayProgram.run(["replay", "slo"], script: script)
        let scenarios = try JSONValue(parsing: result.text)["scenarios"]?.array ?? []
        let now = try #require(scenarios.first?["evals"]?.array?.first)
        #expect(now["burn"]?["30"]?.double == 0)
        #expect(now["burn"]?["60"]?.double == 0.2)
        #expect(now["burn"]?["90"]?.double == 4.0 / 30 / 0.5)
        #expect(now["firing"]?["a"] == .bool(false) && now["firing"]?["b"] == .bool(true))
        #expect(scenarios.count == 2 && scenarios[1]["evals"] == .array([]))
    }

    @Test(
        "without scenarios there is nothing to answer",
        arguments: ["rules", "slo", "quantile", "delivery"])
    func nothing(command: String) throws {
        let result = try ReplayProgram.run(["replay", command], script: "{\"scenarios\":[]}")
        #expect(result.exit == 0)
        #expect(try JSONValue(parsing: result.text)["scenarios"] == .array([]))
    }

    @Test(
        "what cannot be evaluated ends with 2 and one line",
        arguments: [
            ("rules", "\"threshold\":5", "\"threshold\":\"5\""),
            ("rules", "\"for_s\":10", "\"for_s\":-1"),
            ("rules", "\"staleness_s\":60", "\"staleness_s\":\"+Inf\""),
            ("rules", "\"eval_interval_s\":10", "\"eval_interval_s\":0"),
            ("rules", "\"end_s\":30", "\"end_s\":1e300"),
            ("rules", "[0,9]", "[0]"), ("rules", "[0,9]", "[0,null]"),
            ("rules", "[0,9]", "[0,\"old\"]"), ("rules", "\"agg\":null", "\"agg\":\"max\""),
            ("rules", "\"agg\":null", "\"agg\":\"p95\""),
            ("rules", "\"clear_threshold\":null", "\"clear_threshold\":6"),
            ("slo", "\"objective\":0.5", "\"objective\":1"),
            ("slo", "[0,30,60]", "[0,30]"), ("slo", "[0,30,60]", "[0,60,30]"),
            ("slo", "\"long_s\":60", "\"long_s\":0"), ("slo", "\"t\":60}", "\"t\":\"NaN\"}"),
            ("quantile", "\"kind\":\"rate\"", "\"kind\":\"average\""),
            ("quantile", "[[0,0],[4,4]]", "[[0,0],[4]]"), ("quantile", "[0,60]", "[60,0]"),
            ("quantile", "\"phi\":0.25", "\"share\":0.25"),
            ("inhibition", "a=\\\"1\\\"", "a"), ("inhibition", "{\"b\":\"1\"}", "{\"b\":1}"),
            ("grouping", "\"action\":\"resolve\"", "\"action\":\"forget\""),
            ("grouping", "\"group_interval_s\":4", "\"group_interval_s\":1e-9"),
            ("hmac", "whsec_SmVmZQ==", "whsec_*"),
            ("delivery", "\"status\":302", "\"body_ok\":true"),
            ("delivery", "\"fallback\":\"b\"", "\"fallback\":\"c\""),
        ])
    func refused(command: String, original: String, replacement: String) throws {
        let example = try #require(
            ReplayTests.examples.first { $0.command == "replay " + command })
        let script = example.script.replacing(original, with: replacement)
        #expect(script != example.script)
        let result = try ReplayProgram.run(["replay", command], script: script)
        #expect(result.exit == 2, "\(original) → \(replacement)")
        #expect(result.text.hasPrefix("dogwatch: ") && result.text.count { $0 == "\n" } == 1)
    }
}
