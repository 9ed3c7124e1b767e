import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Checklist

@Suite("Checks of what plans name in databases")
struct PostgresTableJudgeTests {
    private typealias Contents = PostgresFacts.Database.Contents

    private func result(
        _ check: String, _ expect: (inout PostgresExpectations) -> Void,
        _ change: (inout Contents) -> Void = { _ in }, more: [PostgresFacts.Database] = []
    ) throws -> CheckResult {
        var facts = PostgresFacts(id: TargetID(.postgres, "jobs"))
        expect(&facts.expected)
        var contents = Contents(letsPublicCreate: false)
        change(&contents)
        let jobs = PostgresFacts.Database("jobs", .known(contents))
        facts.databases = Asked(.known([jobs] + more), at: start)
        var evidence = Evidence(now: start)
        evidence.surveyed.postgres = [facts]
        return try #require(Catalogue[check]?.results(on: evidence).first)
    }

    @Test(
        "columns are written in two ways",
        arguments: [
            ("jobs(user_id)", "jobs(user_id)"),
            ("app.jobs(created_at DESC)", "app.jobs(created_at)"),
            ("jobs.user_id", "jobs(user_id)"), ("app.jobs.user_id", "app.jobs(user_id)"),
            ("jobs", nil), ("jobs(a, b)", nil), ("jobs(lower(a))", nil), ("jobs()", nil),
            ("a.b.c.d", nil), ("jo'bs(a)", nil), ("", nil), (".a", nil),
        ])
    func columns(text: String, column: String?) {
        #expect(TableColumn(text).map { "\($0)" } == column)
    }

    @Test("each index leads with its column, is weak, missing, or has no table")
    func indexes() throws {
        let name = try #require(TableColumn("jobs(user_id)"))
        func result(_ indexes: [PostgresFacts.Index]) throws -> CheckResult {
            try self.result("pg.index.present", { $0.indexes = [name] }) {
                $0.indexes = .known(indexes)
            }
        }
        #expect(try result([.init(name, isIndexed: true, leads: true)]).evidence == "1/1 valid")
        #expect(try result([.init(name, isIndexed: true, leads: false)]).verdict == .warn)
        #expect(try result([.init(name, isIndexed: false, leads: false)]).verdict == .fail)
        #expect(try result([]).evidence == "there is no table for jobs(user_id)")
        #expect(try self.result("pg.index.present", { _ in }).verdict == .unknown)
        let late = try self.result(
            "pg.index.present", { $0.indexes = [name] },
            { $0.indexes = .failed("no answer in time") })
        #expect((late.verdict, late.evidence) == (.unknown, "no answer in time"))
    }

