import Alerting
import Testing

@Suite("acts as people type them")
struct ActTextTests {
    @Test(
        "are what they say",
        arguments: [
            ("ack", Act.acknowledge(key: "k", lasting: nil)),
            ("ack abc for 30m", .acknowledge(key: "abc", lasting: .seconds(1800))),
            ("unack", .unacknowledge(key: "k")),
            ("snooze 2h", .snooze(key: "k", length: .seconds(7200))),
            ("snooze disk is full 1d", .snooze(key: "disk is full", length: .seconds(86_400))),
            ("resolve x", .resolve(key: "x")), ("unsilence s1", .endSilence(id: "s1")),
            ("seen", .seen), ("note  two  words", .note(text: "two  words", key: nil)),
            (
                "silence alertname=\"disk is full\" env=a for 2h because we know",
                .silence(
                    SilenceRequest(
                        matchers: ["alertname=\"disk is full\"", "env=a"], length: .seconds(7200),
                        reason: "we know"))
            ),
            (
                "silence everything for 1h because drill",
                .silence(
                    SilenceRequest(
                        matchers: [], length: .seconds(3600), reason: "drill", isForAll: true))
            ),
        ])
    func parsed(text: String, act: Act) throws {
        #expect(try Act.parse(text, selected: "k") == act)
    }

    @Test(
        "say what is missing",
        arguments: [
            "", "bark", "silence a=b", "silence a=b for 2h", "silence a=b because x",
            "silence for 2h because x", "silence a=b for two because x", "snooze", "snooze x",
            "unsilence", "note", "ack for", "seen all",
        ])
    func refused(text: String) {
        #expect(throws: ActRefusal.self) { try Act.parse(text, selected: "k") }
    }

    @Test("without a selection a key is needed")
    func noSelection() {
        #expect(throws: ActRefusal.self) { try Act.parse("ack", selected: nil) }
    }
}
