import Glibc
import Testing

@testable import DemoStack

extension EndToEnd {
    @Suite(
        "The demo production, from start to end",
        .enabled(if: DemoRun.canRun, "PostgreSQL and Redis are not installed"))
    struct DemoLifeTests {
        enum Ending: String, CaseIterable, CustomTestStringConvertible {
            case sigterm, interrupt, lifelineCut, killed, killedWhileRedisStandsStill, keeperKilled
            var testDescription: String { rawValue }
        }

        @Test("leaves nothing behind, however it ends", arguments: Ending.allCases)
        func ending(_ ending: Ending) throws {
            let demo = try DemoRun()
            let processes = descendants(of: [demo.process]).union([demo.process])
            #expect(processes.count > 6, "a keeper, PostgreSQL with its parts, Redis")
            try end(demo, ending)
            #expect(
                eventually { !processes.contains { isRunning($0) } },
                "still there: \(processes.filter { isRunning($0) })")
            #expect(eventually { entry(at: demo.folder.path) == nil })
            let code = demo.waitForExit()
            let isKilled = ending == .killed || ending == .killedWhileRedisStandsStill
            #expect(code == (isKilled ? 128 + SIGKILL : 0))
        }

        private func end(_ demo: DemoRun, _ ending: Ending) throws {
            switch ending {
            case .sigterm: kill(demo.process, SIGTERM)
            case .interrupt: kill(demo.process, SIGINT)
            case .lifelineCut: demo.cutLifeline()
            case .killed: kill(demo.process, SIGKILL)
            case .killedWhileRedisStandsStill:
                _ = try demo.ask("fault redis-stall")
                _ = try demo.ask("fault slow-query")
                #expect(eventually { try redisIsStopped(demo) })
                kill(demo.process, SIGKILL)
            case .keeperKilled:
                let children = descendants(of: [demo.process]).filter {
                    ProcessEntry($0)?.parent == demo.process
                }
                #expect(children.count == 1)
                for keeper in children { kill(keeper, SIGKILL) }
            }
        }

        private func redisIsStopped(_ demo: DemoRun) throws -> Bool {
            let probe = RedisClient(port: try demo.port("redis"), limit: .milliseconds(100))
            return (try? probe.command("PING")) == nil
        }

        @Test("fills in its own addresses and changes nothing else")
        func resolved() throws {
            let demo = try DemoRun()
            let text = contents(of: demo.configuration) ?? ""
            #expect(text.contains(#"url = "http://127.0.0.1:\#(try demo.port("api"))/health""#))
            #expect(text.contains(#"url = "\#(try demo.status("postgres"))""#))
            #expect(text.contains(#"url = "\#(try demo.status("redis"))"   # ${OTHER:-stays}"#))
            #expect(text.hasPrefix("# ${API_URL:-http://127.0.0.1:8080} is taught here\n"))
            #expect(text.hasSuffix("[[kpi]]\nname = \"${OTHER:-stays}\"\n"))
        }

        @Test("cleans up after one whose stack and keeper were killed together")
        func swept() throws {
            let first = try DemoRun()
            let processes = descendants(of: [first.process])
            for process in processes where ProcessEntry(process)?.parent == first.process {
                kill(process, SIGSTOP)
            }
            kill(first.process, SIGKILL)
            for process in processes
            where contents(of: "/proc/\(process)/cmdline")?.contains("--keeper") == true {
                kill(process, SIGKILL)
            }
            #expect(first.waitForExit() == 128 + SIGKILL)
            #expect(entry(at: first.folder.path) != nil)
            #expect(processes.contains { isRunning($0) })
            let second = try DemoRun()
            #expect(eventually { !processes.contains { isRunning($0) } })
            #expect(entry(at: first.folder.path) == nil)
            #expect(try second.request("GET", "/ready")?.status == 200)
        }

        @Test("is closed to other users and to other machines")
        func closed() throws {
            let demo = try DemoRun()
            #expect(entry(at: demo.configuration).map { $0.st_mode & 0o777 } == 0o600)
            #expect(entry(at: demo.folder.control).map { $0.st_mode & 0o777 } == 0o600)
            #expect(entry(at: demo.folder.path).map { $0.st_mode & 0o066 } == 0)
            let ports = try ["api", "postgres", "redis"].map { try demo.port($0) }
            let listeners = Self.listeners()
            for port in ports {
                let addresses = listeners.filter { $0.port == port }.map(\.address)
                #expect(addresses == ["0100007F"], "port \(port)")
            }
        }

        @Test("runs beside another one, and the newest takes the orders")
        func two() throws {
            let first = try DemoRun()
            let second = try DemoRun()
            #expect(DemoFolder.newest() == second.folder)
            #expect(try first.port("postgres") != second.port("postgres"))
            kill(second.process, SIGTERM)
            #expect(second.waitForExit() == 0)
            #expect(DemoFolder.newest() == first.folder)
            #expect(try first.request("GET", "/ready")?.status == 200)
        }

        /// Addresses and ports that somebody listens on, as /proc/net/tcp and tcp6 write them.
        private static func listeners() -> [(address: String, port: UInt16)] {
            let tables = ["/proc/net/tcp", "/proc/net/tcp6"].compactMap { contents(of: $0) }
            return tables.flatMap { $0.split(separator: "\n").dropFirst() }.compactMap { line in
                let fields = line.split(separator: " ")
                let local = fields[1].split(separator: ":")
                guard fields[3] == "0A", let port = UInt16(local[1], radix: 16) else { return nil }
                return (String(local[0]), port)
            }
        }
    }
}
