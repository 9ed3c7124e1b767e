import Foundation
import TestSupport
import Testing

@testable import DemoStack

extension EndToEnd {
    @Suite(
        "The holes of the demo production", .serialized,
        .enabled(if: DemoRun.canRun, "PostgreSQL and Redis are not installed"))
    struct DemoHoleTests {
        static let plan = FileManager.default.currentDirectoryPath + "/Plans/production.md"

        /// Containers need an engine, which this production has not; they are tested with one.
        static let holes = Hole.allCases.filter { $0 != .looseContainers }

        @Test("are there, are mended and can be opened again", arguments: holes)
        func mended(_ hole: Hole) throws {
            let demo = try DemoRun()
            #expect(try shows(hole, demo), "open at first")
            #expect(try demo.ask("mend \(hole.rawValue)").hasPrefix("ok\t"))
            #expect(eventually(.seconds(10)) { try !shows(hole, demo) }, "mended")
            #expect(try demo.ask("holes").contains("\(hole.rawValue)\tmended\t"))
            #expect(try demo.ask("toggle \(hole.rawValue)").hasPrefix("ok\t"))
            #expect(eventually(.seconds(10)) { try shows(hole, demo) }, "open again")
            #expect(try demo.request("GET", "/health")?.status == 200)
        }

        @Test("are named in words, and others are refused")
        func orders() throws {
            let demo = try DemoRun()
            let lines = try demo.ask("holes").split(separator: "\n")
            #expect(lines.count == Hole.allCases.count)
            #expect(lines.allSatisfy { $0.split(separator: "\t").count == 3 })
            #expect(try demo.ask("mend no-such").hasPrefix("error\tthere is no hole no-such."))
        }

        @Test("tick and untick items of the plan within seconds, by one command")
        func items() throws {
            let demo = try DemoRun(
                template: "[watch]\ninterval = \"1s\"\nplans = [\"\(Self.plan)\"]\n"
                    + DemoRun.template.replacing("[[kpi]]\nname = \"${OTHER:-stays}\"\n", with: "")
                    .replacing("[[http]]", with: "[[http]]\nname = \"jobs\"")
                    .replacing("[[postgres]]", with: "[[postgres]]\nname = \"jobs\"")
                    .replacing("[[redis]]", with: "[[redis]]\nname = \"cache\"")
                    .replacing("/health", with: "/jobs"))
            let folder = demo.folder.path
            let options = ["--config", demo.configuration, "--state", "\(folder)/state"]
            let watch = try ServerProcess(
                [DemoRun.program("dogwatch"), "serve"] + options, log: "\(folder)/watch.log"
            ) { textOfFile("\(folder)/watch.log").contains("watching") }
            defer { watch.stop() }
            let item = "the-edge/cross-origin-access"
            #expect(eventually(.seconds(20)) { try state(of: item, options) == "failed" })
            try mend("cors", [], folder)
            #expect(eventually(.seconds(20)) { try state(of: item, options) == "verified" })
            try mend("cors", ["--undo"], folder)
            #expect(eventually(.seconds(20)) { try state(of: item, options) == "failed" })
        }

        private func mend(_ name: String, _ words: [String], _ folder: String) throws {
            let result = try output(
                of: DemoRun.program("dogwatch"),
                ["demo", "mend", name] + words + ["--folder", folder])
            #expect(result.code == 0, "\(result)")
        }

        private func state(of item: String, _ options: [String]) throws -> String? {
            let text = try output(
                of: DemoRun.program("dogwatch"), ["checklist", "show", "--json"] + options
            ).text
            let json = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]]
            let items = json?.first?["items"] as? [[String: Any]] ?? []
            return items.first { $0["anchor"] as? String == item }?["state"] as? String
        }

        /// What somebody who looks from outside sees of a hole.
        private func shows(_ hole: Hole, _ demo: DemoRun) throws -> Bool {
            let api = try demo.status("api")
            func head(_ path: String, _ words: [String] = []) throws -> String {
                try output(of: "/usr/bin/curl", ["-s", "-i", "-m", "3"] + words + [api + path]).text
                    .lowercased()
            }
            switch hole {
            case .securityHeaders: return try !head("/jobs").contains("x-content-type-options")
            case .cors:
                return try head("/jobs", ["-H", "Origin: https://evil.invalid"])
                    .contains("access-control-allow-origin: https://evil.invalid")
            case .serverBanner: return try head("/jobs").contains("x-powered-by")
            case .apiDocs: return try head("/docs").contains("200 ok")
            case .errorDetails: return try head("/nowhere").contains("traceback")
            case .rateLimit: return try !head("/jobs").contains("ratelimit-limit: 100")
            case .walArchiving: return try setting("archive_mode", demo) == "off"
            case .loginLog: return try setting("log_connections", demo) == "off"
            case .looseContainers: return false
            }
        }

        private func setting(_ name: String, _ demo: DemoRun) throws -> String? {
            let session = PostgresClient(try demo.status("postgres"))
            return try? session.query("SHOW \(name)").first?.first.flatMap(\.self)
        }
    }
}
