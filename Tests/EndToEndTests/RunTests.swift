import Foundation
import TestSupport
import Testing

@testable import DemoStack

extension EndToEnd {
    /// A deployment run over a real nginx: steps in order, latches that outlive the watch.
    @Suite(
        "Runs of a plan", .serialized,
        .enabled(if: installed("nginx"), "nginx is not installed"))
    struct RunTests {
        private let folder: TemporaryFolder
        private var watched: WatchedFolder { WatchedFolder(folder: folder) }
        private let port: Int

        init() throws {
            folder = try TemporaryFolder("run")
            port = try TestSupport.freePort()
            try folder.write(
                """
                [watch]
                name = "run"
                interval = "1s"
                plans = ["\(folder.path("plan.md"))"]
                [[http]]
                name = "web"
                url = "http://127.0.0.1:\(port)/"
                """, to: "config.toml")
            try folder.write(
                """
                # Release

                ## Before it

                - [ ] nosniff everywhere

                ## Go-live (Jan 2 - 14:00 UTC)

                - [ ] **Announced**: everybody knows
                - [ ] **Up**: the site answers
                - [ ] **Reviewed**: somebody has looked at the headers
                - [ ] **Written down**: in the log of releases
                """, to: "plan.md")
            try folder.write(Self.bindings, to: "plan.checks.toml")
        }

        private static let bindings = """
            [[item]]
            at = "before-it/nosniff-everywhere"
            text = "nosniff everywhere"
            checks = ["http.header.nosniff"]

            [[item]]
            at = "go-live-jan-2-14-00-utc/announced"
            text = "Announced: everybody knows"
            class = "attest"
            life = "run"

            [[item]]
            at = "go-live-jan-2-14-00-utc/up"
            text = "Up: the site answers"
            promql = 'min(probe_success{job="http"}) > 0'
            life = "run"

            [[item]]
            at = "go-live-jan-2-14-00-utc/reviewed"
            text = "Reviewed: somebody has looked at the headers"
            checks = ["http.header.nosniff"]
            class = "partial"
            life = "run"

            [[item]]
            at = "go-live-jan-2-14-00-utc/written-down"
            text = "Written down: in the log of releases"
            class = "attest"
            life = "run"
            any_order = true

            """

        private func run(_ words: String...) throws -> (code: Int32, text: String) {
            try watched.checklist(words)
        }

        private func serve() throws -> ServerProcess {
            try watched.serve()
        }

        private func site(_ headers: String = "") throws -> Nginx {
            try Nginx(
                """
                server { listen 127.0.0.1:\(port); server_tokens off; \(headers)
                  location / { return 200 'ok'; } }
                """, port: port, in: try TemporaryFolder("nginx"))
        }

