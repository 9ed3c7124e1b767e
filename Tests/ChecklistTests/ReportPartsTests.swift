import FoundationEssentials
import TestSupport
import Testing
import TimeSeries

@testable import Checklist

/// What a report shows of each item, section and figure.
@Suite("The parts of a report")
struct ReportPartsTests {
    private let document = """
        # P

        **Date:** March 3, 2026

        - [ ] loose

        ## Outer (9 items)

        - [ ] **Failing:** at once
        - [ ] waived
        - [x] signed

        ### Inner (Mar 4 - 14:00 UTC)

        - [ ] step
        - [ ] later step
        - [ ] expired
        - [ ] nobody

        ## Empty

        ## Risks

        | Risk | Impact | Mitigation |
        | --- | --- | --- |
        | Loss | High | Backups |

        ## Numbers

        | Metric | Target | Current |
        | --- | --- | --- |
        | P95 latency | <100ms | >12ms |
        """
    private let failing = ["pg.auth.scram", "pg.roles.public-create"]
    private let passing = "pg.logging.connections"
    private let hour = Duration.seconds(3600)

    private func boundPlan() throws -> BoundPlan {
        let plan = try plan(document)
        var bindings = Bindings(
            items: plan.items.filter { $0.text != "nobody" }.map(binding),
            kpis: [KPIBinding(row: "numbers/p95-latency", kpi: "P95")])
        bindings.risks = [RiskBinding(row: "risks/loss", checks: [passing])]
        return BoundPlan(plan, bindings)
    }

    private func binding(_ item: Plan.Item) -> ItemBinding {
        var binding = ItemBinding(anchor: item.anchor, text: item.text)
        switch item.text {
        case "loose": binding.checks = [passing]
        case "waived": binding.checks = [failing[1]]
        case "step":
            binding.checks = [passing]
            binding.life = .run
        case "later step":
            binding.itemClass = .attest
            binding.life = .run
            binding.expires = .days(7)
        case "signed", "expired":
            binding.itemClass = .attest
            binding.owner = "carlos"
        default: binding.checks = [failing[0]]
        }
        return binding
    }

    private func signed(
        _ plan: BoundPlan, _ text: String, _ state: Attestation.State = .holds, days: Int = 90,
        by signer: String = "bea"
    ) throws -> Attestation {
        let item = try #require(plan.items.first { $0.item.text == text }?.item)
        return Attestation(
            item: item.anchor, textHash: item.textHash, state: state, statement: "Seen.",
            signer: signer, role: "owner", signed: start - .days(10),
            expires: start - .days(10) + .days(days))
    }

    private func report(hasResults: Bool = true) throws -> ChecklistReport {
        let plan = try boundPlan()
        let results =
            hasResults ? failing.map { result($0, .fail) } + [result(passing, .pass)] : []
        var facts = PlanFacts(results: Dictionary(grouping: results, by: \.check))
        facts.attestations = [
            try signed(plan, "waived", .waived), try signed(plan, "signed"),
            try signed(plan, "expired", days: 5),
        ]
        var verdict = PlanVerdict(of: plan, by: facts, at: start)
        var run = Run("1.5.0", started: start - hour)
        run.take(verdict.items, of: plan, at: start)
        verdict.items = run.shown(verdict.items, of: plan)
        return ChecklistReport(
            of: plan, verdict, file: "p.md", evidence: "tests", run: run, facts: facts)
    }

    private func item(_ text: String) throws -> ChecklistReport.Item {
        try #require(try report().items.first { $0.text == text })
    }

    @Test("are the same after JSON")
    func roundTrip() throws {
        let report = try report()
        let read = try JSONDecoder().decode(
            ChecklistReport.self, from: try JSONEncoder().encode(report))
        #expect(read == report)
        #expect(!read.risks.isEmpty && !read.kpis.isEmpty && !read.notes.isEmpty)
    }

    @Test("count an item in its section and in those around it")
    func sections() throws {
        let report = try report()
        #expect(report.sections.map(\.title) == ["Outer", "Inner (Mar 4 - 14:00 UTC)"])
        let (outer, inner) = (report.sections[0], report.sections[1])
        #expect((outer.done, outer.failed, outer.unknown, outer.open) == (2, 2, 0, 3))
        #expect((inner.done, inner.failed, inner.unknown, inner.open) == (1, 0, 0, 3))
        #expect((outer.total, inner.total, outer.stated, inner.stated) == (7, 4, 9, nil))
        #expect((outer.hasHour, inner.hasHour) == (false, true))
        #expect((report.done, report.failed, report.unknown, report.total) == (3, 2, 0, 8))
        #expect(report.items.map(\.section) == [nil, 0, 0, 0, 1, 1, 1, 1])
    }

