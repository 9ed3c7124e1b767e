import PromQL
import TimeSeries

/// All that a plan is judged by, besides its own text.
public struct PlanFacts: Sendable {
    /// Check → its results on each target.
    public var results: [String: [CheckResult]]
    public var attestations: [Attestation]
    /// Anchor → when a check of the item last failed.
    public var lastFailures: [String: Timestamp]
    /// The version that runs, for signatures about one release.
    public var release: String?
    /// For the plan's own conditions.
    public var engine: Engine?
    /// Figures over all that is watched.
    public var figures: [ChecklistReport.Figure] = []

    public init(
        results: [String: [CheckResult]] = [:], attestations: [Attestation] = [],
        lastFailures: [String: Timestamp] = [:], release: String? = nil, engine: Engine? = nil
    ) {
        self.results = results
        self.attestations = attestations
        self.lastFailures = lastFailures
        self.release = release
        self.engine = engine
    }
}

/// The verdict on every item of a plan at one instant.
public struct PlanVerdict: Sendable, Hashable {
    public var at: Timestamp
    /// In the plan's order.
    public var items: [ItemVerdict]
    /// In the order of the plan's risk register.
    public var risks: [RiskVerdict]

    /// Judges every item; those that follow from others come last.
    public init(of plan: BoundPlan, by facts: PlanFacts, at now: Timestamp) {
        at = now
        let judge = PlanJudge(plan: plan, facts: facts, now: now)
        items = plan.items.map { judge.verdict(on: $0) }
        risks = plan.plan.risks.map { row in
            let checks = plan.bindings.risks.first { $0.row == row.anchor }?.checks ?? []
            return RiskVerdict(anchor: row.anchor, results: checks.map(judge.results))
        }
        deriveItems(of: plan, judge)
    }

    /// Items may follow from items that follow from others: each round settles one more level. A
    /// circle never settles and stays unknown.
    private mutating func deriveItems(of plan: BoundPlan, _ judge: PlanJudge) {
        let derived = plan.items.indices.filter { plan.items[$0].checks.contains("item.derived") }
        for _ in derived {
            var hasChanged = false
            for index in derived {
                let derived = Outcome(deriving: plan.items[index], from: items, of: plan, at: at)
                let verdict = judge.verdict(on: plan.items[index], derived: derived)
                hasChanged = hasChanged || verdict != items[index]
                items[index] = verdict
            }
            if !hasChanged { return }
        }
    }

    public var done: Int { items.count { $0.state.isDone } }
}

/// Collects what one item is judged by.
private struct PlanJudge {
    let plan: BoundPlan
    let facts: PlanFacts
    let now: Timestamp
    private let attestations: [String: [Attestation]]
    /// As they are now.
    private let aged: [String: [CheckResult]]

    init(plan: BoundPlan, facts: PlanFacts, now: Timestamp) {
        self.plan = plan
        self.facts = facts
        self.now = now
        attestations = Dictionary(grouping: facts.attestations, by: \.item)
        aged = facts.results.mapValues { results in results.map { $0.aged(at: now) } }
    }

    /// - Parameter derived: What the items that it follows from come to.
    func verdict(on item: BoundItem, derived: Outcome? = nil) -> ItemVerdict {
        let signatures = Signatures(
            signatures(on: item), on: item, lastFailure: facts.lastFailures[item.item.anchor],
            release: facts.release, at: now)
        let found = item.checks.map { Catalogue[$0] }
        // A check that there is none of has no results, which is unknown.
        let results = found.map { check in
            check.map { self.results(of: $0, for: item, derived: derived) } ?? []
        }
        let checks = found.compactMap(\.self)
        return ItemJudge(
            item: item, itemClass: item.itemClass(of: checks, allowing: plan.bindings.allow),
            severity: item.severity(of: checks),
            results: results, signatures: signatures, now: now
        ).verdict()
    }

