import Glibc
import TestSupport
import Testing

@testable import DemoStack

extension EndToEnd {
    @Suite("The dashboard in a terminal", .serialized)
    struct DashboardTests {
        @Test("shows a frame before anything has answered")
        func firstFrame() throws {
            let run = try DashboardRun()
            #expect(run.pty.wait(within: .seconds(3)) { $0.isAlternate && $0.contains("dogwatch") })
            #expect(run.isUp())
            #expect(run.pty.screen.unknown.isEmpty, "\(run.pty.screen.unknown)")
        }

        @Test(
            "fills every size that a terminal can have, and comes back",
            arguments: [(5, 20), (1, 1), (24, 80), (20, 60), (100, 300), (40, 120)])
        func resize(rows: Int, columns: Int) throws {
            let run = try DashboardRun()
            #expect(run.isUp())
            run.pty.resize(rows: rows, columns: columns)
            run.pty.settle(for: .seconds(3), silence: .milliseconds(300))
            let lines = run.pty.screen.lines
            #expect(lines.contains { !$0.isEmpty }, "something is shown")
            #expect(lines.allSatisfy { $0.count <= columns })
            if rows >= 20 {
                #expect(lines[0].contains("dogwatch") && lines[rows - 1].contains("quit"))
            }
            run.pty.resize(rows: 40, columns: 120)
            #expect(run.isUp())
            #expect(
                run.pty.wait { $0.lines[39].contains("quit") && $0.lines[0].contains("dogwatch") })
        }

        @Test("answers its keys")
        func keys() throws {
            let run = try DashboardRun()
            #expect(run.isUp())
            press(run, "?", shows: "Keys")
            press(run, "\u{1B}", hides: "next pane")
            press(run, "p", shows: "paused")
            press(run, "p", hides: "paused")
            press(run, "t", shows: "Theme")
            press(run, "\u{1B}", hides: "choose")
            press(run, "/", shows: "▏")
            press(run, "nothing-has-this-name\r", shows: "filter")
            press(run, "\u{1B}", hides: "nothing-has-this-name")
        }

        @Test("opens what Enter is pressed on, from any pane, and Esc closes it")
        func detail() throws {
            let run = try DashboardRun()
            #expect(run.isUp())
            let overview = run.pty.screen.lines.last
            for _ in 0..<8 {
                run.pty.type("\t")
                run.pty.settle(for: .milliseconds(400), silence: .milliseconds(100))
                run.pty.type("\r")
                run.pty.settle(for: .milliseconds(600), silence: .milliseconds(150))
                run.pty.type("\u{1B}")
                #expect(run.pty.wait { $0.lines.last == overview })
            }
            #expect(run.pty.waitForExit(within: .zero) == nil)
        }

        private func press(_ run: DashboardRun, _ keys: String, shows text: String) {
            run.pty.type(keys)
            #expect(run.pty.wait { $0.contains(text) }, "\(keys) shows \(text)")
        }

