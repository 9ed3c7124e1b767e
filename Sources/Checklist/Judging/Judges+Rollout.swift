import PromQL
import Targets
import TimeSeries

extension Judges {
    /// How a release is rolled out, by what plans say of its colours.
    static let rollout: [String: Judge] = [
        "deploy.two-colours": { evidence in
            evidence.eachEngine { containers, seen in
                colours(containers, evidence.rolloutPlan, evidence, at: seen)
            }
        },
        "deploy.canary-share": { evidence in
            [Judged(target: "", outcome: share(evidence, evidence.rolloutPlan))]
        },
        "deploy.instances": { evidence in
            evidence.eachEngine { containers, seen in
                instances(containers, evidence.rolloutPlan, at: seen)
            }
        },
    ]

    /// Both are there and well while a release is created; both must not serve but during a split.
    private static func colours(
        _ containers: [Container], _ plan: DeploymentPlan, _ evidence: Evidence, at seen: Timestamp
    ) -> Outcome {
        guard !plan.blue.isEmpty, !plan.green.isEmpty else {
            return .unknown("blue and green of [deploy] are not named", at: seen)
        }
        let blue = containers.filter { DeploymentPlan.holds(plan.blue, $0.name) }
        let green = containers.filter { DeploymentPlan.holds(plan.green, $0.name) }
        let all = blue + green
        func outcome(_ verdict: Verdict, _ text: String) -> Outcome {
            Outcome(verdict, text, subjects: all.count, at: seen)
        }
        guard !all.isEmpty else { return .unknown("neither colour runs here", at: seen) }
        if let ill = all.first(where: { $0.health == "unhealthy" }) {
            return outcome(.fail, "\(ill.name) is unhealthy")
        }
        let rates = evidence.rates(of: plan)
        let serving = rates.map { rates in
            rates.blue > 0 && rates.green > 0
                ? "both serve" : rates.blue > 0 ? "blue serves" : "green serves"
        }
        let text =
            "blue \(blue.count), green \(green.count); \(serving ?? "who serves is not known")"
        guard let serving else { return .unknown(text, at: seen) }
        if let silent = all.first(where: { $0.health != "healthy" }) {
            return .unknown(
                "\(silent.name) is \(silent.health ?? "without a health check")", at: seen)
        }
        // During a split the share is for `deploy.canary-share` to judge.
        return outcome(serving == "both serve" ? .warn : .pass, text)
    }

    /// The new colour is the one with less; 5 % in the first stage, all in the second.
    private static func share(_ evidence: Evidence, _ plan: DeploymentPlan) -> Outcome {
        let now = evidence.now
        guard plan.blueRate != nil, plan.greenRate != nil else {
            return .unknown("blue_rate and green_rate of [deploy] are not given", at: now)
        }
        guard let rates = evidence.rates(of: plan) else {
            return .unknown("no request is counted", at: now)
        }
        let total = rates.blue + rates.green
        let smaller = min(rates.blue, rates.green) / total
        let name = rates.blue < rates.green ? "blue" : "green"
        let percent = numberText((smaller * 1000).rounded() / 10)
        let count = (total * 300).rounded()
        let isSplit = abs(smaller - 0.05) <= 0.02
        let isWhole = smaller <= 0.01
        var outcome = Outcome(
            isSplit || isWhole ? .pass : .fail,
            isWhole
                ? "one colour serves \(numberText(((1 - smaller) * 1000).rounded(.down) / 10)) %"
                : "\(name) \(percent) % of \(numberText(count)) in 5 min",
            subjects: 1, at: now)
        outcome.sample = .init(count: count, needed: 300)
        return outcome
    }

    /// Which of them answer is not seen from here: two that are well are met with that reservation.
    private static func instances(
        _ containers: [Container], _ plan: DeploymentPlan, at seen: Timestamp
    ) -> Outcome {
        guard !plan.instances.isEmpty else {
            return .unknown("instances of [deploy] are not named", at: seen)
        }
        let own = containers.filter { DeploymentPlan.holds(plan.instances, $0.name) }
        guard !own.isEmpty else { return .unknown("none of them runs here", at: seen) }
        let healthy = own.count { $0.health == "healthy" }
        if healthy < 2, own.count >= 2, own.contains(where: { $0.health == nil }) {
            return .unknown("whether they are well is not known: no health check", at: seen)
        }
        return Outcome(
            healthy >= 2 ? .warn : .fail,
            "\(healthy) of \(own.count) healthy; who answers is not seen", subjects: own.count,
            at: seen)
    }
}

extension Evidence {
    /// Requests a second of each colour over five minutes; nil where none is counted.
    fileprivate func rates(of plan: DeploymentPlan) -> (blue: Double, green: Double)? {
        guard let blue = plan.blueRate, let green = plan.greenRate, let engine else { return nil }
        let value = { (expression: Expression) -> Double? in
            let found = try? engine.instant(expression, at: now).value.single
            return found.flatMap { $0.isNaN ? nil : $0 }
        }
        let (first, second) = (value(blue), value(green))
        guard first != nil || second != nil, (first ?? 0) + (second ?? 0) > 0 else { return nil }
        return (first ?? 0, second ?? 0)
    }
}
