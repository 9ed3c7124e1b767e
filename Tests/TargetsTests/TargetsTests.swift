import Targets
import Testing

@Suite("what crosses from targets to screens")
struct TargetsTests {
    @Test(
        "text from a target cannot steer a terminal",
        arguments: [
            ("plain text", "plain text"), ("a\u{1b}[31mb", "a[31mb"), ("a\r\nb", "a b"),
            ("tab\there", "tab here"), ("\u{202e}evil", "evil"), ("\u{9b}31m", "31m"), ("", ""),
            ("bell\u{07}", "bell"), ("zero\u{200b}width", "zerowidth"),
        ])
    func cleaning(text: String, expected: String) {
        #expect(cleaned(text) == expected)
    }

    @Test("long text ends in an ellipsis")
    func limits() {
        #expect(cleaned(String(repeating: "x", count: 300), limit: 10) == "xxxxxxxxxx…")
    }

    @Test("bytes that are no UTF-8 are repaired")
    func bytes() {
        #expect(cleaned([0x61, 0xff, 0x62] as [UInt8]) == "a\u{fffd}b")
    }

    @Test("a stack of combining marks is cut")
    func combining() {
        let stack = "e" + String(repeating: "\u{301}", count: 500)
        #expect(cleaned(stack).unicodeScalars.count <= 8)
    }

    @Test("target ids read back as they are written", arguments: ["http/api", "redis/a/b"])
    func ids(text: String) {
        #expect(TargetID(text)?.description == text)
    }

    @Test("what is no target id is refused", arguments: ["", "http", "http/", "ftp/x", "/x"])
    func badIDs(text: String) {
        #expect(TargetID(text) == nil)
    }

    @Test("a secret prints as dots")
    func secrets() {
        let secret = Secret("hunter2")
        #expect("\(secret)" == "••••")
        #expect(!String(reflecting: [secret]).contains("hunter2"))
    }
}
