import Foundation
import TestSupport
import Testing

@testable import DemoStack

extension EndToEnd {
    /// What people sign about the items of a plan, over a restart of the watch.
    @Suite("Signing items of a plan", .serialized)
    struct SigningTests {
        private let folder: TemporaryFolder

        init() throws {
            folder = try TemporaryFolder("sign")
            try folder.write(
                """
                [watch]
                name = "sign"
                plans = ["\(folder.path("plan.md"))"]
                [[host]]
                name = "here"
                """, to: "config.toml")
            try folder.write(
                """
                # Release

                ## People

                - [ ] **Training**: everybody has rehearsed the roll-back
                - [ ] **Costs**: somebody has looked at them
                """, to: "plan.md")
            try folder.write(
                """
                [[item]]
                at = "people/training"
                text = "Training: everybody has rehearsed the roll-back"
                class = "attest"

                [[item]]
                at = "people/costs"
                text = "Costs: somebody has looked at them"
                class = "attest"
                """, to: "plan.checks.toml")
        }

        private func run(_ words: String...) throws -> (code: Int32, text: String) {
            try output(
                of: DemoRun.program("dogwatch"),
                ["checklist"] + words + [
                    "--config", folder.path("config.toml"), "--state", folder.path("state"),
                ])
        }

        private func serve() throws -> ServerProcess {
            let log = folder.path("log-\(UInt32.random(in: 0 ... .max))")
            return try ServerProcess(
                [
                    DemoRun.program("dogwatch"), "serve", "--config", folder.path("config.toml"),
                    "--state", folder.path("state"),
                ], log: log
            ) { textOfFile(log).contains("watching") }
        }

        @Test("is kept, outlives the watch, shows on the item, and can be taken back")
        func life() throws {
            #expect(try run("attest", "training", "--statement", "x").code == 75)
            var server = try serve()
            defer { server.stop() }
            let (code, said) = try run(
                "attest", "training", "--statement", "Bea and Dan did it on staging.", "--role",
                "release owner", "--for", "30d", "--evidence", folder.path("plan.md"))
            #expect(code == 0 && said.contains("people/training: holds, by "), "\(said)")
            #expect(try run("attest", "no such item", "--statement", "x").code == 1)
            #expect(try run("attest", "people", "--statement", "x").code == 1)
            #expect(try run("attest", "costs", "--statement", "").code == 1)
            server.stop(signal: SIGKILL)
            server = try serve()
            let report = try run("show", "--json").text
            #expect(report.contains("\"attested"), "\(report)")
            let toml = try run("signatures").text
            #expect(toml.contains("statement = \"Bea and Dan did it on staging.\""), "\(toml)")
            #expect(toml.contains("sha256 = "))
            #expect(try run("waive", "costs", "--reason", "next quarter").code == 0)
            #expect(try run("revoke", "training").code == 0)
            let after = try run("show", "--json").text
            #expect(!after.contains("\"attested"), "\(after)")
            #expect(
                try run("signatures").text.components(separatedBy: "[[attestation]]").count == 4)
        }
    }
}
