import Checklist
import Glibc
import HTTP
import Reactor
import TestSupport
import Testing
import TimeSeries
import Watch

@testable import dogwatch

extension EndToEnd {
    /// Reports as they are read from disk, from commands and under URLs.
    @Suite("Reading reports")
    struct ReportSurveyTests {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder("reports") }

        private static let scan = """
            {"CreatedAt": "2026-01-02T03:04:05Z", "Metadata": {"ImageID": "sha256:aa"},
             "Results": [{"Class": "os-pkgs"}]}
            """

        private func read(
            _ bindings: [ReportBinding], mayReachOut: Bool = true
        ) async throws -> [ReportFacts] {
            var wanted = Wanted()
            wanted.checks = Catalogue.reportChecks
            wanted.mayReachOut = mayReachOut
            let plan = try Plan(parsing: Array("# P".utf8), name: "p.md")
            wanted.plans = [BoundPlan(plan, Bindings(reports: bindings))]
            let reader = SourceReader(
                client: HTTPClient(resolver: Resolver(servers: [])),
                userAgent: "dogwatch/test", budget: HostBudget())
            var surveyed = Surveyed()
            for survey in [ReportSurvey(reader, .others), ReportSurvey(reader, .commands)] {
                await survey.ask(wanted, at: wallClock())
                await survey.add(to: &surveyed)
            }
            return surveyed.reports
        }

        private func read(_ source: ReportBinding.Source, mayReachOut: Bool = true) async throws
            -> ReportFacts
        {
            try #require(
                try await read([ReportBinding(.trivy, source)], mayReachOut: mayReachOut).first)
        }

        @Test("takes a file, or each report of a folder, with the time of its writing")
        func files() async throws {
            try folder.makeFolder("scans")
            try folder.write(Self.scan, to: "scans/b.json")
            try folder.write("{", to: "scans/a.json")
            try folder.write("no report", to: "scans/readme.txt")
            var times = [
                timespec(tv_sec: 1_700_000_000, tv_nsec: 0),
                timespec(tv_sec: 1_700_000_000, tv_nsec: 0),
            ]
            utimensat(AT_FDCWD, folder.path("scans/b.json"), &times, 0)
            let facts = try await read(.file(folder.path("scans")))
            #expect(facts.failure == nil)
            #expect(facts.documents.map(\.name) == ["a.json", "b.json"])
            #expect(throws: ReportFault.self) { try facts.documents[0].content.get() }
            #expect(throws: Never.self) { try facts.documents[1].content.get() }
            #expect(facts.documents[1].writtenAt == Timestamp(seconds: 1_700_000_000))
            let one = try await read(.file(folder.path("scans/b.json")))
            #expect(one.documents.count == 1)
        }

        @Test("says why there is nothing: no file, an empty folder, a FIFO, a huge file")
        func unreadable() async throws {
            #expect(
                try await read(.file(folder.path("none"))).failure
                    == "\(folder.path("none")): No such file or directory")
            try folder.makeFolder("empty")
            #expect(
                try await read(.file(folder.path("empty"))).failure?.hasSuffix("holds no report")
                    == true)
            mkfifo(folder.path("fifo"), 0o600)
            #expect(
                try await read(.file(folder.path("fifo"))).failure?.hasSuffix("it is no file")
                    == true)
            try folder.write("", to: "huge")
            truncate(folder.path("huge"), 64 << 20)
            #expect(
                try await read(.file(folder.path("huge"))).failure?.hasSuffix(
                    "larger than 32 MiB") == true)
        }

        @Test("takes what a command prints, unless it fails, hangs or says too much")
        func commands() async throws {
            try folder.write(Self.scan, to: "scan.json")
            let good = try await read(.command(["cat", folder.path("scan.json")]))
            #expect(good.failure == nil && good.documents.count == 1)
            let failed = try await read(
                .command([
                    "sh", "-c", "cat \(folder.path("scan.json")); echo DB_PASSWORD=x1 >&2; exit 3",
                ]))
            #expect(failed.failure == "sh: exit code 3: DB_PASSWORD=•••")
            #expect(failed.documents.isEmpty)
            #expect(
                try await read(.command(["/no/such/tool"])).failure?.contains("No such file")
                    == true)
            let endless = try await read(.command(["head", "-c", "20000000", "/dev/zero"]))
            #expect(endless.failure == "head: it printed more than 16 MiB")
            let binding = ReportBinding(
                .trivy, .command(["sleep", "60"]), patience: .milliseconds(200))
            let hanging = try #require(try await read([binding]).first)
            #expect(hanging.failure == "sleep: it did not end in time")
        }

        @Test("runs nothing for a document that somebody merely looks at")
        func untrusted() async throws {
            let facts = try await read(
                .command(["touch", folder.path("ran")]), mayReachOut: false)
            #expect(facts.failure == "commands and URLs are for plans of the configuration alone")
            #expect(access(folder.path("ran"), F_OK) != 0)
        }
    }
}
