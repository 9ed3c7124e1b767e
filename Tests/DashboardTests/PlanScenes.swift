import Checklist
import Snapshot
import Targets
import TestSupport
import TimeSeries

@testable import Dashboard

/// Plans with an item in every state, a register of risks, a table of targets and a run that is under
/// way, judged as a watch judges them.
enum PlanScenes {
    /// The file of the larger plan.
    static let file = "/etc/dogwatch/plans/harbour.md"
    /// Who looks.
    static let user = "dan"

    static let reports = [harbour, edge]

    /// Calm production with the plans.
    static func snapshot() -> Snapshot {
        var snapshot = Scenes.calm()
        snapshot.checklist = ChecklistProgress(
            plans: reports.map { report in
                .init(
                    title: report.plan, file: report.file, done: report.done,
                    failed: report.failed, unknown: report.unknown, total: report.total)
            }, revision: 1)
        return snapshot
    }

    private static let document = """
        # Harbour release

        **Date:** January 2, 2026

        ## Edge (3 items)

        - [ ] **Security headers:** HSTS, a content policy and nosniff on every answer
        - [x] **No versions:** answers do not say what runs
        - [x] **Origins:** foreign origins are granted nothing
        - [ ] **Rate limiting:** 100 requests a minute and user

        ## Data stores

        ### PostgreSQL

        - [x] **WAL archiving:** ship every segment
        - [ ] **Least privilege:** the application is no superuser
        - [ ] **Sessions:** none without TLS
        - [ ] **Backups:** a copy on another continent

        ### Redis

        - [ ] **Passwords:** nobody without one
        - [ ] **Cluster:** three nodes

        ## People

        - [ ] **Training:** everybody has rehearsed the roll-back
        - [ ] **On call:** the rota is agreed
        - [ ] **Costs:** somebody has looked at them
        - [ ] A page about it all

        ## Go-live (Jan 2 - 02:00 UTC)

        - [ ] **Green created:** beside blue, and healthy
        - [ ] **Smoke test:** the main path works on green
        - [ ] **Canary:** 5 % of the traffic for five minutes
        - [ ] **Blue retired:** after the watch

        ## Risks

        | Risk | Probability | Impact | Mitigation |
        | --- | --- | --- | --- |
        | Data loss | Low | Critical | Archived WAL, daily backups on another continent, drills |
        | Cross-site scripting | Medium | High | A content policy and nosniff |
        | Anonymous access to the cache | Low | High | Passwords |
        | Flood of requests | High | Medium | Limits at the edge |

        ## Targets

        | Metric | Target | Current | Target Date |
        | --- | --- | --- | --- |
        | P95 response | <100ms | 10.3ms | Jan 5 |
        | Cache hit rate | >80% | >85% | Jan 5 |
        | Security audit score | >95% | TBD | Jan 9 |
        | Deployments a week | 5+ | 2 | |
        """

    private static func binding(_ item: Plan.Item) -> ItemBinding? {
        var binding = ItemBinding(anchor: item.anchor, text: item.text)
        let checks = [
            "Security headers": "http.header.hsts http.header.csp http.header.nosniff",
            "No versions": "http.header.disclosure", "Origins": "http.cors.origin",
            "Rate limiting": "http.ratelimit.burst",
            "WAL archiving": "pg.wal-archiving pg.wal-archive-repo",
            "Least privilege": "pg.roles.superuser", "Sessions": "pg.tls.sessions",
            "Backups": "pg.backup.recent", "Passwords": "redis.auth",
            "Green created": "deploy.two-colours", "Smoke test": "http.smoke",
            "Canary": "deploy.canary-share",
        ]
        guard let lead = item.lead else { return nil }
        binding.checks = checks[lead]?.split(separator: " ").map(String.init) ?? []
        if binding.checks.isEmpty { binding.itemClass = .attest }
        if lead == "Sessions" { binding.itemClass = .partial }
        if ["Green created", "Smoke test", "Canary", "Blue retired"].contains(lead) {
            binding.life = .run
        }
        if lead == "Costs" { binding.owner = user }
        if lead == "Training" { binding.expires = .seconds(180 * 86_400) }
        return binding
    }

    private static let harbour: ChecklistReport = {
        let plan = parsed(document, "harbour.md")
        var bindings = Bindings(
            items: plan.items.compactMap(binding),
            kpis: [
                KPIBinding(row: "targets/p95-response", kpi: "P95 response"),
                KPIBinding(row: "targets/cache-hit-rate", kpi: "Cache hits"),
            ])
        bindings.risks = [
            RiskBinding(row: "risks/data-loss", checks: ["pg.wal-archiving", "pg.backup.recent"]),
            RiskBinding(
                row: "risks/cross-site-scripting",
                checks: ["http.header.csp", "http.header.nosniff"]),
            RiskBinding(row: "risks/anonymous-access-to-the-cache", checks: ["redis.auth"]),
        ]
        return report(BoundPlan(plan, bindings), file)
    }()

    private static let edge: ChecklistReport = {
        let plan = parsed("# Edge\n\n## Headers\n\n- [x] **No versions:** as before", "edge.md")
        return report(
            BoundPlan(plan, Bindings(items: plan.items.compactMap(binding))),
            "/etc/dogwatch/plans/edge.md")
    }()

