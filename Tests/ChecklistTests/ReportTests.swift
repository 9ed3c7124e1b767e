import Documents
import Configuration
import FoundationEssentials
import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Checklist

@Suite("A report of a plan")
struct ReportTests {
    private func report(_ verdicts: [Verdict], _ text: String = "- [x] a | b\n- [ ] b") throws
        -> ChecklistReport
    {
        let ids = ["pg.auth.scram", "pg.roles.public-create"]
        let plan = try bound("## S (3 items)\n\n" + text) { binding in
            binding.checks = [binding.anchor == "s/b" ? ids[1] : ids[0]]
        }
        let results = zip(ids, verdicts).map { result($0, $1) }
        let facts = PlanFacts(results: Dictionary(grouping: results, by: \.check))
        return ChecklistReport(
            of: plan, PlanVerdict(of: plan, by: facts, at: start), file: "p.md", evidence: "tests")
    }

    @Test(
        "has an exit code by state: failed before unknown before open",
        arguments: [
            ([Verdict.pass, .pass], Int32(0)), ([.pass, .fail], Int32(2)),
            ([.unknown, .fail], Int32(2)), ([.pass, .unknown], Int32(3)),
        ])
    func exitCodes(verdicts: [Verdict], code: Int32) throws {
        #expect(try report(verdicts).exitCode == code)
    }

    @Test("is open where nobody has signed or nothing is bound, and never done when empty")
    func open() throws {
        let empty = BoundPlan(try plan(""), Bindings())
        let verdict = PlanVerdict(of: empty, by: PlanFacts(), at: start)
        #expect(ChecklistReport(of: empty, verdict, file: "", evidence: "").exitCode == 1)
        let unbound = BoundPlan(try plan("- [x] a"), Bindings())
        let open = PlanVerdict(of: unbound, by: PlanFacts(), at: start)
        #expect(ChecklistReport(of: unbound, open, file: "", evidence: "").exitCode == 1)
    }

    @Test("shows progress by section, what failed and what the plan contradicts")
    func table() throws {
        let text = try report([.fail, .pass]).table
        #expect(
            text == """
                P  1 of 2 done
                evidence: tests

                section   done failed unknown  open total
                S            1      1       0     0     2  (states 3)

                Security audit score: 50 % verified · 50 % with attestations · 0 unknown · 1 failed

                failed:
                  p.md:5 a | b  pg.auth.scram: seen

                ticked, but contradicted:
                  p.md:5 a | b  pg.auth.scram: seen

                the plan contradicts itself:
                  line 3: "S" states 3 items and has 2

                """)
    }

    @Test("ticks in Markdown only what is done, and in JSON says all of it")
    func others() throws {
        let report = try report([.fail, .pass])
        #expect(report.markdown.contains("- [ ] a | b: failed\n- [x] b: verified\n"))
        let json = String(decoding: try JSONEncoder().encode(report), as: UTF8.self)
        #expect(json.contains("\"verdict\":\"fail\""))
        #expect(json.contains("\"grade\":\"setting\""))
    }

    @Test("of the catalogue names rule, needs and remedy")
    func catalogue() throws {
        let check = try #require(Catalogue["trace.roundtrip"])
        #expect(check.text.contains("medium, behaviour, every 15 min, A09"))
        #expect(check.text.contains("evidence is not collected yet"))
        #expect(check.text.contains("  fix: "))
        let json = String(decoding: try JSONEncoder().encode(check), as: UTF8.self)
        #expect(json.contains("\"cadenceSeconds\":900"))
    }
}

@Suite("What is remembered between looks")
struct MemoryTests {
    private func evidence(_ change: (inout ContainersDetail.Container) -> Void, _ seconds: Int)
        -> Evidence
    {
        var container = ContainersDetail.Container()
        container.name = "api"
        container.state = "running"
        container.memoryLimitBytes = 1
        container.isolation = ContainerIsolation()
        change(&container)
        var detail = ContainersDetail()
        detail.containers = [container]
        let now = start + .seconds(seconds)
        return Evidence(
            now: now,
            sources: [
                .init(id: TargetID(.containers, "docker"), detail: .containers(detail), seenAt: now)
            ])
    }

    @Test("a security check is green at the second look, and waits for it")
    func twoLooks() {
        var memory = ChecklistMemory()
        func verdict(_ evidence: Evidence) -> Verdict? {
            memory.look(at: evidence)["container.limits.memory"]?.first?.verdict
        }
        #expect(verdict(evidence({ _ in }, 0)) == .unknown)
        #expect(memory.isWaiting(at: start + .seconds(1)))
        #expect(verdict(evidence({ _ in }, 5)) == .pass)
        #expect(!memory.isWaiting(at: start + .seconds(6)))
        #expect(verdict(evidence({ $0.memoryLimitBytes = nil }, 10)) == .fail)
        #expect(verdict(evidence({ _ in }, 15)) == .unknown)
    }

    @Test("a failure ends the signatures before it")
    func failures() throws {
        let plan = try bound {
            $0.checks = ["pg.auth.scram"]
            $0.itemClass = .partial
        }
        let signed = signature(on: plan)
        var memory = ChecklistMemory()
        let failing = PlanFacts(
            results: ["pg.auth.scram": [result("pg.auth.scram", .fail)]], attestations: [signed])
        memory.note(PlanVerdict(of: plan, by: failing, at: start))
        let later = PlanFacts(
            results: ["pg.auth.scram": [result("pg.auth.scram", .pass)]], attestations: [signed],
            lastFailures: memory.lastFailures)
        #expect(PlanVerdict(of: plan, by: later, at: start).items[0].state == .open)
    }
}

@Suite("The page about checklists")
struct ChecklistPageTests {
    /// The fenced block with these words after the fence.
    private func block(_ words: String) throws -> String {
        let data = try Data(contentsOf: URL(filePath: "docs/checklists.md"))
        let page = String(decoding: data, as: UTF8.self)
        let start = try #require(page.firstRange(of: "```\(words)\n"))
        let rest = page[start.upperBound...]
        let end = try #require(rest.firstRange(of: "\n```"))
        return String(rest[..<end.lowerBound])
    }

    @Test(
        "has bindings, conditions and reports that fit its plan",
        arguments: ["bindings", "conditions", "reports"])
    func example(part: String) throws {
        let plan = try Plan(parsing: try block("markdown plan"), name: "release.md")
        let bytes = Array(try block("toml \(part)").utf8)
        let (bound, warnings) = try BindingsFile.read(
            bytes: bytes, path: "release.checks.toml", plan: plan
        ).get()
        #expect(warnings.isEmpty)
        let items = bound.items.count { $0.match == .bound }
        switch part {
        case "bindings": #expect(items == bound.items.count)
        case "conditions": #expect(bound.items[0].checks.count == 6)
        default: #expect(bound.bindings.reports.count == 5)
        }
    }

    @Test("names every kind of report")
    func kinds() throws {
        let data = try Data(contentsOf: URL(filePath: "docs/checklists.md"))
        let page = String(decoding: data, as: UTF8.self)
        for kind in ReportKind.allCases {
            #expect(page.contains("`\(kind.rawValue)`"), "\(kind.rawValue)")
        }
    }
}
