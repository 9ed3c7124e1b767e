import Foundation
import TestSupport
import Testing

@testable import DemoStack

extension EndToEnd {
    /// `dogwatch serve` with an endpoint that is down, killed and started again, and people who act.
    @Suite("A page's life", .serialized)
    struct PagerLifeTests {
        private let folder: TemporaryFolder
        private let port: Int

        init() throws {
            folder = try TemporaryFolder("pager")
            port = try freePort()
            try folder.write(
                """
                [watch]
                name = "life"
                interval = "1s"
                [[http]]
                name = "api"
                url = "http://127.0.0.1:\(port)/"
                interval = "1s"
                [[alert]]
                name = "api is down"
                value = 'probe_success'
                below = 1
                for = "2s"
                severity = "page"
                runbook = "api.md"
                [[receiver]]
                name = "log"
                type = "command"
                run = ["/bin/sh", "-c", "cat >> pages"]
                [route]
                page = ["receiver:log"]
                i_accept_single_channel = true
                """.replacing("cat >> pages", with: "cat >> \(folder.path("pages"))"),
                to: "config.toml")
            try folder.write("# API\n\nLook at it.\n", to: "api.md")
        }

        private var options: [String] {
            ["--config", folder.path("config.toml"), "--state", folder.path("state")]
        }

        private func serve() throws -> ServerProcess {
            let log = folder.path("log-\(UInt32.random(in: 0 ... .max))")
            return try ServerProcess(
                [DemoRun.program("dogwatch"), "serve"] + options, log: log
            ) { textOfFile(log).contains("watching") }
        }

        private struct Told: Equatable {
            var event: String
            var key: String
            var sequence: Int
        }

        private var told: [Told] {
            textOfFile(folder.path("pages")).split(separator: "\n").compactMap { line in
                guard
                    let json = try? JSONSerialization.jsonObject(with: Data(line.utf8))
                        as? [String: Any]
                else { return nil }
                return Told(
                    event: json["event"] as? String ?? "", key: json["key"] as? String ?? "",
                    sequence: json["seq"] as? Int ?? 0)
            }
        }

        private func run(_ words: [String]) throws -> (code: Int32, text: String) {
            try output(of: DemoRun.program("dogwatch"), words + options)
        }

        @Test("is told once though the watch is killed, taken by a person, and ended to all")
        func life() throws {
            var server = try serve()
            defer { server.stop() }
            #expect(eventually(.seconds(20)) { told.count == 1 })
            let key = try #require(told.first?.key)
            #expect(told.first?.event == "trigger" && key.hasPrefix("dogwatch/life/"))

            server.stop(signal: SIGKILL)
            server = try serve()
            #expect(eventually(.seconds(20)) { try run(["alerts"]).text.contains("api is down") })
            let (code, said) = try run(["ack", key])
            #expect(code == 0 && said.contains("acknowledged"), "\(said)")
            #expect(eventually { told.last?.event == "acknowledge" })
            #expect(try run(["ack", "no-such-key"]).code == 1)
            #expect(told.filter { $0.event == "trigger" }.count == 1)

            let endpoint = try FaultServer(port: port) { connection in
                _ = connection.readRequest()
                connection.write(
                    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            }
            defer { endpoint.stop() }
            #expect(eventually(.seconds(20)) { told.last?.event == "resolve" })
            #expect(Set(told.map(\.key)) == [key])
            #expect(told.map(\.sequence) == Array(1...told.count))
            let history = try run(["alerts", "--history"]).text
            for word in ["in use", "pending", "firing", "acknowledged", "accepted", "resolved"] {
                #expect(history.contains(word), "\(word): \(history)")
            }
        }

        @Test("SIGTERM ends the watch orderly, and what it knew is there the next time")
        func orderly() throws {
            let first = try serve()
            #expect(eventually(.seconds(20)) { told.count == 1 })
            first.stop()
            let second = try serve()
            defer { second.stop() }
            #expect(eventually(.seconds(20)) { try run(["alerts"]).text.contains("api is down") })
            #expect(
                try run([
                    "silence", "add", "alertname=\"api is down\"", "--for", "1h",
                    "--reason", "works",
                ]).code == 0)
            #expect(eventually { try run(["silence", "list"]).text.contains("works") })
            #expect(told.count == 1)
        }
    }
}