    private static func parsed(_ text: String, _ name: String) -> Plan {
        guard let plan = try? Plan(parsing: text, name: name) else { fatalError("too large") }
        return plan
    }

    /// Judged once while the smoke test passed, and again when it failed.
    private static func report(_ plan: BoundPlan, _ file: String) -> ChecklistReport {
        var facts = PlanFacts(
            results: results.mapValues(\.self), attestations: signatures(on: plan))
        var run = Run("1.5.0", started: start - .seconds(4500))
        var earlier = facts
        let before = start - .seconds(2880)
        for (id, evidence) in [
            ("http.smoke", "6/6 steps"),
            ("deploy.two-colours", "blue serving, green 1.5.0 healthy"),
        ] {
            earlier.results[id] = [result(id, .pass, evidence, "http/api", at: before)]
        }
        run.take(
            PlanVerdict(of: plan, by: earlier, at: before).items, of: plan, at: before)
        facts.attestations = run.own(facts.attestations, of: plan)
        var verdict = PlanVerdict(of: plan, by: facts, at: start)
        verdict.items = run.shown(verdict.items, of: plan)
        let hasSteps = plan.items.contains { $0.binding?.life == .run }
        return ChecklistReport(
            of: plan, verdict, file: file, evidence: "the watch \"production\"",
            run: hasSteps ? run : nil, facts: facts)
    }

    private static let results: [String: [CheckResult]] = Dictionary(
        grouping: [
            result("http.header.hsts", .pass, "max-age=31536000 on 3/3", "http/api"),
            result("http.header.hsts", .pass, "max-age=31536000 on 3/3", "http/website"),
            result("http.header.csp", .fail, "absent on 3/3", "http/api"),
            result("http.header.csp", .warn, "base-uri is missing on 3/3", "http/website"),
            result("http.header.nosniff", .pass, "nosniff on 3/3", "http/api"),
            result(
                "http.header.disclosure", .pass, "server: nginx (no version) on 3/3", "http/api"),
            result(
                "http.cors.origin", .fail, "* granted to a foreign origin with cookies", "http/api"),
            result(
                "pg.wal-archiving", .fail, "12 segments wait, the oldest for 3 h", "postgres/jobs"),
            result("pg.tls.sessions", .pass, "8/8 sessions with TLS 1.3", "postgres/jobs"),
            result("pg.backup.recent", .fail, "the newest is 9 d old", "postgres/jobs"),
            result("redis.auth", .pass, "NOAUTH without a password", "redis/cache"),
            result(
                "deploy.two-colours", .pass, "blue serving, green 1.5.0 healthy",
                "containers/docker", at: start - .seconds(4)),
            result("http.smoke", .fail, "step 3 of 6: 502 from /jobs", "http/api"),
            result("deploy.canary-share", .unknown, "41 of the 300 samples that decide", ""),
            denied("pg.roles.superuser", "GRANT SELECT ON pg_roles TO dogwatch"),
        ], by: \.check)

    private static func result(
        _ id: String, _ verdict: Verdict, _ evidence: String, _ target: String,
        at seen: Timestamp = start - .seconds(42)
    ) -> CheckResult {
        var outcome = Outcome(verdict, evidence, subjects: verdict == .unknown ? 0 : 1, at: seen)
        outcome.control = .held
        outcome.vantage = .init(name: "this host", isInside: false)
        outcome.reportsOn = "jobs"
        return judged(id, outcome, target)
    }

    private static func denied(_ id: String, _ grant: String) -> CheckResult {
        judged(id, .denied(grant: grant, at: start - .seconds(42)), "postgres/jobs")
    }

    private static func judged(_ id: String, _ outcome: Outcome, _ target: String) -> CheckResult {
        guard let check = Catalogue[id] else { fatalError("no check \(id)") }
        return CheckResult(check, outcome, on: target, at: outcome.observedAt)
    }

    private static func signatures(on plan: BoundPlan) -> [Attestation] {
        func sign(
            _ lead: String, _ state: Attestation.State, _ statement: String, by signer: String,
            days: Int
        ) -> Attestation? {
            plan.items.first { $0.item.lead == lead }.map { item in
                Attestation(
                    item: item.item.anchor, textHash: item.item.textHash, state: state,
                    statement: statement, signer: signer, role: "release owner",
                    signed: start - .seconds(30 * 86_400),
                    expires: start + .seconds(days * 86_400))
            }
        }
        return [
            sign(
                "Backups", .waived, "The contract with the second site begins in March.", by: "bea",
                days: 40),
            sign(
                "Cluster", .notApplicable, "One node is enough until the summer.", by: "bea",
                days: 90),
            sign("Training", .holds, "Bea and Dan did it on staging.", by: "bea", days: 9),
            sign("On call", .holds, "Agreed in the weekly meeting.", by: "carlos", days: -2),
            sign("Sessions", .holds, "The pooler speaks TLS as well.", by: "dan", days: 60),
        ].compactMap(\.self)
    }
}
