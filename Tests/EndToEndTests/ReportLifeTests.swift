import Foundation
import TestSupport
import Testing

@testable import DemoStack

extension EndToEnd {
    /// Items that rest on files which other tools write, through `dogwatch checklist`.
    @Suite("A plan over reports", .serialized)
    struct ReportLifeTests {
        private let folder: TemporaryFolder
        private var watched: WatchedFolder { WatchedFolder(folder: folder) }

        init() throws {
            folder = try TemporaryFolder("report-life")
            try folder.write(
                """
                [watch]
                name = "reports"
                plans = ["\(folder.path("plan.md"))"]
                [[host]]
                name = "here"
                """, to: "config.toml")
            try folder.write(
                """
                # Release

                ## Backups

                - [ ] **Drill:** restored lately
                - [ ] **Queue:** few failures
                - [ ] **Images:** scanned
                """, to: "plan.md")
            try folder.write(
                """
                [[item]]
                at = "backups/drill"
                text = "Drill: restored lately"
                checks = ["pg.backup.restore-drill"]
                [[item]]
                at = "backups/queue"
                text = "Queue: few failures"
                json = { file = "queue.json", value = "$.failed", is = "< 5", every = "10s" }
                [[item]]
                at = "backups/images"
                text = "Images: scanned"
                checks = ["image.scan.critical"]
                [[report]]
                kind = "restore-drill"
                command = ["cat", "\(folder.path("drill.json"))"]
                every = "10s"
                [[report]]
                kind = "trivy"
                file = "scans"
                """, to: "plan.checks.toml")
        }

        private func record(_ result: String) throws {
            let then = Date(timeIntervalSinceNow: -86_400).ISO8601Format()
            try folder.write(
                """
                {"finished": "\(then)", "source": "20260101F", "rows": 9, "result": "\(result)"}
                """, to: "drill.json")
        }

        private func states(of plan: String) throws -> [String: String] {
            try watched.items(plan).states
        }

        @Test("turns green, red and green again with what they say")
        func life() throws {
            try record("ok")
            try folder.write(#"{"failed": 3}"#, to: "queue.json")
            let watch = try watched.serve()
            defer { watch.stop() }
            func becomes(_ drill: String, _ queue: String) throws -> Bool {
                var last: [String: String] = [:]
                let expected = [
                    "backups/drill": drill, "backups/queue": queue, "backups/images": "unknown",
                ]
                let isSo = eventually(.seconds(40)) {
                    last = try states(of: folder.path("plan.md"))
                    return last == expected
                }
                if !isSo { Issue.record("\(last)") }
                return isSo
            }
            #expect(try becomes("verified", "verified"))
            try record("aborted")
            try folder.write(#"{"failed": 30}"#, to: "queue.json")
            #expect(try becomes("failed", "failed"))
        }
    }
}
