import TestSupport
import Testing
import TimeSeries

@testable import Checklist

@Suite("An item's state")
struct ItemVerdictTests {
    private let two = ["pg.logging.connections", "pg.audit.pgaudit"]

    private func results(_ first: Verdict, _ second: Verdict) -> [CheckResult] {
        [result(two[0], first), result(two[1], second)]
    }

    @Test(
        "follows from evidence alone where its class is auto",
        arguments: [
            (Verdict.pass, Verdict.pass, "verified"), (.pass, .warn, "verified-with-reservations"),
            (.pass, .unknown, "unknown"), (.pass, .noFinding, "verified"),
            (.noFinding, .noFinding, "unknown"), (.unknown, .fail, "failed"),
            (.pass, .fail, "failed"), (.supports, .pass, "unknown"),
        ])
    func auto(first: Verdict, second: Verdict, word: String) throws {
        let plan = try bound { $0.checks = two }
        #expect(verdict(of: plan, results(first, second)).state.word == word)
    }

    @Test("needs as many checks as its binding says")
    func need() throws {
        let any = try bound {
            $0.checks = two
            $0.need = .any
        }
        #expect(verdict(of: any, results(.pass, .unknown)).state == .verified)
        #expect(verdict(of: any, results(.warn, .unknown)).state == .verifiedWithReservations)
        #expect(verdict(of: any, results(.pass, .fail)).state == .failed)
        let both = try bound {
            $0.checks = two
            $0.need = .atLeast(2)
        }
        #expect(verdict(of: both, results(.pass, .unknown)).state == .unknown)
    }

    @Test("is open with what supports it until a person signs, where its class is partial")
    func partial() throws {
        let plan = try bound {
            $0.checks = two
            $0.itemClass = .partial
        }
        let open = verdict(of: plan, results(.pass, .unknown))
        #expect(open.state == .open)
        #expect((open.supported, open.checks) == (1, 2))
        let signed = signature(on: plan)
        #expect(
            verdict(of: plan, results(.pass, .unknown), signed: [signed]).state
                == .attested(by: ["bea"], until: signed.expires))
        #expect(verdict(of: plan, results(.pass, .fail), signed: [signed]).state == .failed)
    }

    @Test("is attested, then expired, where only a person can say")
    func attested() throws {
        let plan = try bound { $0.itemClass = .attest }
        let signed = signature(on: plan, days: 20)
        #expect(verdict(of: plan).state == .open)
        #expect(verdict(of: plan, signed: [signed]).state.word == "attested")
        let near = verdict(of: plan, signed: [signed], at: start + .days(7))
        #expect(near.notes == ["the signature ends in 12 d"])
        let late = verdict(of: plan, signed: [signed], at: start + .days(20))
        #expect(late.state == .expired(at: signed.expires))
    }

    @Test("does not take a signature that lacks something")
    func unsound() throws {
        let plan = try bound { $0.itemClass = .attest }
        let sound = signature(on: plan)
        var flawed: [Attestation] = []
        for change: (inout Attestation) -> Void in [
            { $0.statement = " " }, { $0.signer = "" }, { $0.textHash = "other" },
            { $0.expires = $0.signed + .days(366) }, { $0.signed = start + .seconds(1) },
            { $0.scope = "1.4.0" }, { $0.expires = $0.signed },
        ] {
            var copy = sound
            change(&copy)
            flawed.append(copy)
        }
        for signature in flawed {
            #expect(verdict(of: plan, signed: [signature]).state == .open)
        }
        #expect(verdict(of: plan, signed: flawed + [sound]).state.word == "attested")
    }

    @Test("asks for evidence and for several signers where its binding does")
    func strictSignatures() throws {
        let plan = try bound {
            $0.itemClass = .attest
            $0.needsEvidence = true
            $0.signers = 2
        }
        var first = signature(on: plan)
        var second = signature(on: plan, by: "carlos")
        #expect(verdict(of: plan, signed: [first, second]).state == .open)
        let proof = Attestation.Evidence(
            url: "https://x", sha256: String(repeating: "a", count: 64))
        first.evidence = [proof]
        #expect(verdict(of: plan, signed: [first, first]).state == .open)
        second.evidence = [proof]
        #expect(verdict(of: plan, signed: [first, second]).state.word == "attested")
    }

    @Test("ends a signature when its signer revokes it, or a check failed after it")
    func endings() throws {
        let plan = try bound { $0.itemClass = .attest }
        let signed = signature(on: plan)
        let revoked = signature(on: plan, .revoked, signed: start - .seconds(60))
        #expect(verdict(of: plan, signed: [signed, revoked]).state == .open)
        #expect(
            verdict(of: plan, signed: [signed], lastFailure: start - .seconds(60)).state == .open)
        let refused = signature(on: plan, .doesNotHold, by: "carlos")
        #expect(verdict(of: plan, signed: [signed, refused]).state == .failed)
    }

    @Test("shows a waiver, which changes neither what failed nor lasts")
    func waiver() throws {
        let plan = try bound { $0.checks = two }
        let waiver = signature(on: plan, .waived, days: 1)
        let failing = results(.fail, .pass)
        #expect(
            verdict(of: plan, failing, signed: [waiver]).state
                == .waived(by: "bea", until: waiver.expires))
        #expect(verdict(of: plan, results(.pass, .pass), signed: [waiver]).state == .verified)
        let aside = signature(on: plan, .notApplicable)
        #expect(verdict(of: plan, failing, signed: [aside]).state.word == "not-applicable")
    }

    @Test("holds the box against the evidence")
    func boxes() throws {
        let ticked = try bound("- [x] **Audit:** log all") { $0.checks = two }
        let open = try bound { $0.checks = two }
        #expect(verdict(of: ticked, results(.pass, .fail)).box == .contradicted)
        #expect(verdict(of: ticked, results(.pass, .pass)).box == .agrees)
        #expect(verdict(of: open, results(.pass, .pass)).box == .open)
        #expect(verdict(of: open, results(.pass, .fail)).box == .agrees)
        #expect(verdict(of: ticked).box == .agrees)
    }

    @Test("is unbound without a binding, whatever its box says")
    func unbound() throws {
        let plan = BoundPlan(try plan("- [x] done"), Bindings())
        #expect(verdict(of: plan).state == .unbound)
        #expect(!verdict(of: plan).state.isDone)
    }

    @Test("counts a check once, by its worst target, and only the targets that are named")
    func targets() throws {
        let all = try bound { $0.checks = ["pg.auth.scram"] }
        let mixed = [
            result("pg.auth.scram", .pass), result("pg.auth.scram", .fail, on: "postgres/old"),
        ]
        #expect(verdict(of: all, mixed).state == .failed)
        let named = try bound {
            $0.checks = ["pg.auth.scram"]
            $0.targets = ["pg.auth.scram": ["jobs"]]
        }
        #expect(verdict(of: named, mixed).state == .verified)
        let missing = try bound {
            $0.checks = ["pg.auth.scram"]
            $0.targets = ["pg.auth.scram": ["jobs", "gone"]]
        }
        #expect(verdict(of: missing, mixed).state == .unknown)
    }

    @Test("counts as partial while an opt-in check is not allowed")
    func optIn() throws {
        var plan = try bound { $0.checks = ["http.ratelimit.burst"] }
        let passing = result("http.ratelimit.burst", .pass)
        #expect(verdict(of: plan, [passing]).state == .open)
        plan.bindings.allow = ["http.ratelimit.burst"]
        #expect(verdict(of: plan, [passing]).state == .verified)
    }

    @Test("is unknown with a check that there is none of")
    func noSuchCheck() throws {
        let plan = try bound { $0.checks = ["pg.auth.scram", "pg.no-such"] }
        #expect(verdict(of: plan, [result("pg.auth.scram", .pass)]).state == .unknown)
    }

    @Test("ages with its evidence")
    func ageing() throws {
        let plan = try bound { $0.checks = two }
        let old = verdict(of: plan, results(.pass, .pass), at: start + .hours(4))
        #expect(old.state == .unknown)
        #expect(old.results[0].evidence == "last verified 4 h ago")
    }
}