        /// Leaf of the anchor → state and note of each item.
        private func states() throws -> [String: String] {
            let text = try run("show", "--json").text
            let json = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]]
            var states: [String: String] = [:]
            for item in json?.first?["items"] as? [[String: Any]] ?? [] {
                let leaf = (item["anchor"] as? String)?.split(separator: "/").last ?? ""
                let notes = item["notes"] as? [String] ?? []
                states[String(leaf)] = ([item["state"] as? String ?? ""] + notes).joined(
                    separator: ", ")
            }
            return states
        }

        private func becomes(_ leaf: String, _ state: String) -> Bool {
            eventually(.seconds(20)) { try states()[leaf]?.hasPrefix(state) == true }
        }

        @Test("takes steps in order, keeps them over a kill, and says what has ceased to be so")
        func life() throws {
            var nginx = try site("add_header X-Content-Type-Options nosniff always;")
            defer { nginx.stop() }
            #expect(try run("run", "start", "1.5.0").code == 75)
            var server = try serve()
            defer { server.stop() }

            // Before a run every step is open, whatever is so.
            #expect(becomes("nosniff-everywhere", "verified"))
            #expect(try states()["up"] == "open, no run has been started")
            #expect(try run("run").text.hasPrefix("no run has been started  4 steps"))
            let early = try run("run", "step", "announced", "--statement", "x")
            #expect(early.code == 1 && early.text.contains("no run is open"), "\(early)")
            #expect(try run("run", "close").code == 1)

            let started = try run("run", "start", "1.5.0")
            #expect(started.code == 0, "\(started)")
            #expect(started.text.contains("run 1.5.0 of plan.md started"), "\(started)")
            let second = try run("run", "start", "1.6.0")
            #expect(second.code == 1 && second.text.contains("1.5.0 of plan.md is open"))

            // What is true already waits for the steps above it; one says that it need not.
            #expect(becomes("up", "open, waits for the steps above it"))
            let written = try run("run", "step", "written-down", "--statement", "Done by Bea.")
            #expect(written.code == 0, "\(written)")
            #expect(becomes("written-down", "latched"))
            #expect(try states()["up"]?.hasPrefix("open") == true)
            let auto = try run("run", "step", "up", "--statement", "x")
            #expect(auto.code == 1 && auto.text.contains("evidence decides"), "\(auto)")
            let live = try run("run", "step", "nosniff", "--statement", "x")
            #expect(live.code == 1 && live.text.contains("is no step"), "\(live)")

            let announced = try run("run", "step", "announced", "--statement", "By mail.")
            #expect(announced.code == 0, "\(announced)")
            #expect(becomes("announced", "latched") && becomes("up", "latched"))
            // Evidence supports it; a person says the rest.
            #expect(try states()["reviewed"]?.hasPrefix("open") == true)
            #expect(try run("run", "step", "reviewed", "--statement", "All there.").code == 0)
            #expect(becomes("reviewed", "latched"))

            // The site goes: the latch stays and says so.
            nginx.stop()
            #expect(becomes("up", "latched, was verified"))
            #expect(try states()["up"]?.hasSuffix("no longer true") == true)

            server.stop(signal: SIGKILL)
            server = try serve()
            #expect(becomes("announced", "latched"))
            let board = try run("run").text
            #expect(board.hasPrefix("1.5.0  open  4 of 4 steps verified"), "\(board)")
            #expect(board.contains("▲ Up"), "\(board)")
            #expect(try run("run", "start", "1.6.0").code == 1)

            nginx = try site("add_header X-Content-Type-Options nosniff always;")
            let closed = try run("run", "close")
            #expect(closed.code == 0 && closed.text.contains("1.5.0 closed, 4 steps verified"))
            #expect(try run("run", "close").code == 1)
            #expect(try run("run", "step", "announced", "--statement", "x").code == 1)
            #expect(try run("run").text.hasPrefix("1.5.0  closed  4 of 4 steps verified"))

            // The next one begins anew: what was signed in the last counts no more.
            let again = try run("run", "start", "1.5.0")
            #expect(again.code == 1 && again.text.contains("take another name"), "\(again)")
            #expect(try run("run", "start", "1.6.0").code == 0)
            #expect(try states()["announced"] == "open")
            #expect(try run("run").text.hasPrefix("1.6.0  open  0 of 4 steps verified"))
        }

        @Test("cannot be started for a plan without steps, or one that the watch has not")
        func refusals() throws {
            try folder.write(
                Self.bindings.replacing("life = \"run\"\n", with: "").replacing(
                    "any_order = true\n", with: ""), to: "plan.checks.toml")
            let none = try run("run", "start", "1.5.0")
            #expect(none.code == 78 && none.text.contains("there are no steps"), "\(none)")
            let other = try run("run", "start", "1.5.0", "--plan", "other.md")
            #expect(other.code == 78 && other.text.contains("has no plan other.md"), "\(other)")
        }

        @Test("a mended server turns green within seconds of a new look")
        func look() throws {
            #expect(try run("look").code == 75)
            var nginx = try site()
            defer { nginx.stop() }
            let server = try serve()
            defer { server.stop() }
            #expect(becomes("nosniff-everywhere", "failed"))
            // The owner has judged for longer than a command could.
            let before = ContinuousClock.now
            #expect(try run("show").code == 2)
            #expect(ContinuousClock.now - before < .seconds(2))
            nginx.stop()
            nginx = try site("add_header X-Content-Type-Options nosniff always;")
            let looked = try run("look")
            #expect(looked.code == 0 && looked.text.contains("looked at anew"), "\(looked)")
            let since = ContinuousClock.now
            #expect(becomes("nosniff-everywhere", "verified"))
            #expect(ContinuousClock.now - since < .seconds(15))
        }
    }
}
