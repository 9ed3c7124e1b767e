import Glibc
import TestSupport
import Testing

@testable import DemoStack

extension EndToEnd {
    @Suite("dogwatch page test", .serialized)
    struct PageTests {
        @Test("sends a page and its end through each receiver, and says what each made of it")
        func sends() throws {
            let folder = try DashboardRun.makeFolder()
            defer { removeTree(folder) }
            let (text, exit) = try Self.run(
                ["page", "test"], in: folder,
                Self.command("good", "cat >> \(folder)/pages; echo took it")
                    + Self.command("bad", "echo no line >&2; exit 78"))
            #expect(exit == .exited(1))
            #expect(text.contains("good  command  accepted"))
            #expect(text.contains("took it"))
            #expect(text.contains("bad   command  FAILED"))
            #expect(text.contains("exited with 78: no line"))
            let pages = textOfFile("\(folder)/pages").split(separator: "\n")
            #expect(pages.count == 2)
            #expect(pages.first?.contains(#""event":"test""#) == true)
            #expect(pages.last?.contains(#""event":"resolve""#) == true)
        }

        @Test(
            "takes the receivers that are named, and no others",
            arguments: [("good", 0), ("x", 78)])
        func chosen(name: String, code: Int32) throws {
            let folder = try DashboardRun.makeFolder()
            defer { removeTree(folder) }
            let (text, exit) = try Self.run(
                ["page", "test", name, "--json"], in: folder,
                Self.command("good", "cat > /dev/null") + Self.command("bad", "exit 1"))
            #expect(exit == .exited(code), "\(text)")
            #expect(text.contains(#""accepted" : true"#) == (code == 0))
            #expect(!text.contains(#""accepted" : false"#))
        }

        @Test("check fails while a receiver's secret is missing, and names it")
        func check() throws {
            let folder = try DashboardRun.makeFolder()
            defer { removeTree(folder) }
            let receiver = """
                [[receiver]]
                name = "pager"
                type = "pagerduty"
                key = { file = "\(folder)/key" }

                """
            let (text, exit) = try Self.run(["check"], in: folder, receiver)
            #expect(exit == .exited(78))
            #expect(text.contains("receiver.pager: broken: \(folder)/key cannot be read"))
            try write("0123456789abcdef0123456789abcdef", to: "\(folder)/key")
            chmod("\(folder)/key", 0o600)
            #expect(try Self.run(["check"], in: folder, receiver).exit == .exited(0))
            chmod("\(folder)/key", 0o640)
            #expect(try Self.run(["check"], in: folder, receiver).exit == .exited(78))
        }

        private static func command(_ name: String, _ script: String) -> String {
            """
            [[receiver]]
            name = "\(name)"
            type = "command"
            run = ["/bin/sh", "-c", '\(script)']

            """
        }

        private static func run(
            _ arguments: [String], in folder: String, _ receivers: String
        ) throws -> (text: String, exit: Pty.Exit?) {
            let head = "[watch]\nname = \"t\"\n[[host]]\nname = \"here\"\n"
            try write(head + receivers, to: "\(folder)/config.toml")
            let pty = try Pty(
                [DemoRun.program("dogwatch")] + arguments + [
                    "--config", "\(folder)/config.toml", "--state", "\(folder)/state",
                ], rows: 100, columns: 200)
            let exit = pty.waitForExit(within: .seconds(30))
            return (pty.screen.text, exit)
        }
    }
}