        private func press(_ run: DashboardRun, _ keys: String, hides text: String) {
            run.pty.type(keys)
            #expect(run.pty.wait { !$0.contains(text) }, "\(keys) hides \(text)")
        }
    }

    @Suite("The dashboard's way out", .serialized)
    struct EndingTests {
        enum Ending: String, CaseIterable, CustomTestStringConvertible {
            case quit, controlC, terminated, hungUp, interrupted
            case segmentationFault, abort, trap, busError
            var testDescription: String { rawValue }
        }

        @Test("leaves the terminal as it was", arguments: Ending.allCases)
        func ending(_ ending: Ending) throws {
            let run = try DashboardRun()
            #expect(run.isUp())
            #expect(!run.traces.isEmpty, "the dashboard has changed the terminal")
            let start = ContinuousClock.now
            #expect(end(run, ending) == run.pty.waitForExit())
            #expect(start.duration(to: .now) < .seconds(2))
            #expect(run.traces.isEmpty, "\(run.traces)")
        }

        /// Ends the program; the exit that is expected.
        private func end(_ run: DashboardRun, _ ending: Ending) -> Pty.Exit {
            switch ending {
            case .quit:
                run.pty.type("q")
                #expect(run.pty.wait { $0.contains("Quit?") }, "the watch is its own, so it asks")
                run.pty.type("q")
                return .exited(0)
            case .controlC:
                run.pty.type("\u{3}")
                return .exited(128 + SIGINT)
            case .terminated: return send(run, SIGTERM, .exited(128 + SIGTERM))
            case .hungUp: return send(run, SIGHUP, .exited(128 + SIGHUP))
            case .interrupted: return send(run, SIGINT, .exited(128 + SIGINT))
            case .segmentationFault: return send(run, SIGSEGV, .signalled(SIGSEGV))
            case .abort: return send(run, SIGABRT, .signalled(SIGABRT))
            case .trap: return send(run, SIGILL, .signalled(SIGILL))
            case .busError: return send(run, SIGBUS, .signalled(SIGBUS))
            }
        }

        private func send(_ run: DashboardRun, _ number: Int32, _ exit: Pty.Exit) -> Pty.Exit {
            run.pty.signal(number)
            return exit
        }

        @Test("is found at once when the terminal goes away")
        func lost() throws {
            let run = try DashboardRun()
            #expect(run.isUp())
            run.pty.hangUp()
            #expect(run.pty.waitForExit(within: .seconds(2)) != nil)
        }

        @Test("leaves the terminal while it is stopped, and comes back in the new size")
        func suspend() throws {
            let run = try DashboardRun()
            #expect(run.isUp())
            run.pty.type("\u{1A}")
            #expect(run.pty.wait { _ in run.pty.isStopped })
            run.pty.settle(for: .milliseconds(200), silence: .milliseconds(50))
            #expect(run.traces.isEmpty, "\(run.traces)")
            run.pty.resize(rows: 30, columns: 100)
            run.pty.signal(SIGCONT)
            #expect(run.pty.wait { $0.isAlternate && $0.lines[29].contains("quit") })
            run.pty.signal(SIGTERM)
            #expect(run.pty.waitForExit() == .exited(128 + SIGTERM))
            #expect(run.traces.isEmpty, "\(run.traces)")
        }
    }

    @Suite(
        "The dashboard on the demo", .serialized,
        .enabled(if: DemoRun.canRun, "PostgreSQL and Redis are not installed"))
    struct DashboardOnDemoTests {
        @Test("shows what the production does")
        func data() throws {
            let demo = try DemoRun(template: try #require(contents(of: "config.toml")))
            let run = try DashboardRun(configuration: demo.configuration, rows: 50, columns: 160)
            for text in ["tx/s", "ops/s", "health", "ready", "● jobs", "● cache", "● health"] {
                #expect(run.pty.wait(within: .seconds(20)) { $0.contains(text) }, "\(text)")
            }
            _ = try demo.ask("fault postgres-stop")
            #expect(run.pty.wait(within: .seconds(20)) { $0.contains("✖ jobs") })
            _ = try demo.ask("clear")
            #expect(run.pty.wait(within: .seconds(20)) { $0.contains("● jobs") })
        }

        @Test("starts the demo, causes its faults, and takes it along when it is killed")
        func whole() throws {
            let pty = try Pty(
                [DemoRun.program("dogwatch"), "demo"], environment: ["SWIFT_BACKTRACE": "enable=no"]
            )
            #expect(pty.wait(within: .seconds(20)) { $0.isAlternate && $0.contains("● cache") })
            let folder = try #require(DemoFolder.newest())
            let processes = descendants(of: [pty.process])
            #expect(processes.count > 5)
            pty.type("f")
            #expect(pty.wait { $0.contains("slow-query") && $0.contains("redis-stall") })
            pty.type("\r")
            #expect(
                eventually {
                    try ControlClient.ask("list", at: folder.control).split(separator: "\n")
                        .contains { !$0.contains("\t-\t") }
                })
            kill(pty.process, SIGKILL)
            #expect(
                eventually(.seconds(30)) {
                    !processes.contains { isRunning($0) } && entry(at: folder.path) == nil
                }, "left: \(processes.filter { isRunning($0) })")
        }
    }
}
