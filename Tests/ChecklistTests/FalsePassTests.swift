import TestSupport
import Targets
import Testing
import TimeSeries

@testable import Checklist

/// The twelve rules against a green line that is not true.
@Suite("Against a false pass")
struct FalsePassTests {
    @Test("1: no subject, no pass", arguments: [Verdict.pass, .warn, .supports, .noFinding])
    func noSubject(verdict: Verdict) {
        #expect(judged(check(), outcome(verdict, subjects: 0)).verdict == .unknown)
        #expect(judged(check(), outcome(verdict, subjects: 1)).verdict == verdict)
    }

    @Test("1: an empty expectation is refused")
    func emptyExpectation() {
        #expect(throws: Assertion.Fault.emptyExpectation) { try Assertion(.sql, .equals("")) }
        #expect(throws: Assertion.Fault.undirected) {
            try Assertion(.promql, .number(.init(bound: .about(5))))
        }
    }

    @Test("2: no permission, no pass, and the missing grant is named")
    func noPermission() {
        var partly = outcome()
        partly.missingGrant = "GRANT pg_monitor TO dogwatch"
        let result = judged(check(), partly)
        #expect(result.verdict == .unknown)
        #expect(result.missingGrant == "GRANT pg_monitor TO dogwatch")
        let denied = judged(check(), .denied(grant: "+info", at: start))
        #expect(denied.verdict == .unknown)
        #expect(denied.missingGrant == "+info")
    }

    @Test("3: a pass ages after three times its cadence")
    func ageing() {
        let fresh = judged(check(), outcome(), at: start + .seconds(180))
        #expect(fresh.verdict == .pass)
        #expect(fresh.aged(at: start + .seconds(181)).verdict == .unknown)
        #expect(fresh.aged(at: start + .hours(2)).evidence == "last verified 2 h ago")
        #expect(judged(check(), outcome(), at: start + .seconds(181)).verdict == .unknown)
        #expect(judged(check(), outcome(), at: start - .seconds(61)).verdict == .unknown)
    }

    @Test("3: a report has its own age and names what it is about")
    func reports() {
        var report = outcome()
        report.reportAge = .days(7)
        #expect(judged(check(grade: .report), report).verdict == .unknown)
        report.reportsOn = "sha256:4f2a"
        #expect(judged(check(grade: .report), report, at: start + .days(6)).verdict == .pass)
        #expect(judged(check(grade: .report), report, at: start + .days(8)).verdict == .unknown)
        // Where a check usually sees for itself, a report must still say what it is about.
        report.grade = .report
        #expect(judged(check(), report).verdict == .pass)
        report.reportsOn = nil
        #expect(judged(check(), report).verdict == .unknown)
    }

    @Test("4: a prober that could not have lost proves nothing")
    func control() {
        var negative = outcome()
        #expect(judged(check(.needsControl), negative).verdict == .unknown)
        negative.control = .lost("TLS 1.3 was refused too")
        #expect(judged(check(.needsControl), negative).verdict == .unknown)
        negative.control = .held
        #expect(judged(check(.needsControl), negative).verdict == .pass)
        #expect(judged(check(.needsControl), outcome(.fail)).verdict == .fail)
    }

    @Test("5: a setting is not behaviour: the grade is shown and never raised")
    func grades() throws {
        var claimed = outcome()
        claimed.grade = .behaviour
        #expect(judged(check(grade: .setting), claimed).grade == .setting)
        claimed.grade = .history
        #expect(judged(check(grade: .setting), claimed).grade == .history)
        let plan = try bound { $0.checks = ["pg.auth.scram", "pg.tls.sessions"] }
        let both = [result("pg.auth.scram", .pass), result("pg.tls.sessions", .pass)]
        #expect(verdict(of: plan, both).grade == .behaviour)
    }

    @Test("6: what can only refute never passes, and says how much it searched")
    func refuteOnly() {
        let result = judged(check(.refuteOnly), outcome(subjects: 41))
        #expect(result.verdict == .noFinding)
        #expect(result.evidence == "seen (41 searched)")
        #expect(judged(check(.refuteOnly), outcome(.fail)).verdict == .fail)
        #expect(judged(check(.refuteOnly), outcome(subjects: 0)).verdict == .unknown)
    }

    @Test("7: small samples decide nothing", arguments: [Verdict.pass, .fail])
    func smallSamples(verdict: Verdict) {
        var few = outcome(verdict)
        few.sample = .init(count: 299, needed: 300)
        #expect(judged(check(), few).verdict == .unknown)
        #expect(judged(check(), few).evidence == "299 of the 300 samples that decide")
        few.sample = .init(count: 300, needed: 300)
        #expect(judged(check(), few).verdict == verdict)
    }

    @Test("7: below 0.1 % without an error takes 3000 requests")
    func ruleOfThree() throws {
        #expect(try #require(errorShareBound(errors: 0, total: 3000)) <= 0.001)
        #expect(try #require(errorShareBound(errors: 0, total: 2999)) > 0.001)
        #expect(try #require(errorShareBound(errors: 1, total: 1000)) > 0.001)
        #expect(errorShareBound(errors: 0, total: 0) == nil)
    }

    @Test("8: a network verdict says from where; inside proves nothing about outside")
    func vantage() {
        var seen = outcome()
        #expect(judged(check(.vantage), seen).verdict == .unknown)
        seen.vantage = .init(name: "office", isInside: true)
        #expect(judged(check(.vantage), seen).verdict == .pass)
        #expect(judged(check(.vantage), seen).vantage == "office")
        #expect(judged(check(.outside), seen).verdict == .unknown)
        seen.vantage = .init(name: "edge", isInside: false)
        #expect(judged(check(.outside), seen).verdict == .pass)
    }

    @Test("9: two looks turn a security check green, one turns it red")
    func twoToGreen() {
        let security = check(owasp: [.a05])
        var steadiness = Steadiness()
        func look(_ verdict: Verdict, _ seconds: Int) -> Verdict {
            let at = start + .seconds(seconds)
            return steadiness.take(judged(security, outcome(verdict, at: at), at: at), of: security)
                .verdict
        }
        #expect(look(.pass, 0) == .unknown)
        #expect(look(.pass, 0) == .unknown, "the same look counts once")
        #expect(look(.pass, 60) == .pass)
        #expect(look(.fail, 120) == .fail)
        #expect(look(.pass, 180) == .unknown)
        #expect(look(.unknown, 240) == .unknown)
        #expect(look(.pass, 300) == .unknown)
        #expect(look(.pass, 360) == .pass)
        var kpi = Steadiness()
        #expect(kpi.take(judged(check(), outcome()), of: check()).verdict == .pass)
    }

    @Test("10: secrets are reduced to name, length and rule before they are evidence")
    func redaction() {
        let environment = [
            "DB_PASSWORD=hunter2", "TOKEN_FILE=/run/secrets/t", "API_KEY=vault:kv/api", "PATH=/bin",
            "URL=postgres://u:hunter2@db/x", "PUBLIC_KEY=abc", "EMPTY_SECRET=",
            "API_TOKENS=/9j/hunter2", "GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568",
            "SEED=q7Zt0PdX4mVb9RkLw2YsHc5NfJa8GeUi", "CERT_KEY=/etc/ssl/x.key", "LOGIN=${USER}",
        ]
        let found = SecretLiteral.all(inEnvironment: environment)
        #expect(
            found.map(\.description) == [
                "DB_PASSWORD (7 characters, by name)", "URL (25 characters, by form)",
                "API_TOKENS (11 characters, by name)", "SEED (32 characters, by entropy)",
            ])
        let said = Outcome(
            .fail, "DB_PASSWORD=hunter2 in postgres://u:hunter2@db/x and ghp_hunter2\u{1b}[2J",
            subjects: 1, at: start)
        #expect(!said.evidence.contains("hunter2"))
        #expect(!said.evidence.contains("\u{1b}"))
        #expect(said.evidence.contains("DB_PASSWORD"))
    }

    @Test("11: a counter that falls starts a new baseline")
    func counters() {
        var counter = CounterBaseline()
        #expect(counter.increase(to: 100) == nil)
        #expect(counter.increase(to: 130) == 30)
        #expect(counter.increase(to: 5) == nil)
        #expect(counter.increase(to: 9) == 4)
    }

    @Test("12: what dogwatch itself did is no evidence for the application")
    func ownTraffic() {
        var mostlyOwn = outcome()
        mostlyOwn.sample = .init(count: 1000, own: 950, needed: 100)
        #expect(judged(check(), mostlyOwn).verdict == .unknown)
        #expect(judged(check(), mostlyOwn).evidence == "50 of the 100 samples that decide")
    }

    @Test("only a signature makes a check not applicable")
    func notApplicable() {
        #expect(judged(check(), outcome(.notApplicable)).verdict == .unknown)
    }

    @Test("no rule makes anything greener", arguments: 1...4)
    func rulesOnlyTakeAway(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let check = check(
                Check.Traits(rawValue: Int.random(in: 0..<64, using: &random)),
                grade: Grade.allCases.randomElement(using: &random) ?? .person)
            var outcome = outcome(
                Verdict.allCases.randomElement(using: &random) ?? .unknown,
                subjects: Int.random(in: 0...2, using: &random))
            if Bool.random(using: &random) { outcome.control = .held }
            if Bool.random(using: &random) { outcome.reportsOn = "x" }
            if Bool.random(using: &random) {
                outcome.vantage = .init(name: "v", isInside: Bool.random(using: &random))
            }
            let result = judged(check, outcome)
            #expect(result.verdict != .pass || outcome.verdict == .pass, "seed \(seed)")
            #expect(result.verdict != .warn || outcome.verdict == .warn, "seed \(seed)")
            #expect(result.verdict != .notApplicable, "seed \(seed)")
            #expect(result.grade <= check.grade, "seed \(seed)")
        }
    }
}
