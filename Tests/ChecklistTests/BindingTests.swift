import Lint
import Configuration
import TestSupport
import Testing

@testable import Checklist

@Suite("Bindings")
struct BindingTests {
    private func read(_ text: String, of document: String = releasePlan) throws -> Result<
        (plan: BoundPlan, warnings: [Fault]), Faults
    > {
        BindingsFile.read(bytes: Array(text.utf8), path: "p.checks.toml", plan: try plan(document))
    }

    private func said(_ text: String) throws -> String {
        switch try read(text) {
        case .success(let (_, warnings)): warnings.map(\.description).joined(separator: "\n")
        case .failure(let faults): faults.description
        }
    }

    private let archiving = """
        [[item]]
        at = "data-stores/wal-archiving"
        text = "WAL Archiving: Ship every segment to the archive"

        """

    @Test("say what an item rests on")
    func values() throws {
        let text = """
            plan = "release.md"
            allow = ["http.ratelimit.burst"]
            hosts = ["api.example.com"]
            [[item]]
            at = "data-stores/wal-archiving"
            text = "WAL Archiving: Ship every segment to the archive"
            checks = ["pg.wal-archiving", "pg.wal-archive-repo"]
            need = 1
            severity = "critical"
            targets = { "pg.wal-archiving" = ["jobs"] }
            [[item]]
            at = "edge/latency-5ms-for-99"
            text = "Latency <5ms for 99%"
            promql = 'sum(rate(x_total{a="${1}"}[5m])) < 0.001'
            samples = 'sum(increase(x_total[5m]))'
            min_samples = 3000
            life = "run"
            any_order = true
            [[item]]
            at = "edge/https-only"
            text = "HTTPS only"
            class = "attest"
            expires = "180d"
            evidence = "required"
            signers = 2
            [[kpi]]
            row = "numbers/p95-latency"
            kpi = "P95"
            min_samples = 100
            """
        let (bound, warnings) = try read(text).get()
        #expect(warnings.isEmpty)
        #expect(bound.bindings.plan == "release.md")
        let item = try #require(bound.items.first { $0.item.lead == "WAL Archiving" }?.binding)
        #expect(item.need == .atLeast(1))
        #expect(item.severity == .critical)
        #expect(item.targets == ["pg.wal-archiving": ["jobs"]])
        #expect((item.line, item.column) == (5, 6))
        let latency = try #require(bound.items.first { $0.item.text.hasPrefix("Latency") }?.binding)
        #expect(latency.condition?.minimumSamples == 3000)
        #expect(latency.life == .run)
        #expect(latency.anyOrder)
        #expect(latency.itemClass == .auto)
        let signed = try #require(bound.items.first { $0.item.text == "HTTPS only" }?.binding)
        #expect(signed.expires == .days(180))
        #expect(signed.needsEvidence)
        #expect(signed.signers == 2)
        #expect(bound.bindings.kpis.first?.kpi == "P95")
        #expect(bound.items.count { $0.match == .unbound } == 8)
    }