    @Test("say who stands for an item, and until when")
    func standing() throws {
        let signed = try item("signed")
        #expect((signed.state, signed.signers) == ("attested", ["bea"]))
        #expect(signed.until == start + .days(80))
        #expect((signed.grade, signed.owner, signed.isTicked) == ("person", "carlos", true))
        #expect(signed.signatures.map(\.statement) == ["Seen."])
        #expect(signed.signatures.map(\.role) == ["owner"])
        let waived = try item("waived")
        #expect((waived.state, waived.signers) == ("waived", ["bea"]))
        #expect((waived.until, waived.isDone) == (start + .days(80), false))
        let expired = try item("expired")
        #expect((expired.state, expired.until) == ("expired", start - .days(5)))
        #expect(expired.signers.isEmpty && expired.signatures.count == 1)
    }

    @Test("say when a step was verified, and what it waits for")
    func steps() throws {
        let step = try item("step")
        #expect((step.state, step.verifiedAt, step.isStillTrue) == ("latched", start, true))
        #expect(step.isStep && step.isDone)
        let later = try item("later step")
        #expect((later.state, later.verifiedAt, later.isStillTrue) == ("open", nil, nil))
        #expect((later.isStep, later.signatureLife) == (true, 604_800))
        let report = try report()
        #expect(report.steps.map(\.text) == ["step", "later step"])
        #expect(report.run?.name == "1.5.0" && report.run?.closed == nil)
    }

    @Test("have what each check saw, and nothing of a check for what nobody bound")
    func checks() throws {
        let failing = try item("Failing: at once")
        #expect((failing.lead, failing.state, failing.supported) == ("Failing", "failed", 0))
        #expect(failing.checks.map(\.verdict) == [.fail])
        #expect((failing.checks[0].evidence, failing.checks[0].grade) == ("seen", "setting"))
        #expect(failing.observedAt == start)
        let nobody = try item("nobody")
        #expect((nobody.state, nobody.checks.count, nobody.observedAt) == ("unbound", 0, nil))
    }

    @Test("keep the newest signatures of an item, and no more than five")
    func signatures() throws {
        let plan = try boundPlan()
        var facts = PlanFacts()
        facts.attestations = try (0..<7).map { index in
            var signature = try signed(plan, "signed", by: "person \(index)")
            signature.signed = signature.signed + .seconds(index)
            return signature
        }
        let report = ChecklistReport(
            of: plan, PlanVerdict(of: plan, by: facts, at: start), file: "p.md", evidence: "",
            facts: facts)
        let shown = try #require(report.items.first { $0.text == "signed" }).signatures
        #expect(shown.map(\.signer) == (2..<7).reversed().map { "person \($0)" })
    }

    @Test("name the KPI that measures a row, and claims as claims")
    func kpis() throws {
        let row = try #require(try report().kpis.first)
        #expect(
            (row.name, row.target, row.claim, row.kpi) == ("P95 latency", "<100ms", ">12ms", "P95"))
        #expect(row.line == 32)
    }

    @Test("have a figure of the OWASP list only where something was seen")
    func figures() throws {
        #expect(try report(hasResults: false).scores.map(\.name) == ["Security audit score"])
        let scores = try report().scores
        #expect(scores.map(\.name) == ["Security audit score", "OWASP Top 10 coverage"])
        #expect(scores[1].value == 0 && scores[1].text.hasPrefix("0 of 10 evidenced"))
    }

    @Test("show the steps of a run on a board")
    func board() throws {
        #expect(
            try report().board == """
                1.5.0  open  1 of 2 steps verified

                Inner (Mar 4 - 14:00 UTC)
                  ● step  verified 03:04Z
                  ○ later step  open

                """)
        var none = try report()
        none.run = nil
        #expect(none.board.hasPrefix("no run has been started  2 steps\n"))
        var closed = try report()
        closed.run?.closed = start
        closed.items[4].isStillTrue = false
        closed.items[4].notes = ["was verified 03:04, no longer true"]
        #expect(closed.board.hasPrefix("1.5.0  closed  1 of 2 steps verified\n"))
        #expect(
            closed.board.contains("▲ step  verified 03:04Z, was verified 03:04, no longer true"))
    }
}