    /// Those under its anchor and, where it has moved, under the one that was bound.
    private func signatures(on item: BoundItem) -> [Attestation] {
        guard !attestations.isEmpty else { return [] }
        let own = attestations[item.item.anchor] ?? []
        guard let bound = item.binding?.anchor, bound != item.item.anchor else { return own }
        return own + (attestations[bound] ?? [])
    }

    private func results(
        of check: Check, for item: BoundItem, derived: Outcome?
    ) -> [CheckResult] {
        let id = check.id
        if id == "assert.promql" { return [conditionResult(check, item)] }
        if let bound = item.binding?.assertions.first(where: { $0.check == id }) {
            let found = aged[id]?.first { $0.target == bound.name }
            return [found ?? .unknown(check, "it was not looked at", on: bound.name, at: now)]
        }
        if id == "item.derived", let derived {
            return [CheckResult(check, derived, on: "", at: now)]
        }
        let found = results(of: check)
        guard let names = item.binding?.targets[id], !isBarred(check) else { return found }
        return names.map { name in
            found.first { $0.target == name || $0.target.hasSuffix("/\(name)") }
                ?? .unknown(check, "there is no such target", on: name, at: now)
        }
    }

    /// On every target; at least one result.
    func results(of id: String) -> [CheckResult] {
        Catalogue[id].map { results(of: $0) } ?? []
    }

    private func isBarred(_ check: Check) -> Bool {
        check.isOptIn && !plan.bindings.allow.contains(check.id)
    }

    private func results(of check: Check) -> [CheckResult] {
        if isBarred(check) {
            return [.unknown(check, "opt-in: nobody has allowed it", at: now)]
        }
        let found = aged[check.id] ?? []
        return found.isEmpty ? [.unknown(check, "it has not run", at: now)] : found
    }

    private func conditionResult(_ check: Check, _ item: BoundItem) -> CheckResult {
        guard let bound = item.binding?.condition, let engine = facts.engine else {
            return .unknown(check, "no series are at hand", at: now)
        }
        return CheckResult(check, bound.outcome(in: engine, at: now), on: "", at: now)
    }
}

extension BoundCondition {
    /// A value on the wrong side fails, none is unknown.
    func outcome(in engine: Engine, at now: Timestamp) -> Outcome {
        let found: [Condition.Finding]
        do {
            found = try condition.findings(in: engine, at: now)
        } catch {
            return .unknown("\(error)", at: now)
        }
        let wrong = found.first { $0.holds == false }
        let undecided = found.contains { $0.holds == nil }
        let shown = (wrong ?? found.first).map { numberText($0.value) } ?? "no result"
        let verdict: Verdict = wrong != nil ? .fail : undecided ? .unknown : .pass
        var outcome = Outcome(
            verdict, "\(shown), wanted \(condition)", subjects: found.count, at: now)
        let count = samples.map { expression -> Double in
            (try? engine.instant(expression, at: now).value.single).flatMap(\.self) ?? 0
        }
        outcome.sample = count.map { Outcome.Sample(count: $0, needed: minimumSamples) }
        return outcome
    }
}

extension Outcome {
    /// An item that follows from others: all of them done, or any failed.
    fileprivate init(
        deriving item: BoundItem, from verdicts: [ItemVerdict], of plan: BoundPlan,
        at now: Timestamp
    ) {
        let from = item.binding?.from ?? []
        let sections = plan.plan.sections
        let sources = zip(plan.items, verdicts).filter { other, _ in
            guard other.item.anchor != item.item.anchor else { return false }
            return from.contains(other.item.anchor)
                || from.contains(sections[other.item.section].slug)
        }
        .map(\.1)
        let done = sources.count { $0.state.isDone }
        let hasFailed = sources.contains { $0.state == .failed || $0.state.isWaived }
        self.init(
            hasFailed ? .fail : done == sources.count ? .pass : .unknown,
            "\(done)/\(sources.count) items it follows from are done",
            subjects: sources.count, at: now)
    }
}
