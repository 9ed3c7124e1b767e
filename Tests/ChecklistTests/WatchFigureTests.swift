import Targets
import TestSupport
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
        let bare = evidence
        evidence.surveyed.canaries = [
            AuditCanary(
                id: TargetID(.postgres, "jobs"), fate: .found(after: .seconds(1)), seenAt: now,
                sent: 4, found: 2)
        ]
        #expect(figure("Audit log completeness", bare)?.value == nil)
        evidence.signedClasses = ["DDL"]
        let found = try #require(figure("Audit log completeness", evidence))
        #expect(found.value == 1.5 / 4)
        #expect(found.text == "37 % (2 of 4 classes, 2 of 4 canaries found)")
    }

    @Test("vulnerabilities are counted where every running image was scanned, else from below")
    func vulnerabilities() throws {
        func figure(_ images: [(name: String, id: String)]) throws -> ChecklistReport.Figure {
            let scan = """
                {"CreatedAt": "\(stamp(.days(1)))", "Metadata": {"ImageID": "sha256:aa"},
                 "Results": [{"Class": "os-pkgs", "Vulnerabilities": [{"VulnerabilityID": "CVE-1",
                   "PkgName": "a", "InstalledVersion": "1", "Severity": "CRITICAL"}]}]}
                """
            let evidence = reported(.trivy, [scan], sources: [Self.running(images)])
            return try #require(
                evidence.figures.first { $0.name == "Vulnerability count" })
        }
        let whole = try figure([("api", "sha256:aa")])
        #expect(whole.value == 1 && whole.unit == .count)
        #expect(whole.text == "1 critical, 1 of 1 images scanned")
        let part = try figure([("api", "sha256:aa"), ("db", "sha256:bb")])
        #expect(part.value == nil)
        #expect(part.text == "≥ 1 critical, 1 of 2 images scanned")
    }

    private static func running(_ images: [(name: String, id: String)]) -> Evidence.Source {
        ChecklistTests.engine(running: images)
    }

    @Test("figures are series, and none where nothing is known")
    func series() throws {
        let plan = BoundPlan(try plan("- [ ] a"), Bindings())
        let verdict = PlanVerdict(of: plan, by: PlanFacts(), at: now)
        var report = ChecklistReport(of: plan, verdict, file: "p.md", evidence: "")
        report.scores = [
            .init(name: "Secrets in Vault", value: 0.5, text: "", isOfWatch: true),
            .init(name: "Security audit score", value: 0.7, text: ""),
            .init(name: "Vulnerability count", value: nil, text: ""),
        ]
        let samples = VerdictSeries.figures(of: [("p", report), ("q", report)])
        let found = Dictionary(uniqueKeysWithValues: samples.map { ($0.labels, $0.value) })
        let score = "security-audit-score"
        #expect(
            found == [
                ["__name__": "dogwatch_score", "score": "secrets-in-vault"]: 0.5,
                ["__name__": "dogwatch_score", "score": "\(score)", "plan": "p"]: 0.7,
                ["__name__": "dogwatch_score", "score": "\(score)", "plan": "q"]: 0.7,
            ])
        #expect(report.markdown.contains("Secrets in Vault"))
    }
}
