import TestSupport
import Testing
import TimeSeries

@testable import Checklist

@Suite("Scores")
struct ScoreTests {
    private func item(
        _ state: ItemState, _ severity: Severity, grade: Grade? = .behaviour
    ) -> ItemVerdict {
        ItemVerdict(
            anchor: "a", state: state, severity: severity, itemClass: .auto, results: [],
            supported: 0, checks: 0, grade: grade, box: .agrees, notes: [])
    }

    private let attested = ItemState.attested(by: ["bea"], until: start)

    @Test("weigh items, keep what is not known in the denominator and round down")
    func weights() {
        let score = SecurityScore(of: [
            item(.verified, .critical), item(.verifiedWithReservations, .high),
            item(attested, .medium), item(.unknown, .low), item(.open, .medium),
            item(.notApplicable(by: "bea", until: start), .critical),
        ])
        #expect(score.verified.numerator == 10.5)
        #expect(score.verified.denominator == 20)
        #expect(score.text == "52 % verified · 67 % with attestations · 1 unknown · 0 failed")
        #expect(!score.isMet)
    }

    @Test("are capped by what failed, waived or not")
    func caps() {
        let good = Array(repeating: item(.verified, .critical), count: 30)
        let high = SecurityScore(of: good + [item(.failed, .high)])
        #expect(high.verified.text == "89 %")
        #expect(high.cap == 0.89)
        let critical = SecurityScore(of: good + [item(.waived(by: "b", until: start), .critical)])
        #expect(critical.verified.text == "59 %")
        #expect(critical.text.hasSuffix("1 failed (cap 59)"))
        #expect(!high.isMet)
        #expect(SecurityScore(of: good + [item(.failed, .low)]).cap == nil)
    }

    @Test("meet the target only with grave items known and half of the weight seen")
    func target() {
        let good = Array(repeating: item(.verified, .critical), count: 30)
        #expect(SecurityScore(of: good).isMet)
        #expect(!SecurityScore(of: good + [item(.unknown, .high)]).isMet)
        #expect(SecurityScore(of: good + [item(.unknown, .low)]).isMet)
        let reported = Array(repeating: item(.verified, .critical, grade: .report), count: 30)
        #expect(!SecurityScore(of: reported).isMet)
        #expect(!SecurityScore(of: Array(repeating: item(attested, .high), count: 9)).isMet)
    }

    @Test("have no value without anything to judge")
    func nothing() {
        #expect(SecurityScore(of: []).verified.value == nil)
        #expect(SecurityScore(of: []).verified.text == "unknown")
        #expect(!SecurityScore(of: []).isMet)
        #expect(AuditScore([]).score.value == nil)
    }

    @Test("count an item that a phase repeats once, with the higher severity")
    func scope() throws {
        let plan = try bound("- [ ] a\n- [ ] b") {
            $0.checks = ["pg.auth.scram"]
            $0.severity = $0.anchor == "p/b" ? .critical : .low
        }
        let verdicts = PlanVerdict(of: plan, by: PlanFacts(), at: start).items
        let scope = SecurityScore.scope(of: plan, verdicts) { _ in true }
        #expect(scope.map(\.severity) == [.critical])
        #expect(SecurityScore.scope(of: plan, verdicts) { _ in false }.isEmpty)
    }

    @Test("of the OWASP list count evidence, and hold only where nothing failed")
    func owasp() throws {
        let none = OWASPCoverage(results: [:])
        #expect(none.evidenced.numerator == 0)
        #expect(none.evidenced.denominator == 10)
        var results: [String: [CheckResult]] = [:]
        for id in OWASPCategory.a06.required { results[id] = [result(id, .pass)] }
        #expect(OWASPCoverage(results: results).evidenced.numerator == 1)
        results["image.base-eol"] = [result("image.base-eol", .fail)]
        #expect(OWASPCoverage(results: results).evidenced.numerator == 1)
        #expect(OWASPCoverage(results: results).holding.numerator == 0)
        results["image.base-eol"] = [result("image.base-eol", .unknown)]
        #expect(OWASPCoverage(results: results).evidenced.numerator == 0)
        #expect(OWASPCoverage(results: [:], signed: [.a10]).evidenced.numerator == 1)
        #expect(OWASPCoverage(results: [:], signed: [.a04]).evidenced.numerator == 0)
    }

    @Test("of secrets need an inventory, and count no literal as stored")
    func secrets() {
        let none = SecretsScore(inventory: [], stored: ["a"], literals: ["B", "C"])
        #expect(none.text == "unknown, with at least 2 outside")
        #expect(SecretsScore(inventory: ["a"], stored: nil, literals: []).score.value == nil)
        let some = SecretsScore(
            inventory: ["a", "b", "c"], stored: ["a", "b"], literals: ["b", "d"])
        #expect(some.text == "25 % (1 of 4)")
        #expect(some.outside == ["b", "c", "d"])
    }

    @Test("of the audit log are the mean over all classes")
    func audit() {
        let score = AuditScore([
            .init("read", sent: 4, found: 4), .init("login failure", sent: 4, found: 2),
            .init("admin", isSigned: true), .init("export"),
            .init("secret read", sent: 2, found: 2, incomplete: 2),
        ]).score
        #expect(score.numerator == 3)
        #expect(score.denominator == 5)
        #expect(score.unknowns == 1)
    }

    @Test("of vulnerabilities count each once, and meet nothing as a lower bound")
    func vulnerabilities() {
        let finding = VulnerabilityCount.Finding(
            id: "CVE-2026-1", package: "zlib", version: "1.2", severity: .critical)
        var hidden = finding
        hidden.isSuppressed = true
        let both = VulnerabilityCount(
            running: ["a", "b"],
            reports: ["a": (start, [finding, hidden]), "b": (start, [finding])], at: start)
        #expect(both.distinct == [.critical: 1])
        #expect((both.occurrences, both.suppressed) == (2, 1))
        #expect(both.holds(atMost: 0, of: .critical) == false)
        #expect(both.holds(atMost: 0, of: .high) == true)
        let stale = VulnerabilityCount(
            running: ["a", "b"], reports: ["a": (start, []), "b": (start - .days(8), [])], at: start
        )
        #expect(stale.holds(atMost: 0, of: .critical) == nil)
        #expect(stale.text(of: .critical) == "≥ 0 critical, 1 of 2 images scanned")
        let nothing = VulnerabilityCount(running: [], reports: [:], at: start)
        #expect(nothing.holds(atMost: 0, of: .critical) == nil)
    }
}
