import Foundation
import TestSupport
import Testing

@testable import DemoStack

extension EndToEnd {
    /// What people sign about the items of a plan, over a restart of the watch.
    @Suite("Signing items of a plan", .serialized)
    struct SigningTests {
        private let folder: TemporaryFolder
        private var watched: WatchedFolder { WatchedFolder(folder: folder) }

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
            try watched.checklist(words)
        }

        private func serve() throws -> ServerProcess {
            try watched.serve()
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

        @Test(
            "with an SSH key is taken only from those who may sign",
            .enabled(if: installed("ssh-keygen")))
        func keys() throws {
            for name in ["good", "bad"] {
                let made = try output(
                    of: "/usr/bin/ssh-keygen",
                    ["-q", "-t", "ed25519", "-N", "", "-f", folder.path(name)])
                #expect(made.code == 0, "\(made.text)")
            }
            let signer = try output(of: "/usr/bin/id", ["-un"]).text.split(separator: "\n")[0]
            let key = textOfFile(folder.path("good.pub"))
            try folder.write("\(signer) \(key)", to: "allowed")
            var server = try serve()
            defer { server.stop() }
            func attest(_ key: String) throws -> (code: Int32, text: String) {
                try run(
                    "attest", "training", "--statement", "seen", "--ssh-key", folder.path(key))
            }
            let refused = try attest("good")
            #expect(refused.code == 1 && refused.text.contains("allowed_signers"))
            server.stop()
            let configuration = textOfFile(folder.path("config.toml"))
            try folder.write(
                configuration.replacing(
                    "plans =", with: "allowed_signers = \"\(folder.path("allowed"))\"\nplans ="),
                to: "config.toml")
            server = try serve()
            let taken = try attest("good")
            #expect(taken.code == 0, "\(taken.text)")
            let bad = try attest("bad")
            #expect(bad.code == 1 && bad.text.contains("does not hold"), "\(bad.text)")
            #expect(try run("signatures").text.contains("BEGIN SSH SIGNATURE"))
        }
    }
}
