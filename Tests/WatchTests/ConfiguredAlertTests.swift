import Alerting
import Configuration
import Snapshot
import TestSupport
import Testing
import TimeSeries

@testable import Watch

@Suite("alerts of the configuration on the desk")
struct ConfiguredAlertTests {
    private let api: Labels = ["instance": "api"]

    private func spec(
        _ breach: Goal = Goal(.greater, 0.1), hold: Int = 60, clear: Double? = nil,
        keep: Int = 0, noData: AlertRule.NoData = .ok
    ) -> AlertSpec {
        var spec = AlertSpec(
            name: "slow", value: "x", breach: breach, severity: .page, noData: noData)
        spec.hold = .seconds(hold)
        spec.clear = clear
        spec.keepFiringFor = .seconds(keep)
        return spec
    }

    /// Runs values, one every 30 s (nil: no element), and says what each left behind.
    private func run(_ spec: AlertSpec, _ values: [Double?]) -> [String] {
        var desk = Desk(instance: "shop", plan: PagingPlan())
        let rule = WatchedRule(spec, interval: .seconds(30))
        return values.enumerated().map { index, value in
            let elements = value.map { value in
                [
                    AlertElement(
                        labels: api, finding: value.isNaN ? .noData : .value(value), value: value)
                ]
            }
            desk.judge(
                [RulePass(rule, .elements(elements ?? []))], at: start + .seconds(30 * index))
            switch desk.alerts.values.first?.incident.cycle.state {
            case nil, .inactive: return "–"
            case .pending: return "pending"
            case .firing, .recovering: return "firing"
            }
        }
    }

    @Test("a breach fires only once it has lasted for the hold")
    func hold() {
        #expect(run(spec(), [0.2, 0.2, 0.2, 0.05]) == ["pending", "pending", "firing", "–"])
    }

    @Test("one good value starts the hold anew")
    func restart() {
        #expect(run(spec(), [0.2, 0.05, 0.2, 0.2, 0.2]).last == "firing")
        #expect(run(spec(), [0.2, 0.05, 0.2, 0.2]).last == "pending")
    }

    @Test("without a hold it fires at once")
    func noHold() { #expect(run(spec(hold: 0), [0.2]) == ["firing"]) }

    @Test("once firing it ends on the safe side of clear")
    func hysteresis() {
        let above = spec(hold: 0, clear: 0.05)
        #expect(run(above, [0.2, 0.08, 0.04, 0.08]) == ["firing", "firing", "–", "–"])
        let below = spec(Goal(.less, 0.8), hold: 0, clear: 0.82)
        #expect(run(below, [0.79, 0.81, 0.83]) == ["firing", "firing", "–"])
    }

    @Test("keep_firing_for bridges good values")
    func keepFiring() {
        #expect(
            run(spec(hold: 0, keep: 60), [0.2, 0.05, 0.05, 0.05])
                == ["firing", "firing", "firing", "–"])
    }

    @Test(
        "no data means what the rule says",
        arguments: [
            (AlertRule.NoData.ok, ["firing", "–"]), (.keep, ["firing", "firing"]),
        ])
    func noData(policy: AlertRule.NoData, states: [String]) {
        #expect(run(spec(hold: 0, noData: policy), [0.2, nil]) == states)
    }

    @Test("an empty result is a breach where the rule says so")
    func noDataAlerts() {
        #expect(run(spec(hold: 0, noData: .alert), [0.05, nil]) == ["–", "firing"])
    }

    @Test("NaN breaches nothing")
    func nan() { #expect(run(spec(hold: 0), [.nan]) == ["–"]) }
}