    @Test("name what no server can tell of an application's databases")
    func databases() throws {
        let text = """
            [postgres]
            roles = ["api_user"]
            databases = ["jobs"]
            indexes = ["jobs(user_id)", "app.jobs(created_at DESC)"]
            partitioned = "events"
            masked = ["users.email"]
            readers = ["reporting"]
            audit_search = ["grep", "-h", "{canary}", "/var/log/postgresql.log"]
            [[postgres.retention]]
            name = "sessions"
            oldest = "SELECT age FROM app.sessions_age"
            within = "30d"
            [[postgres.retention]]
            name = "requests"
            database = "jobs"
            overdue = "SELECT count(*) FROM app.overdue"
            """
        let named = try read(text).get().plan.bindings.postgres
        #expect(named.roles == ["api_user"])
        #expect(named.databases == ["jobs"])
        #expect(named.indexes.map(\.description) == ["jobs(user_id)", "app.jobs(created_at)"])
        #expect(named.partitioned.map(\.description) == ["events"])
        #expect(named.masked.map(\.description) == ["users(email)"])
        #expect(named.readers == ["reporting"])
        let rules = [
            RetentionRule(
                "sessions", .oldest(sql: "SELECT age FROM app.sessions_age", limit: .days(30))),
            RetentionRule(
                "requests", in: "jobs", .overdue(sql: "SELECT count(*) FROM app.overdue")),
        ]
        #expect(named.retention == rules)
        #expect(named.auditSearch == ["grep", "-h", "{canary}", "/var/log/postgresql.log"])
        #expect(
            try said("[postgres]\naudit_search = [\"grep\", \"x\"]").hasPrefix(
                "p.checks.toml:2:17: postgres.audit_search: it does not say what to look for."))
        var both = named
        both.formUnion(named)
        #expect(both == named)
        #expect(
            try said("[postgres]\nindexes = [\"jobs(a, b)\"]").hasPrefix(
                "p.checks.toml:2:12: postgres.indexes: \"jobs(a, b)\" is not understood."))
        #expect(
            try said("[postgres]\nmasked = [\"users.email\"]").contains("belong together"))
        for statement in ["DELETE FROM t", "SELECT 1; SELECT 2", ""] {
            let text = "[[postgres.retention]]\nname = \"x\"\noverdue = \"\(statement)\""
            #expect(try said(text).contains("3:11: postgres.retention.x.overdue: it is no single"))
        }
        #expect(
            try said("[[postgres.retention]]\nname = \"x\"\noldest = \"SELECT 1\"").contains(
                "it needs either oldest with within, or overdue."))
        #expect(
            try said("[postgres]\nrole = \"x\"").contains("Did you mean \"roles\"?"))
    }

    @Test("are linted with place and a likely word")
    func faults() throws {
        #expect(
            try said(archiving + "checks = [\"pg.wal-archivin\"]").hasPrefix(
                "p.checks.toml:4:11: item.checks: there is no check \"pg.wal-archivin\". "
                    + "Did you mean \"pg.wal-archiving\"?"))
        #expect(
            try said(archiving + "check = [\"x\"]\nclass = \"attest\"").hasPrefix(
                "p.checks.toml:4:1: unknown key \"check\" in [[item]]. Did you mean \"checks\"?"))
        #expect(
            try said(archiving + "checks = []").contains(
                "4:10: item.checks: it is empty, so nothing could ever fail."))
        #expect(
            try said(archiving + "class = \"auto\"").contains(
                "\"auto\" needs evidence, and there is none."))
        #expect(
            try said(archiving + "promql = 'up'").contains(
                "4:10: item.promql: it has no limit, so nothing could ever fail."))
        #expect(try said(archiving + "promql = 'up <'").contains("item.promql: bad PromQL"))
        #expect(
            try said(archiving + "checks = [\"item.derived\"]").contains("follows from no items"))
        #expect(
            try said("allow = [\"http.ratelimit.burst\"]").contains(
                "opt-in checks need the hosts they may run against."))
        #expect(
            try said(archiving + "class = \"attest\"\n" + archiving + "class = \"attest\"")
                .contains("is bound twice."))
        #expect(
            try said("[[item]]\nat = \"data-stores/wal-archive\"\ntext = \"x\"\nclass = \"attest\"")
                .hasPrefix(
                    "p.checks.toml:2:6: item: the plan has no item \"data-stores/wal-archive\". "
                        + "Did you mean \"data-stores/wal-archiving\"?"))
        #expect(
            try said("[[kpi]]\nrow = \"numbers/p95\"\nkpi = \"x\"").contains("the plan has no row"))
        #expect(try said("x = [").hasPrefix("p.checks.toml:1:"))
    }

    @Test("say who sees to an item, and which checks show that a risk is mitigated")
    func ownersAndRisks() throws {
        let text =
            archiving + """
                class = "attest"
                owner = "carlos"
                [[risk]]
                row = "risks/data-loss"
                checks = ["pg.wal-archiving", "pg.wal-archive-repo"]
                """
        let (bound, warnings) = try read(text).get()
        #expect(warnings.isEmpty)
        #expect(bound.items[0].binding?.owner == "carlos")
        #expect(
            bound.bindings.risks == [
                RiskBinding(
                    row: "risks/data-loss", checks: ["pg.wal-archiving", "pg.wal-archive-repo"],
                    line: 7, column: 7)
            ])
        #expect(bound.checks == ["pg.wal-archiving", "pg.wal-archive-repo"])
    }

    @Test("of a risk are linted with place and help")
    func riskFaults() throws {
        let risk = "[[risk]]\nrow = \"risks/data-loss\"\n"
        let good = "checks = [\"pg.wal-archiving\"]\n"
        #expect(
            try said("[[risk]]\nrow = \"risks/data-los\"\n" + good).hasPrefix(
                "p.checks.toml:2:7: risk: the plan has no row \"risks/data-los\". "
                    + "Did you mean \"risks/data-loss\"?"))
        #expect(
            try said(risk + "checks = [\"pg.wal-archivin\"]").hasPrefix(
                "p.checks.toml:3:11: risk.checks: there is no check \"pg.wal-archivin\". "
                    + "Did you mean \"pg.wal-archiving\"?"))
        let help = "a risk without checks has no signals.\n  Name the checks of its mitigations."
        #expect(try said(risk + "checks = []") == "p.checks.toml:3:10: risk.checks: \(help)")
        #expect(try said(risk) == "p.checks.toml:1:1: risk.checks: \(help)")
        #expect(
            try said(risk + good + "check = \"x\"").hasPrefix(
                "p.checks.toml:4:1: unknown key \"check\" in [[risk]]. Did you mean \"checks\"?"))
        #expect(
            try said("[[risk]]\n" + good).hasPrefix(
                "p.checks.toml:1:1: risk: \"row\" is missing."))
        #expect(
            try said(risk + good + risk + good).contains(
                "p.checks.toml:5:7: risk: \"risks/data-loss\" is bound twice."))
        let kpi = "[[kpi]]\nrow = \"numbers/p95-latency\"\nkpi = \"P95\"\n"
        #expect(try said(kpi + kpi).contains("p.checks.toml:5:7: kpi: \"numbers/p95-latency\" is"))
    }

    @Test("say an owner as text that is not empty")
    func ownerFaults() throws {
        #expect(
            try said(archiving + "class = \"attest\"\nowner = 5").hasPrefix(
                "p.checks.toml:5:9: item.owner: "))
        #expect(
            try said(archiving + "class = \"attest\"\nowner = \"\"").hasPrefix(
                "p.checks.toml:5:9: item.owner: it is empty."))
    }

    @Test("find an item whose text has changed, and say that it drifted")
    func drift() throws {
        let text = archiving.replacing("Ship every", with: "Copy each") + "class = \"attest\""
        let (bound, warnings) = try read(text).get()
        #expect(
            bound.items[0].match
                == .drifted(from: "WAL Archiving: Copy each segment to the archive"))
        #expect(warnings.count == 1)
        let results = [result("pg.auth.scram", .pass)]
        var checked = bound
        checked.items[0].binding?.itemClass = .auto
        checked.items[0].binding?.checks = ["pg.auth.scram"]
        #expect(verdict(of: checked, results).state == .verifiedWithReservations)
    }

    @Test("find an item that has moved, and leave a binding without one lost")
    func moves() throws {
        let document = releasePlan.replacing("### Data stores", with: "### Databases")
        let text = archiving + "class = \"attest\""
        let (bound, warnings) = try read(text, of: document).get()
        #expect(bound.items[0].match == .moved(from: "data-stores/wal-archiving"))
        #expect(warnings.first?.description.contains("databases/wal-archiving") == true)
        // Swapped under one another's headings, items follow their text.
        let swapped = BoundPlan(
            try plan("# A\n- [ ] **x:** two\n# B\n- [ ] **x:** one"),
            Bindings(items: [
                ItemBinding(anchor: "a/x", text: "x: one"),
                ItemBinding(anchor: "b/x", text: "x: two"),
            ]))
        #expect(swapped.items.map(\.match) == [.moved(from: "b/x"), .moved(from: "a/x")])
        let lost = BoundPlan(
            try plan(), Bindings(items: [ItemBinding(anchor: "data-stores/gone", text: "gone")]))
        #expect(lost.lost.first?.nearest.first == "data-stores/audit-trail")
    }

    @Test("of a proposal read back without a fault and bind every item")
    func proposal() throws {
        let proposal = Proposal(for: try plan(), file: "release.md")
        let (bound, warnings) = try read(proposal.bindings.toml).get()
        #expect(warnings.isEmpty)
        #expect(bound.items.allSatisfy { $0.match == .bound })
        #expect(bound.items[0].binding?.checks == ["pg.wal-archiving", "pg.wal-archive-repo"])
        #expect(bound.items.filter { $0.binding?.life == .run }.count == 3)
        #expect(proposal.unrecognised.contains("phase-1-storage-mar-4/archive-works"))
    }

    @Test("of the first customer's plan are proposed for every box")
    func firstCustomer() throws {
        guard let plan = try namedPlan() else { return }
        let proposal = Proposal(for: plan, file: "plan.md")
        let read = BindingsFile.read(
            bytes: Array(proposal.bindings.toml.utf8), path: "p", plan: plan)
        let bound = try read.get().plan
        #expect(bound.items.allSatisfy { $0.match == .bound })
        #expect(proposal.unrecognised.isEmpty, "\(proposal.unrecognised)")
    }
}
