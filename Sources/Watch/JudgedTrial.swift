import Alerting
import Configuration
import Rules
import TimeSeries

/// The `[[alert]]` and `[[slo]]` of a configuration in a unit test: evaluated and kept as a watch
/// does it, with nobody to tell.
public struct JudgedTrial: TestedAlerts {
    private let alerts: [JudgedAlert]
    private var slos: [JudgedSLO]
    private var desk = Desk(instance: "test", plan: PagingPlan())
    private var series: [String: LiveSeries] = [:]
    public private(set) var failure: (name: String, reason: String)?

    /// - Parameter interval: From one evaluation to the next.
    public init(alerts: [AlertSpec], slos: [SLOSpec], interval: Duration) {
        self.alerts = alerts.map { JudgedAlert($0, interval: interval) }
        self.slos = slos.map { JudgedSLO($0, interval: interval) }
    }

    public mutating func evaluate(on head: Head, at now: Timestamp) {
        let nowhere = TargetNames([])
        var passes = alerts.compactMap { $0.pass(on: head, at: now, nowhere) }
        for pass in passes {
            guard failure == nil, case .failed(let why) = pass.outcome else { continue }
            failure = (pass.rule.name, why)
        }
        // Without data an SLO says so too: that ends no test.
        for index in slos.indices {
            slos[index].evaluate(on: head, maintenance: [], at: now)
            passes += slos[index].passes(at: now)
        }
        desk.judge(passes, at: now)
        for pass in passes {
            let written = RuleAlerts(pass.rule, desk).alerts.flatMap { $0.samples(at: now) }
            _ = series[pass.rule.id, default: LiveSeries()].append(
                written, at: now, to: { head.append($0, $1) })
        }
    }

    public func firing(named name: String) -> [Labels] {
        desk.alerts.values.filter { $0.name == name && $0.isFiring }.map(\.shownLabels)
    }
}
