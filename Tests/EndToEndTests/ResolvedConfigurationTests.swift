import Glibc
import Testing

@testable import DemoStack

@Suite("The demo's copy of the configuration")
struct ResolvedConfigurationTests {
    let resolved = ResolvedConfiguration(
        api: "http://127.0.0.1:1", postgres: "postgresql://p", redis: "redis://r",
        dockerSocket: nil, noEngine: "no engine here.")

    @Test(
        "puts addresses where their names stand and leaves the rest",
        arguments: [
            (#"a = "${API_URL:-http://x}/health""#, #"a = "http://127.0.0.1:1/health""#),
            (#"a = "${API_URL}" # ${REDIS_URL}"#, #"a = "http://127.0.0.1:1" # redis://r"#),
            (#"a = ["${REDIS_URL:-}", "${REDIS_URL}"]"#, #"a = ["redis://r", "redis://r"]"#),
            ("  # ${API_URL:-x}", "  # ${API_URL:-x}"),
            (#"a = "${API_URL_2:-x}""#, #"a = "${API_URL_2:-x}""#),
            (#"a = "${API_URL:-open"#, #"a = "${API_URL:-open"#),
            (#"a = "${HOME}" $5 {API_URL}"#, #"a = "${HOME}" $5 {API_URL}"#),
            ("", ""), ("\n\n", "\n\n"), ("ä = \"é\"\r\n", "ä = \"é\"\r\n"),
        ])
    func line(shipped: String, expected: String) {
        #expect(resolved.text(from: shipped) == expected)
    }

    @Test("leaves out the table that has no address here, and says why")
    func table() {
        let shipped = """
            [[http]]
            url = "x"

            [[containers]]
            name = "docker"
            url = "${DOCKER_SOCKET:-unix:///var/run/docker.sock}"
            # only = ["api"]

            # about the next
            [host]
            """
        let expected = """
            [[http]]
            url = "x"

            # [[containers]] is left out: no engine here.
            # only = ["api"]

            # about the next
            [host]
            """
        #expect(resolved.text(from: shipped) == expected)
    }

    @Test("finds every address in the configuration that is shipped")
    func shipped() throws {
        let file = try #require(contents(of: "config.toml"))
        let text = resolved.text(from: file)
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            #expect(!line.contains("${"), "\(line)")
        }
        #expect(text.contains("http://127.0.0.1:1/health"))
        #expect(text.contains("# [[containers]] is left out: no engine here."))
    }
}

@Suite("Messages between the stack and its keeper")
struct KeeperMessageTests {
    @Test("arrive as they were sent")
    func roundTrip() {
        let program = Program(
            id: "postgres", arguments: ["/bin/postgres", "", "-c", "a=b c\"'\n"], folder: "/tmp/x",
            log: "/tmp/x/log", quitSignal: SIGQUIT, patience: 30, hasLifeline: true)
        for request in [KeeperRequest.start(program), .signal(id: "redis", SIGSTOP)] {
            #expect(KeeperRequest(packet: request.packet) == request)
        }
        for report in [
            KeeperReport.started(id: "a", 17), .refused(id: "b", reason: "no such file"),
            .ended(id: "c", status: 256),
        ] {
            #expect(KeeperReport(packet: report.packet) == report)
        }
    }

    @Test(
        "are refused when they are something else", arguments: ["", "x", "start", "signal\0a\0b"])
    func garbage(text: String) {
        #expect(KeeperRequest(packet: Array(text.utf8)) == nil)
        #expect(KeeperReport(packet: Array(text.utf8)) == nil)
    }
}