    @Test("a large table is partitioned, for now and for the period after it")
    func partitions() throws {
        let name = try #require(TableName("jobs"))
        func result(_ table: PostgresFacts.Partitioning) throws -> CheckResult {
            try self.result("pg.partition.present", { $0.partitioned = [name] }) {
                $0.partitions = .known([table])
            }
        }
        func bound(_ from: String, _ to: String) -> String {
            "FOR VALUES FROM ('\(from)') TO ('\(to)')"
        }
        let january = bound("2026-01-01", "2026-02-01")
        let february = bound("2026-02-01", "2026-03-01")
        let ready = try result(.init(name, isPartitioned: true, bounds: [january, february]))
        #expect(ready.evidence == "jobs: 2 partitions, next ready")
        #expect(ready.verdict == .pass)
        let times = [
            bound("2026-01-01 00:00:00+00", "2026-02-01 01:00:00+01"),
            bound("2026-02-01 00:00:00+00", "2026-03-01 00:00:00+00"),
        ]
        #expect(try result(.init(name, isPartitioned: true, bounds: times)).verdict == .pass)
        let old = bound("2025-12-01", "2026-01-01")
        for bounds in [[january], [old, january], [old], [february, "DEFAULT"]] {
            #expect(
                try result(.init(name, isPartitioned: true, bounds: bounds)).verdict == .fail)
        }
        for bounds in [[], ["DEFAULT"], [bound("1", "1000")], ["FOR VALUES IN ('a')"]] {
            #expect(
                try result(.init(name, isPartitioned: true, bounds: bounds)).verdict == .unknown)
        }
        #expect(
            try result(.init(name, isPartitioned: true, isByRange: false, bounds: [january]))
                .verdict
                == .unknown)
        #expect(try result(.init(name, isPartitioned: false, sizeBytes: 1e6)).verdict == .unknown)
        #expect(try result(.init(name, isPartitioned: false, sizeBytes: 2e10)).verdict == .fail)
        let open = "FOR VALUES FROM ('2026-01-01') TO (MAXVALUE)"
        #expect(try result(.init(name, isPartitioned: true, bounds: [open])).verdict == .pass)
    }

    @Test("who only reports sees named columns masked or not at all")
    func masking() throws {
        let name = try #require(TableColumn("users.email"))
        func verdict(_ isReadable: Bool?, masked: Bool = false) throws -> Verdict {
            try result(
                "pg.masking",
                {
                    $0.masked = [name]
                    $0.readers = ["reporting"]
                },
                {
                    $0.exposures = .known([
                        .init(name, reader: "reporting", isReadable: isReadable, isMasked: masked)
                    ])
                }
            ).verdict
        }
        #expect(try verdict(false) == .pass)
        #expect(try verdict(true, masked: true) == .pass)
        #expect(try verdict(true) == .fail)
        #expect(try verdict(nil) == .unknown)
        #expect(try result("pg.masking", { $0.masked = [name] }).verdict == .unknown)
        #expect(try result("pg.masking", { _ in }).verdict == .unknown)
    }

    @Test("no row is kept for too long, and no deletion is overdue")
    func retention() throws {
        let sessions = RetentionRule("sessions", .oldest(sql: "SELECT 1", limit: .days(30)))
        let requests = RetentionRule("requests", .overdue(sql: "SELECT 1"))
        func result(_ answers: (RetentionRule, Asked<Double?>.Answer)...) throws -> CheckResult {
            var facts = PostgresFacts(id: TargetID(.postgres, "jobs"))
            facts.retentions = Asked(.known(answers.map { .init($0, $1) }), at: start)
            var evidence = Evidence(now: start)
            evidence.surveyed.postgres = [facts]
            return try #require(Catalogue["pg.retention.age"]?.results(on: evidence).first)
        }
        let days = 86_400.0
        let good = try result((sessions, .known(29 * days)), (requests, .known(0)))
        #expect(good.verdict == .pass)
        #expect(good.evidence == "sessions 29 d of 30 d, requests: 0 overdue")
        #expect(try result((sessions, .known(30 * days))).verdict == .pass)
        #expect(try result((sessions, .known(30 * days + 1))).verdict == .fail)
        #expect(try result((requests, .known(1)), (sessions, .known(1))).verdict == .fail)
        #expect(try result((sessions, .known(nil))).verdict == .unknown)
        #expect(
            try result((sessions, .failed("no view")), (requests, .known(0))).evidence == "no view")
        #expect(
            try result((sessions, .failed("no view")), (requests, .known(2))).verdict == .fail)
        #expect(try result().verdict == .unknown)
    }

    @Test("a canary is seen at once, late, never, or could not be looked for")
    func canary() throws {
        func result(_ fate: AuditCanary.Fate?) throws -> CheckResult {
            var evidence = Evidence(now: start)
            evidence.surveyed.canaries = [fate].compactMap(\.self).map {
                AuditCanary(id: TargetID(.postgres, "jobs"), fate: $0, seenAt: start)
            }
            return try #require(Catalogue["pg.audit.canary"]?.results(on: evidence).first)
        }
        let prompt = try result(.found(after: .milliseconds(4050)))
        #expect(prompt.verdict == .pass)
        #expect(prompt.evidence == "seen after 4.1 s")
        #expect(try result(.found(after: .seconds(60))).verdict == .pass)
        #expect(try result(.found(after: .milliseconds(60_001))).verdict == .warn)
        #expect(try result(.missed(times: 1)).verdict == .unknown)
        #expect(try result(.missed(times: 2)).verdict == .fail)
        #expect(try result(.failed("grep: exit code 2")).verdict == .unknown)
        #expect(try result(nil).verdict == .unknown)
    }

    @Test("of a log only the audit's own record counts")
    func records() {
        func isFound(_ text: String) -> Bool { AuditCanary.isFound("n1", in: Array(text.utf8)) }
        #expect(isFound("x\nLOG:  AUDIT: SESSION,1,1,READ,SELECT,,,SELECT 'n1',<none>\n"))
        #expect(!isFound("LOG:  statement: SELECT 'n1'\nLOG:  AUDIT: SESSION,1,1,READ"))
        #expect(!isFound("LOG:  AUDIT: SESSION,1,1,READ,SELECT,,,SELECT 'n2',<none>"))
        #expect(!isFound(""))
    }

    @Test("a database that is named and is not there, or lets nobody in, leaves it unknown")
    func namedDatabases() throws {
        let check = "pg.roles.public-create"
        let closed = PostgresFacts.Database("sales", .denied(grant: "GRANT CONNECT"))
        let crypto = "pg.extension.pgcrypto"
        let lost = try result(
            crypto, { $0.databases = ["nosuch"] }, { $0.extensions = ["pgcrypto": "1.3"] })
        #expect(lost.evidence == "there is no database nosuch")
        #expect(try result(check, { _ in }, more: [closed]).missingGrant == "GRANT CONNECT")
        let other = try result(
            "pg.audit.pgaudit", { $0.databases = ["jobs"] }, more: [closed])
        #expect(other.verdict == .unknown)
    }

    @Test("roles that are named are judged, connected or not")
    func namedRoles() throws {
        func result(_ powers: [PostgresFacts.Power]) throws -> CheckResult {
            var facts = PostgresFacts(id: TargetID(.postgres, "jobs"))
            facts.expected.roles = ["api_user"]
            facts.sessions = Asked(
                .known([.init(role: "maker", address: "10.0.0.7", tlsVersion: "TLSv1.3")]),
                at: start)
            facts.powers = Asked(
                .known(
                    powers + [
                        .init(role: "maker", isSuperuser: false, others: ["CREATEDB"]),
                        .init(role: "postgres", isSuperuser: true),
                    ]), at: start)
            var evidence = Evidence(now: start)
            evidence.surveyed.postgres = [facts]
            return try #require(Catalogue["pg.roles.superuser"]?.results(on: evidence).first)
        }
        #expect(try result([.init(role: "api_user", isSuperuser: false)]).verdict == .pass)
        #expect(
            try result([.init(role: "api_user", isSuperuser: false, others: ["CREATEROLE"])])
                .evidence == "api_user: CREATEROLE")
        #expect(try result([.init(role: "api_user", isSuperuser: true)]).verdict == .fail)
        #expect(try result([]).evidence == "there is no role api_user")
    }
}
