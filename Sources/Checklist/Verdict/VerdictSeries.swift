import TimeSeries

/// Verdicts as series, so that rules and SLOs can use them. A verdict or a state that never was has no
/// series; one that was and is no longer is 0.
public struct VerdictSeries: Sendable {
    /// A plan, by the name of its file, as it stands.
    public struct Judged: Sendable {
        public var name: String
        public var plan: BoundPlan
        public var verdict: PlanVerdict

        public init(name: String, plan: BoundPlan, verdict: PlanVerdict) {
            self.name = name
            self.plan = plan
            self.verdict = verdict
        }
    }

    private var seen: [Labels: Set<String>] = [:]

    public init() {}

    /// The samples of one look. Of checks that no item rests on nothing is written.
    public mutating func samples(
        of plans: [Judged], at now: Timestamp
    ) -> [(labels: Labels, value: Double)] {
        var samples: [(labels: Labels, value: Double)] = []
        var written: Set<Labels> = []
        for judged in plans {
            for item in judged.verdict.items {
                samples += states(
                    ["__name__": "dogwatch_item_state", "plan": judged.name, "item": item.anchor],
                    label: "state", now: item.state.word)
                for result in item.results {
                    let labels: Labels = ["check": result.check, "target": result.target]
                    guard written.insert(labels).inserted else { continue }
                    let aged = result.aged(at: now)
                    samples += states(
                        labels.with("__name__", "dogwatch_check"), label: "verdict",
                        now: aged.verdict.rawValue)
                    if let seen = result.observedAt {
                        samples.append(
                            (
                                labels.with("__name__", "dogwatch_check_age_seconds"),
                                max(0, Double(now.duration(since: seen).milliseconds) / 1000)
                            ))
                    }
                }
            }
            samples += scores(of: judged)
        }
        return samples
    }

    /// How far a plan is, by its items and by their weights.
    private func scores(of judged: Judged) -> [(labels: Labels, value: Double)] {
        let plan: Labels = ["plan": judged.name]
        let scope = SecurityScore.scope(of: judged.plan, judged.verdict.items) { _ in true }
        let score = SecurityScore(of: scope)
        var samples = [
            (plan.with("__name__", "dogwatch_plan_items"), Double(judged.verdict.items.count)),
            (plan.with("__name__", "dogwatch_plan_items_done"), Double(judged.verdict.done)),
        ]
        for (word, share) in [("verified", score.verified), ("attested", score.attested)] {
            guard let value = share.value else { continue }
            samples.append(
                (plan.with("__name__", "dogwatch_plan_score").with("by", word), value))
        }
        return samples
    }

    private mutating func states(
        _ labels: Labels, label: String, now word: String
    ) -> [(labels: Labels, value: Double)] {
        seen[labels, default: []].insert(word)
        return (seen[labels] ?? []).sorted().map {
            (labels.with(label, $0), $0 == word ? 1 : 0)
        }
    }
}
