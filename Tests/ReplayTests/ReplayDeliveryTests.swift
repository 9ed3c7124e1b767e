import HTTP
import Testing

@Suite("replays of deliveries")
struct ReplayDeliveryTests {
    /// "second channel kind key", of each attempt, and the scenario's answer.
    private func run(_ scenario: String) throws -> (log: [String], answer: JSONValue) {
        let result = try ReplayProgram.run(
            ["replay", "delivery"], script: "{\"scenarios\":[\(scenario)]}")
        #expect(result.exit == 0, "\(result.text)")
        let scenarios = try JSONValue(parsing: result.text)["scenarios"]?.array
        let answer = try #require(scenarios?.first)
        let log = (answer["attempts"]?.array ?? []).map { attempt in
            let entry = attempt["entry"]
            let words = ["channel", "kind", "key"].map { entry?[$0]?.string ?? "?" }
            return "\(attempt["t"]?.double ?? -1) \(words.joined(separator: " "))"
        }
        return (log, answer)
    }

    @Test("a policy tells level after level until somebody has it")
    func policy() throws {
        let (log, answer) = try run(
            """
            {"id":"1","end_s":900,"channels":[{"name":"a"},{"name":"b"},{"name":"c"}],
            "policy":{"levels":[{"targets":["a"],"wait_s":60},{"targets":["b","c"]}]},
            "input":[{"t":0,"key":"k","event":"trigger"},{"t":90,"key":"k","event":"acknowledge"},
            {"t":800,"key":"k","event":"resolve"}]}
            """)
        #expect(
            log == [
                "0.0 a trigger k", "60.0 b trigger k", "60.0 c trigger k", "90.0 a acknowledge k",
                "90.0 b acknowledge k", "90.0 c acknowledge k", "800.0 a resolve k",
                "800.0 b resolve k", "800.0 c resolve k",
            ])
        #expect(answer["open"] == .array([]))
    }

    @Test("a storm is one message, but for what is exempt")
    func storm() throws {
        let triggers = (1...30).map { number in
            "{\"t\":0,\"key\":\"k\(number)\",\"event\":\"trigger\",\"storm_exempt\":\(number == 30)}"
        }
        let (log, answer) = try run(
            """
            {"id":"1","end_s":60,"channels":[{"name":"a"}],"policy":{"levels":[{"targets":["a"]}]},
            "input":[\(triggers.joined(separator: ","))]}
            """)
        #expect(log.count == 22 && log.contains("0.0 a trigger k30"))
        #expect(log.contains("0.0 a trigger storm/1") && !log.contains("0.0 a trigger k21"))
        let storm = answer["storms"]?.array?.first
        #expect(storm?["count"]?.double == 9 && storm?["firing"]?.array?.count == 9)
    }

    @Test("a channel's limit spaces its messages, and pages go first")
    func limit() throws {
        let (log, _) = try run(
            """
            {"id":"1","end_s":60,"channels":[{"name":"a","burst":2,"every_s":10}],"input":[
            {"t":0,"key":"t1","event":"trigger","severity":"ticket"},
            {"t":0,"key":"t2","event":"trigger","severity":"ticket"},
            {"t":0,"key":"t3","event":"trigger","severity":"ticket"},
            {"t":0,"key":"p","event":"trigger"}]}
            """)
        #expect(
            log == [
                "0.0 a trigger p", "0.0 a trigger t1", "10.0 a trigger t2", "20.0 a trigger t3",
            ])
    }

    @Test(
        "a receiver that asks to wait is heeded within a second and five minutes",
        arguments: [
            ("20", 20), ("0", 1), ("99999", 300), ("Thu, 01 Jan 1970 00:00:45 GMT", 45),
        ])
    func retryAfter(text: String, second: Int) throws {
        let (log, _) = try run(
            """
            {"id":"1","end_s":400,"channels":[{"name":"a","responses":[
            {"status":429,"headers":{"retry-after":"\(text)"}},{"status":202}]}],
            "input":[{"t":0,"key":"k","event":"trigger","note":"x"}]}
            """)
        #expect(log == ["0.0 a trigger k", "\(Double(second)) a trigger k"])
    }

    @Test("a page that nobody takes is a reason not to be well")
    func complaint() throws {
        let (log, answer) = try run(
            """
            {"id":"1","end_s":181,"channels":[{"name":"a","fallback":"b",
            "responses":[{"error":"timeout","delay_s":10}]},
            {"name":"b","responses":[{"error":"dns"}]}],
            "input":[{"t":0,"key":"k","event":"trigger"}]}
            """)
        #expect(log.contains("60.0 b trigger k"))
        #expect(answer["oldest_page_s"]?.double == 181)
        #expect(answer["complaints"] == .array([.string("a page has waited for 181 s")]))
    }

    @Test(
        "what cannot be is refused",
        arguments: [
            "\"channels\":[]", "\"channels\":[{\"name\":\"a\",\"burst\":0,\"every_s\":1}]",
            "\"channels\":[{\"name\":\"a\",\"burst\":1,\"every_s\":0}]",
            "\"channels\":[{\"name\":\"a\"}],\"policy\":{\"levels\":[{\"targets\":[\"b\"]}]}",
        ])
    func refused(members: String) throws {
        let script = "{\"scenarios\":[{\"id\":\"1\",\"end_s\":9,\(members),\"input\":[]}]}"
        let result = try ReplayProgram.run(["replay", "delivery"], script: script)
        #expect(result.exit == 2 && result.text.count { $0 == "\n" } == 1)
    }
}
