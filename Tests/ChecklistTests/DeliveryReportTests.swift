import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Checklist

@Suite("Reports of pipelines, branches, other places and backends")
struct DeliveryReportTests {
    private let deployed = String(repeating: "4f2a1c0d", count: 5)
    private let other = String(repeating: "0badcafe", count: 5)

    private func verdict(
        _ id: String, _ kind: ReportKind, _ text: String, written: Duration = .seconds(20),
        running: [Evidence.Source] = [engine(running: [("api", "sha256:aa")])]
    ) -> Verdict? {
        let evidence = reported(
            kind, [text], writtenAt: start - written, sources: running)
        return worst(id, on: evidence)?.verdict
    }

    private func run(_ revision: String, _ conclusion: String, _ ago: Duration) -> String {
        #"{"databaseId": 8, "conclusion": "\#(conclusion)", "headSha": "\#(revision)", "#
            + #""updatedAt": "\#(stamp(ago))"}"#
    }

    @Test("what runs comes from a run that succeeded, and is no older than a week behind")
    func pipeline() {
        func verdict(_ runs: [String]) -> Verdict? {
            self.verdict("deploy.pipeline", .pipelineRuns, "[\(runs.joined(separator: ","))]")
        }
        #expect(verdict([run(deployed, "success", .days(1))]) == .pass)
        #expect(
            verdict([run(other, "success", .days(1)), run(deployed, "success", .days(2))]) == .pass)
        #expect(
            verdict([run(other, "success", .days(9)), run(deployed, "success", .days(20))])
                == .warn)
        #expect(verdict([run(other, "success", .days(1))]) == .fail)
        #expect(verdict([run(deployed, "failure", .days(1))]) == .unknown)
        #expect(verdict([]) == .unknown)
    }

    @Test("every image's revision is on the branch")
    func revisions() {
        let id = "deploy.revision-known"
        #expect(verdict(id, .branchLog, "\(other)\n\(deployed)\n") == .pass)
        #expect(verdict(id, .branchLog, other) == .fail)
        #expect(verdict(id, .branchLog, "fatal: not a git repository") == .unknown)
        #expect(verdict(id, .branchLog, "") == .unknown)
        #expect(verdict(id, .branchLog, deployed, running: []) == .unknown)
        var bare = engine(running: [("db", "sha256:bb")])
        if case .containers(var detail)? = bare.detail {
            detail.containers[0].isolation?.imageRevision = nil
            bare.detail = .containers(detail)
            #expect(verdict(id, .branchLog, deployed, running: [bare]) == .fail)
            detail.containers[0].image = "postgres@sha256:aa"
            bare.detail = .containers(detail)
            #expect(verdict(id, .branchLog, deployed, running: [bare]) == .warn)
        }
    }

    @Test("what must be closed is, while what must be open answers")
    func vantage() {
        func verdict(_ control: Bool, _ reached: String) -> Verdict? {
            self.verdict(
                "net.vantage.blocked", .vantage,
                #"{"vantage": "edge-1", "control": \#(control), "reached": {\#(reached)}}"#)
        }
        #expect(verdict(true, #""ssh": false, "admin": false"#) == .pass)
        #expect(verdict(true, #""ssh": true, "admin": false"#) == .fail)
        #expect(verdict(false, #""ssh": false"#) == .unknown)
        #expect(verdict(true, "") == .unknown)
    }

    @Test(
        "data that no longer comes is old",
        arguments: [
            (Duration.seconds(11), Verdict.pass), (.minutes(6), .warn), (.minutes(16), .fail),
            (.minutes(-5), .unknown),
        ])
    func ingest(ago: Duration, expected: Verdict) {
        let text = #"{"service": "api", "newest": "\#(stamp(ago))"}"#
        #expect(verdict("apm.ingest", .ingest, text) == expected)
    }
}
