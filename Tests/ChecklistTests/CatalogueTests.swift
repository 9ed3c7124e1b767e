import PromQL
import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Checklist

@Suite("The catalogue")
struct CatalogueTests {
    @Test("has 144 checks with unique ids, and every one says what it is")
    func complete() {
        #expect(Catalogue.all.count == 144)
        #expect(Set(Catalogue.all.map(\.id)).count == 144)
        for check in Catalogue.all {
            let rule = check.rule
            #expect(
                !check.title.isEmpty && !check.reads.isEmpty && !check.fix.isEmpty, "\(check.id)")
            #expect(!rule.fail.isEmpty || !rule.otherwise.isEmpty, "\(check.id)")
            #expect(!rule.pass.isEmpty || check.isRefuteOnly || check.onlySupports, "\(check.id)")
            #expect(
                check.cadence != nil || check.id == "item.derived"
                    || check.id == "deploy.zero-downtime")
        }
    }

    @Test("has 15 checks that must be allowed, and seven generic asserts")
    func optIn() {
        #expect(Catalogue.all.count(where: \.isOptIn) == 15)
        #expect(
            Catalogue.asserts.map(\.id) == [
                "assert.promql", "assert.http", "assert.sql", "assert.redis", "assert.json",
                "assert.file", "assert.command",
            ])
    }

    @Test("names only checks that there are in what scores and proposals require")
    func references() {
        for id in OWASPCategory.allCases.flatMap(\.required) + Hint.all.flatMap(\.checks)
            + Array(Judges.all.keys)
        {
            #expect(Catalogue[id] != nil, "\(id)")
        }
    }

    /// Evidence about nothing, about what was never seen, and about what is empty.
    private func emptyEvidence() throws -> [Evidence] {
        let kinds = TargetKind.allCases
        let never = kinds.map { Evidence.Source(id: TargetID($0, "x"), detail: nil, seenAt: nil) }
        let details: [(TargetKind, TargetDetail)] = [
            (.http, .probe(ProbeDetail(url: "https://x", duration: 0))),
            (.postgres, .postgres(PostgresDetail())), (.redis, .redis(RedisDetail())),
            (.containers, .containers(ContainersDetail())),
            (.scrape, .scrape(ScrapeDetail(url: "", samples: 0, bytes: 0, duration: 0))),
        ]
        let empty = details.map { kind, detail in
            Evidence.Source(id: TargetID(kind, "x"), detail: detail, seenAt: start)
        }
        return [
            Evidence(now: start), Evidence(now: start, engine: Engine(Head())),
            Evidence(now: start, sources: never, engine: Engine(Head())),
            Evidence(now: start, sources: empty, engine: Engine(Head())),
        ]
            + emptySurveys().map { surveyed in
                var evidence = Evidence(now: start, sources: empty, engine: Engine(Head()))
                evidence.surveyed = surveyed
                return evidence
            }
    }

    /// What was asked for plans: without an answer, and with answers that hold nothing.
    private func emptySurveys() -> [Surveyed] {
        func known<Value>(_ value: Value) -> Asked<Value> { Asked(.known(value), at: start) }
        var silent = Surveyed()
        silent.edges = [
            EdgeFacts(id: TargetID(.http, "x"), url: "https://x", seenAt: start, answers: [])
        ]
        silent.postgres = [PostgresFacts(id: TargetID(.postgres, "x"))]
        var empty = silent
        empty.postgres[0].server = known(.init(role: "", version: 0, isInRecovery: false))
        empty.postgres[0].archiving = known(.init())
        empty.postgres[0].sessions = known([])
        empty.postgres[0].powers = known([])
        empty.postgres[0].settings = known([:])
        empty.postgres[0].overrides = known([])
        empty.postgres[0].loginRules = known([])
        empty.postgres[0].databases = known([])
        empty.postgres[0].cryptoCalls = known([:])
        empty.postgres[0].retentions = known([])
        empty.postgres[0].pooler = known(.works([], clientAddresses: []))
        var none = empty
        none.postgres[0].pooler = known(.none)
        // Plans name things, and no database has any of them.
        var named = empty
        if let column = TableColumn("t(c)") {
            named.postgres[0].expected.indexes = [column]
            named.postgres[0].expected.masked = [column]
            named.postgres[0].expected.partitioned = [column.table]
        }
        named.canaries = [
            AuditCanary(id: TargetID(.postgres, "x"), fate: .failed(""), seenAt: start),
            AuditCanary(id: TargetID(.postgres, "y"), fate: .missed(times: 1), seenAt: start),
        ]
        named.postgres[0].expected.readers = ["r"]
        named.postgres[0].expected.roles = ["r"]
        let rule = RetentionRule("r", .overdue(sql: "SELECT 1"))
        named.postgres[0].retentions = known([.init(rule, .known(nil))])
        var contents = PostgresFacts.Database.Contents(letsPublicCreate: true)
        contents.indexes = .known([])
        contents.partitions = .known([])
        contents.exposures = .known([])
        named.postgres[0].databases = known([.init("t", .known(contents))])
        return [silent, empty, none, named]
    }

    @Test("has no check that speaks for an empty subject")
    func emptySubjects() throws {
        for evidence in try emptyEvidence() {
            for check in Catalogue.all + Catalogue.asserts {
                let results = check.results(on: evidence)
                #expect(!results.isEmpty, "\(check.id)")
                for result in results {
                    #expect(!result.verdict.isFavourable, "\(check.id): \(result.evidence)")
                }
            }
        }
    }

    @Test(
        "has no check that takes a favourable look without a subject", arguments: Verdict.allCases)
    func noSubject(verdict: Verdict) {
        for check in Catalogue.all + Catalogue.asserts {
            var outcome = outcome(verdict, subjects: 0)
            outcome.control = .held
            outcome.reportsOn = "image"
            outcome.vantage = .init(name: "edge", isInside: false)
            let result = CheckResult(check, outcome, on: "", at: start)
            #expect(!result.verdict.isFavourable, "\(check.id)")
        }
    }

    @Test("says of what nobody collects that it is unknown")
    func notCollected() throws {
        let check = try #require(Catalogue["trace.roundtrip"])
        let result = try #require(check.results(on: Evidence(now: start)).first)
        #expect(result.verdict == .unknown)
        #expect(result.evidence == "evidence is not collected yet")
        #expect(!Catalogue.isCollected("trace.roundtrip"))
        #expect(Catalogue.isCollected("http.health"))
    }
}

@Suite("Assertions")
struct AssertionTests {
    @Test("pass, fail or are unknown for each kind", arguments: Assertion.Kind.allCases)
    func kinds(kind: Assertion.Kind) throws {
        let assertion = try Assertion(kind, .equals("on"), minimumSample: 2)
        func verdict(_ results: [String]) -> Verdict {
            CheckResult(kind.check, assertion.outcome(of: results, at: start), on: "", at: start)
                .verdict
        }
        #expect(verdict(["on", "on"]) == .pass)
        #expect(verdict(["on", "off"]) == .fail)
        #expect(verdict(["on"]) == .unknown)
        #expect(verdict([]) == .unknown)
    }

    @Test("compare numbers with targets, and say nothing of what is no number")
    func numbers() throws {
        let assertion = try Assertion(.sql, .number(try Target(parsing: "< 5")))
        #expect(assertion.outcome(of: ["4"], at: start).verdict == .pass)
        #expect(assertion.outcome(of: ["4", "5"], at: start).verdict == .fail)
        #expect(assertion.outcome(of: ["4", "many"], at: start).verdict == .unknown)
        #expect(assertion.outcome(of: ["nan"], at: start).verdict == .unknown)
    }
}
