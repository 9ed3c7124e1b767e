import Configuration
import Lint
import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Checklist

@Suite("Conditions of items")
struct BoundAssertionTests {
    private let item = """
        [[item]]
        at = "data-stores/wal-archiving"
        text = "WAL Archiving: Ship every segment to the archive"

        """

    private func read(_ text: String) throws -> Result<
        (plan: BoundPlan, warnings: [Fault]), Faults
    > {
        BindingsFile.read(
            bytes: Array((item + text).utf8), path: "/plans/p.checks.toml", plan: try plan())
    }

    private func said(_ text: String) throws -> String {
        switch try read(text) {
        case .success(let (_, warnings)): warnings.map(\.description).joined(separator: "\n")
        case .failure(let faults): faults.description
        }
    }

    @Test("are read with their source, place and expectation")
    func values() throws {
        let bound = try read(
            """
            file = { path = "release", contains = "1.5.0" }
            json = { file = "/s.json", value = "$.queue.failed", is = "< 5", fresh = "1h" }
            command = { run = ["systemctl", "is-active", "app"], exit = 0, every = "5m" }
            http = { url = "https://api.example/v", value = "$.version", equals = "1.4.2" }
            sql = { target = "jobs", query = "SELECT count(*) FROM app.failed", is = "< 5" }
            """
        ).get().plan.items[0]
        #expect(
            bound.checks == [
                "assert.file", "assert.json", "assert.command", "assert.http", "assert.sql",
            ])
        let assertions = bound.binding?.assertions ?? []
        #expect(bound.binding?.itemClass == .auto)
        #expect(
            assertions.map(\.name) == [
                "/plans/release has 1.5.0", "/s.json $.queue.failed < 5",
                "systemctl is-active app = 0", "https://api.example/v $.version = 1.4.2",
                "jobs: SELECT count(*) FROM app.failed < 5",
            ])
        #expect(assertions[1].isDated && assertions[1].assertion.freshness == .hours(1))
        #expect(assertions[2].source == .exitCode(["systemctl", "is-active", "app"]))
        #expect(assertions[2].interval == .minutes(5))
    }

    @Test("that could never fail are refused, with their place")
    func faults() throws {
        #expect(
            try said("file = { path = \"x\" }").contains(
                "item.file: it expects nothing, so nothing could ever fail."))
        #expect(
            try said("file = { path = \"x\", contains = \"\" }").contains(
                "it expects an empty text, so nothing could ever fail."))
        #expect(
            try said("file = { path = \"x\", is = \"5\" }").contains(
                "it compares with nothing, so nothing could ever fail."))
        #expect(
            try said("file = { path = \"x\", is = \"fast\" }").contains("is not a target"))
        #expect(
            try said("file = { path = \"x\", is = \"< 5\", equals = \"4\" }").contains(
                "it expects several things: is, equals."))
        #expect(try said("file = { contains = \"y\" }").contains("\"path\" is missing."))
        #expect(
            try said("file = { path = \"x\", contains = \"y\", value = \"$.a\" }").contains(
                "unknown key \"value\""))
        #expect(
            try said("json = { file = \"x\", equals = \"y\" }").contains("\"value\" is missing."))
        #expect(
            try said("json = { file = \"x\", value = \"a.b\", equals = \"y\" }").contains(
                "\"a.b\" is no place in a document."))
        #expect(
            try said("command = { run = [], exit = 0 }").contains("the program is missing."))
        #expect(
            try said("http = { url = \"file:///x\", contains = \"y\" }").contains("is no scheme"))
        #expect(
            try said("http = { url = \"http://u:p@h/x\", contains = \"y\" }").contains(
                "holds a password"))
        #expect(
            try said("sql = { target = \"jobs\", is = \"< 5\" }").contains(
                "\"query\" is missing."))
        #expect(try said("file = 5").contains("expected a table"))
        #expect(try said("class = \"auto\"").contains("\"auto\" needs evidence"))
    }

    private func state(
        _ expectation: Assertion.Expectation, _ change: (inout AssertionFacts) -> Void,
        minimum: Double = 1, dated: Bool = false, at now: Timestamp = start
    ) throws -> (ItemState, String) {
        let assertion = BoundAssertion(
            try Assertion(.json, expectation, minimumSample: minimum), .file("s.json"),
            value: "$.a", isDated: dated)
        let plan = try bound { $0.assertions = [assertion] }
        var facts = AssertionFacts(assertion, lookedAt: start)
        change(&facts)
        var evidence = Evidence(now: now)
        evidence.surveyed.assertions = [facts]
        let verdict = PlanVerdict(
            of: plan, by: PlanFacts(results: Catalogue.results(on: evidence)), at: now)
        return (verdict.items[0].state, verdict.items[0].results.first?.evidence ?? "")
    }

    @Test("verify an item, fail it, or leave it unknown")
    func verdicts() throws {
        let few = Assertion.Expectation.number(.init(bound: .less(than: 5)))
        #expect(try state(few) { $0.results = ["4"] } == (.verified, "json: 4"))
        #expect(try state(few) { $0.results = ["4", "5"] } == (.failed, "json: 5"))
        #expect(try state(few) { $0.results = ["many"] }.0 == .unknown)
        #expect(try state(few) { _ in }.0 == .unknown)
        #expect(
            try state(few) { $0.failure = "s.json: No such file or directory" }
                == (.unknown, "s.json: No such file or directory"))
        #expect(try state(few) { $0.refusal = "status 500" } == (.failed, "json: status 500"))
        #expect(try state(few, { $0.results = ["4"] }, minimum: 2).0 == .unknown)
        #expect(try state(few, { $0.results = ["4"] }, at: start + .seconds(301)).0 == .unknown)
        let old: (inout AssertionFacts) -> Void = {
            $0.results = ["4"]
            $0.seenAt = start - .minutes(6)
        }
        #expect(try state(few, old, dated: true).0 == .unknown)
    }

    @Test("that ask a target which is not there are faults of the configuration")
    func targets() throws {
        let text = "sql = { target = \"jbos\", query = \"SELECT 1\", is = \"< 5\" }"
        let plan = try read(text).get().plan
        let jobs = TargetSpec(
            id: TargetID(.postgres, "jobs"),
            settings: .postgres(PostgresSettings(url: "postgres://h/jobs")))
        let faults = plan.faults(against: [jobs], path: "p.checks.toml")
        #expect(
            faults.first?.description.hasPrefix(
                "p.checks.toml:2:6: item.sql: the configuration has no [[postgres]] \"jbos\". "
                    + "Did you mean \"jobs\"?") == true, "\(faults)")
        let right = try read(text.replacing("jbos", with: "jobs")).get().plan
        #expect(right.faults(against: [jobs], path: "p").isEmpty)
    }

    @Test("repeat nothing of a text in which something is looked for")
    func quiet() throws {
        let (state, evidence) = try state(.contains("1.5.0")) { $0.results = ["token s3cr3t"] }
        #expect(state == .failed)
        #expect(evidence == "json: lacks 1.5.0")
    }

    @Test("that nobody has looked at are unknown")
    func unseen() throws {
        let assertion = BoundAssertion(try Assertion(.file, .contains("x")), .file("f"))
        let plan = try bound { $0.assertions = [assertion] }
        let verdict = PlanVerdict(of: plan, by: PlanFacts(), at: start)
        #expect(verdict.items[0].state == .unknown)
        #expect(verdict.items[0].results.first?.evidence == "it was not looked at")
    }
}
