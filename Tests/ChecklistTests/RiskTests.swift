import TestSupport
import Testing
import TimeSeries

@testable import Checklist

@Suite("A risk")
struct RiskTests {
    private let two = ["pg.auth.scram", "pg.roles.public-create"]

    private let register = """
        ## Risks

        | Risk | Probability | Impact | Mitigation |
        | --- | --- | --- | --- |
        | Small | Low | Low | m |
        | Seen | High | Critical | m |
        | Unsure | High | Critical | m |
        | Unnamed | High | Critical | m |
        | Rare | LOW | High | m |
        | Likely | HIGH | High | m |
        | Odd | now and then | Huge | m |
        """

    private func state(_ verdicts: [Verdict], checks: [String]? = nil) throws -> RiskState? {
        let results = zip(two, verdicts).map { result($0, $1) }
        return try verdict(results, checks: checks ?? Array(two.prefix(verdicts.count)))?.state
    }

    private func verdict(
        _ results: [CheckResult], checks: [String], at now: Timestamp = start
    ) throws -> RiskVerdict? {
        var bindings = Bindings()
        bindings.risks = [RiskBinding(row: "risks/seen", checks: checks)]
        let facts = PlanFacts(results: Dictionary(grouping: results, by: \.check))
        return PlanVerdict(
            of: BoundPlan(try plan(register), bindings), by: facts, at: now
        ).risks.first { $0.anchor == "risks/seen" }
    }

    @Test(
        "is mitigated only when every check passes",
        arguments: [
            ([Verdict.pass, .pass], RiskState.mitigated), ([.pass, .fail], .exposed),
            ([.unknown, .fail], .exposed), ([.pass, .unknown], .partly),
            ([.pass, .noFinding], .partly), ([.pass, .supports], .partly),
            ([.pass, .warn], .partly), ([], .unbound),
        ])
    func states(verdicts: [Verdict], expected: RiskState) throws {
        #expect(try state(verdicts) == expected)
    }

    @Test("is not mitigated by a check that never ran, is stale, or may not run")
    func noEvidence() throws {
        #expect(try state([.pass], checks: two) == .partly)
        let passing = two.map { result($0, .pass) }
        #expect(try verdict(passing, checks: two, at: start + .hours(24))?.state == .partly)
        let optIn = [result("http.ratelimit.burst", .pass)]
        #expect(try verdict(optIn, checks: ["http.ratelimit.burst"])?.state == .partly)
        #expect(try verdict([], checks: ["no.such"])?.state == .unbound)
        #expect(try verdict(passing, checks: two + ["no.such"])?.state == .partly)
    }

    @Test("is exposed where a check fails on one of its targets")
    func targets() throws {
        let mixed = [
            result(two[0], .pass), result(two[0], .fail, on: "postgres/old"), result(two[1], .pass),
        ]
        let risk = try #require(try verdict(mixed, checks: two))
        #expect(risk.state == .exposed)
        #expect(risk.results.map(\.target) == ["postgres/jobs", "postgres/old", "postgres/jobs"])
    }

    @Test("stands in the register by its state, then by impact and probability")
    func order() throws {
        var bindings = Bindings()
        bindings.risks = [
            RiskBinding(row: "risks/small", checks: [two[0]]),
            RiskBinding(row: "risks/seen", checks: [two[1]]),
            RiskBinding(row: "risks/unsure", checks: ["pg.logging.connections"]),
            RiskBinding(row: "risks/rare", checks: [two[0]]),
            RiskBinding(row: "risks/likely", checks: [two[0]]),
            RiskBinding(row: "risks/odd", checks: [two[0]]),
        ]
        let bound = BoundPlan(try plan(register), bindings)
        let results = [result(two[0], .fail), result(two[1], .pass)]
        let facts = PlanFacts(results: Dictionary(grouping: results, by: \.check))
        let report = ChecklistReport(
            of: bound, PlanVerdict(of: bound, by: facts, at: start), file: "p.md", evidence: "")
        #expect(
            report.risks.map(\.name) == [
                "Likely", "Rare", "Small", "Odd", "Unsure", "Unnamed", "Seen",
            ])
        #expect(
            report.risks.map(\.state) == [
                .exposed, .exposed, .exposed, .exposed, .partly, .unbound, .mitigated,
            ])
        #expect(report.risks[0].checks.map(\.verdict) == [.fail])
        #expect(report.risks[0].line == 10)
    }
}
