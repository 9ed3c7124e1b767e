import Glibc
import TestSupport

@testable import DemoStack

/// `dogwatch` in a pseudo-terminal, with a configuration and a state folder of its own.
final class DashboardRun {
    let pty: Pty
    private let folder: String

    /// A watch that needs no server.
    static let small = """
        [watch]
        name = "small watch"
        [[host]]
        name = "here"
        interval = "1s"

        """

    /// Starts the dashboard on `configuration` (a path), or on a file with the text of `small`.
    init(configuration: String? = nil, rows: Int = 40, columns: Int = 120) throws {
        folder = try Self.makeFolder()
        if configuration == nil { try write(Self.small, to: "\(folder)/config.toml") }
        pty = try Pty(
            [
                DemoRun.program("dogwatch"), "--config", configuration ?? "\(folder)/config.toml",
                "--state", "\(folder)/state",
            ], environment: ["SWIFT_BACKTRACE": "enable=no"], rows: rows, columns: columns)
    }

    deinit {
        kill(pty.process, SIGKILL)
        _ = pty.waitForExit()
        removeTree(folder)
    }

    static func makeFolder() throws -> String {
        let folder = "/tmp/dogwatch-e2e-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        guard mkdir(folder, 0o700) == 0 else { throw DemoFailure("no folder", errno: errno) }
        return folder
    }

    /// True once the dashboard shows the watch of `small`, collected.
    func isUp() -> Bool {
        pty.wait(within: .seconds(10)) { $0.contains("small watch") && $0.contains("load ") }
    }

    /// What is not as the terminal was before the program; empty when all is.
    var traces: [String] {
        var traces: [String] = []
        if pty.screen.isAlternate { traces.append("alternate screen") }
        if !pty.screen.isCursorVisible { traces.append("no cursor") }
        if !pty.screen.modes.isDisjoint(with: [9, 1000, 1002, 1003, 1005, 1006, 1015, 2004]) {
            traces.append("modes \(pty.screen.modes.sorted())")
        }
        if pty.settings != pty.initialSettings { traces.append("settings") }
        return traces
    }
}
