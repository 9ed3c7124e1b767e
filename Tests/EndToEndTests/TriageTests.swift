import Glibc
import TestSupport
import Testing

@testable import DemoStack

extension EndToEnd {
    @Suite("dogwatch triage", .serialized)
    struct TriageTests {
        /// How a target of the test behaves.
        enum World: String, CaseIterable, CustomTestStringConvertible {
            case healthy, refused, hanging, mixed
            var testDescription: String { rawValue }
        }

        @Test(
            "says with its exit code how things are, in less than five seconds",
            arguments: World.allCases)
        func exitCode(_ world: World) throws {
            let server = try MuteServer()
            let free = try DemoStack.freePort()
            let (tables, code): (String, Int32) =
                switch world {
                case .healthy: (Self.host, 0)
                case .refused: (Self.redis("gone", free), 2)
                case .hanging: (Self.redis("mute", server.port), 2)
                case .mixed:
                    (Self.host + Self.redis("mute", server.port) + Self.redis("gone", free), 2)
                }
            let start = ContinuousClock.now
            let result = try Self.triage("[watch]\nname = \"t\"\n" + tables)
            #expect(result.exit == .exited(code), "\(result.text)")
            #expect(start.duration(to: .now) < .seconds(5.5))
        }

        @Test("prints one line a target, JSON, or Markdown")
        func formats() throws {
            let configuration = "[watch]\nname = \"t\"\n" + Self.host
            #expect(try Self.triage(configuration).text.contains("host/here"))
            #expect(try Self.triage(configuration, "--markdown").text.contains("host/here"))
            let json = try Self.triage(configuration, "--json").text
            #expect(json.hasPrefix("{") && json.contains(#""host/here""#))
        }

        @Test("is no judgement when the configuration is wrong")
        func wrong() throws {
            let result = try Self.triage("[watch]\nintervall = \"5s\"\n")
            #expect(result.exit == .exited(3))
            #expect(result.text.contains("intervall") && result.text.contains(":2:1:"))
        }

        private static let host = "[[host]]\nname = \"here\"\n"

        private static func redis(_ name: String, _ port: UInt16) -> String {
            "[[redis]]\nname = \"\(name)\"\nurl = \"redis://127.0.0.1:\(port)\"\n"
        }

        private static func triage(
            _ configuration: String, _ options: String...
        ) throws -> (text: String, exit: Pty.Exit?) {
            let folder = try DashboardRun.makeFolder()
            defer { removeTree(folder) }
            try write(configuration, to: "\(folder)/config.toml")
            let pty = try Pty(
                [
                    DemoRun.program("dogwatch"), "triage", "--config", "\(folder)/config.toml",
                    "--state", "\(folder)/state",
                ] + options, rows: 100, columns: 200)
            let exit = pty.waitForExit(within: .seconds(15))
            return (pty.screen.text, exit)
        }
    }
}

/// Takes connections into its queue and never says a word.
private final class MuteServer {
    let port: UInt16
    private let listener: Int32

    init() throws {
        (listener, port) = try listenOnLoopback()
    }

    deinit { close(listener) }
}
