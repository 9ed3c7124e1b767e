import PromQL
import Targets
import TestSupport
import TimeSeries

@testable import Checklist

/// A check with nothing special about it but its traits.
func check(
    _ traits: Check.Traits = [], grade: Grade = .behaviour, owasp: [OWASPCategory] = [],
    cadence: Duration? = .seconds(60)
) -> Check {
    Check(
        id: "test.check", title: "", reads: "", rule: .init(pass: "it is so"), needs: "",
        cadence: cadence, owasp: owasp, severity: .high, grade: grade, reach: "", fix: "",
        traits: traits)
}

func outcome(_ verdict: Verdict = .pass, subjects: Int = 1, at seen: Timestamp = start) -> Outcome {
    Outcome(verdict, "seen", subjects: subjects, at: seen)
}

func judged(
    _ check: Check, _ outcome: Outcome, at now: Timestamp = start
) -> CheckResult {
    CheckResult(check, outcome, on: "http/api", at: now)
}

/// A result of a check of the catalogue.
func result(_ id: String, _ verdict: Verdict, on target: String = "postgres/jobs") -> CheckResult {
    guard let check = Catalogue[id] else { fatalError("no check \(id)") }
    var outcome = outcome(verdict)
    outcome.control = .held
    outcome.vantage = .init(name: "edge", isInside: false)
    outcome.reportsOn = "image"
    return CheckResult(check, outcome, on: target, at: start)
}

/// One item with a binding.
func bound(
    _ text: String = "- [ ] **Audit:** log all", _ change: (inout ItemBinding) -> Void = { _ in }
) throws -> BoundPlan {
    let plan = try plan("# P\n\n" + text)
    let items = plan.items.map { item in
        var binding = ItemBinding(anchor: item.anchor, text: item.text)
        change(&binding)
        return binding
    }
    return BoundPlan(plan, Bindings(items: items))
}

func signature(
    on plan: BoundPlan, _ state: Attestation.State = .holds, by signer: String = "bea",
    signed: Timestamp = start - .seconds(3600), days: Int = 90
) -> Attestation {
    Attestation(
        item: plan.items[0].item.anchor, textHash: plan.items[0].item.textHash, state: state,
        statement: "It was rehearsed.", signer: signer, signed: signed,
        expires: signed + .days(days))
}

func verdict(
    of plan: BoundPlan, _ results: [CheckResult] = [], signed: [Attestation] = [],
    lastFailure: Timestamp? = nil, at now: Timestamp = start
) -> ItemVerdict {
    let facts = PlanFacts(
        results: Dictionary(grouping: results, by: \.check), attestations: signed,
        lastFailures: lastFailure.map { [plan.items[0].item.anchor: $0] } ?? [:])
    return PlanVerdict(of: plan, by: facts, at: now).items[0]
}