@Suite("Items that follow from others")
struct DerivedItemTests {
    private func states(_ verdicts: [Verdict]) throws -> [String] {
        let document = """
            # A
            - [ ] one
            - [ ] two
            # B
            - [ ] both
            # C
            - [ ] chain
            """
        let plan = try plan(document)
        let items = plan.items.map { item in
            var binding = ItemBinding(anchor: item.anchor, text: item.text)
            switch item.text {
            case "one": binding.checks = ["pg.auth.scram"]
            case "two": binding.checks = ["pg.roles.public-create"]
            case "both":
                binding.checks = ["item.derived"]
                binding.from = ["a"]
            default:
                binding.checks = ["item.derived"]
                binding.from = ["b/both"]
            }
            return binding
        }
        let results = [
            result("pg.auth.scram", verdicts[0]), result("pg.roles.public-create", verdicts[1]),
        ]
        let facts = PlanFacts(results: Dictionary(grouping: results, by: \.check))
        let bound = BoundPlan(plan, Bindings(items: items))
        return PlanVerdict(of: bound, by: facts, at: start).items.map(\.state.word)
    }

    @Test("pass when all are done, fail with any, and are unknown otherwise")
    func states() throws {
        #expect(try states([.pass, .pass]) == ["verified", "verified", "verified", "verified"])
        #expect(try states([.pass, .fail]) == ["verified", "failed", "failed", "failed"])
        #expect(try states([.pass, .unknown])[2...] == ["unknown", "unknown"])
    }

    @Test("are unknown in a circle and without a source")
    func circles() throws {
        let plan = try bound("- [ ] a\n- [ ] b") {
            $0.checks = ["item.derived"]
            $0.from = $0.anchor == "p/a" ? ["p/b"] : ["p/a"]
        }
        #expect(
            PlanVerdict(of: plan, by: PlanFacts(), at: start).items.allSatisfy {
                $0.state == .unknown
            })
        let alone = try bound {
            $0.checks = ["item.derived"]
            $0.from = ["nowhere"]
        }
        #expect(verdict(of: alone).state == .unknown)
    }
}
