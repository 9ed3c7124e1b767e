import Targets
import Testing
import TimeSeries

@testable import Checklist

@Suite("Figures over the watch")
struct WatchFigureTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    private func engine(secrets: [SecretLiteral]) -> Evidence.Source {
        var container = ContainersDetail.Container()
        container.name = "api"
        container.state = "running"
        container.isolation = ContainerIsolation()
        container.isolation?.secrets = secrets
        var detail = ContainersDetail()
        detail.containers = [container]
        return .init(
            id: TargetID(.containers, "engine"), detail: .containers(detail), seenAt: now)
    }

    private func figure(_ name: String, _ evidence: Evidence) -> ChecklistReport.Figure? {
        evidence.figures.first { $0.name == name }
    }

    @Test("without evidence there is no figure")
    func nothing() {
        #expect(Evidence(now: now).figures.isEmpty)
        #expect(Evidence(now: now, sources: [engine(secrets: [])]).figures.isEmpty)
    }

    @Test("literals are outside of the store, even where nobody declared an inventory")
    func literals() throws {
        let literal = SecretLiteral(name: "DB_PASSWORD", length: 7, rule: .name)
        let evidence = Evidence(now: now, sources: [engine(secrets: [literal])])
        let found = try #require(figure("Secrets in Vault", evidence))
        #expect(found.value == nil)
        #expect(found.text == "unknown, with at least 1 outside")
    }

    @Test("a class of the audit log counts by its canaries or by a signature, else nothing")
    func audit() throws {
        var evidence = Evidence(now: now)
        evidence.auditClasses = [AuditScore.canaryClass, "DDL", "login failure", "export"]
        evidence.surveyed.canaries = [
            AuditCanary(
                id: TargetID(.postgres, "jobs"), fate: .found(after: .seconds(1)), seenAt: now,
                sent: 4, found: 2)
        ]
        evidence.signedClasses = ["DDL"]
        let found = try #require(figure("Audit log completeness", evidence))
        #expect(found.value == 1.5 / 4)
        #expect(found.text == "37 % (2 of 4 classes, 2 of 4 canaries found)")
    }

    @Test("figures are series, and none where nothing is known")
    func series() throws {
        let plan = BoundPlan(try plan("- [ ] a"), Bindings())
        let verdict = PlanVerdict(of: plan, by: PlanFacts(), at: now)
        var report = ChecklistReport(of: plan, verdict, file: "p.md", evidence: "")
        report.scores = [
            .init(name: "Secrets in Vault", value: 0.5, text: ""),
            .init(name: "Vulnerability count", value: nil, text: ""),
        ]
        let samples = VerdictSeries.figures(of: [("p", report)])
        #expect(samples.count == 1 && samples.first?.value == 0.5)
        #expect(
            samples.first?.labels == [
                "__name__": "dogwatch_score", "plan": "p", "score": "secrets-in-vault",
            ])
        #expect(report.markdown.contains("Secrets in Vault"))
    }
}
