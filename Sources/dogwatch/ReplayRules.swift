import Alerting
import ArgumentParser
import PromQL
import TimeSeries

/// The life of threshold alerts over samples.
struct ReplayRules: ScriptCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "States and events of threshold rules over samples.")

    /// Of one scenario.
    static let mostEvaluations = 1_000_000.0

    @OptionGroup var file: ScriptFile

    struct Script: Decodable {
        var scenarios: [Scenario]
    }

    struct Scenario: Decodable {
        var id: String
        var rule: Rule
        var interval: ScriptSpan
        var end: ScriptSpan
        var samples: [SampleRow]
        var maxGap: ScriptSpan?

        enum CodingKeys: String, CodingKey {
            case id, rule, samples
            case interval = "eval_interval_s"
            case end = "end_s"
            case maxGap = "max_gap_s"
        }
    }

    /// What is absent is zero; `no_data` is `keep` then, and the staleness Prometheus' five minutes.
    struct Rule: Decodable {
        var op: Word<Condition.Operator>
        var threshold: Double
        var clear: Double?
        var hold: ScriptSpan?
        var keepFiringFor: ScriptSpan?
        var noData: Word<AlertRule.NoData>?
        var staleness: ScriptSpan?
        var aggregation: Word<Aggregation>?
        var window: ScriptSpan?

        enum CodingKeys: String, CodingKey {
            case op, threshold
            case clear = "clear_threshold"
            case hold = "for_s"
            case keepFiringFor = "keep_firing_for_s"
            case noData = "no_data"
            case staleness = "staleness_s"
            case aggregation = "agg"
            case window = "window_s"
        }
    }

    enum Aggregation: String, CaseIterable { case last, avg, max, min, sum, count }

    /// A time with a value, or with the end of the series.
    struct SampleRow: Decodable {
        var time: ScriptTime
        var value: Double

        init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            time = try row.decode(ScriptTime.self)
            if let text = try? row.decode(String.self), text == "stale" {
                value = .stale
            } else {
                row = try decoder.unkeyedContainer()
                _ = try row.decode(ScriptTime.self)
                value = try row.decode(Double.self)
            }
        }
    }

    struct Answer: Encodable {
        var scenarios: [Life]

        struct Life: Encodable {
            var id: String
            var states: [State]
            var events: [Event]
        }

        struct State: Encodable {
            var t: Double
            var state: String
        }

        struct Event: Encodable {
            var t: Double
            var event: AlertEvent
        }
    }

    func answer(_ script: Script) throws(ScriptFault) -> Answer {
        Answer(scenarios: try script.scenarios.map(life))
    }

    private func life(_ scenario: Scenario) throws(ScriptFault) -> Answer.Life {
        let (interval, end) = (scenario.interval.seconds, scenario.end.seconds)
        guard interval > 0, end / interval < Self.mostEvaluations else {
            throw ScriptFault(
                "scenario \(scenario.id): eval_interval_s must be above 0, for at most "
                    + "\(Int(Self.mostEvaluations)) evaluations")
        }
        let staleness = scenario.rule.staleness?.duration ?? .seconds(300)
        let engine = Engine(scenario.head, options: EngineOptions(lookBack: staleness))
        let (rule, value) = (try scenario.alertRule(), try scenario.rule.value(scenario.id))
        var cycle = AlertCycle()
        var life = Answer.Life(id: scenario.id, states: [], events: [])
        for seconds in stride(from: 0, through: end, by: interval) {
            let now = Timestamp(seconds: seconds)
            let event = cycle.evaluate(finding(value, engine, now), by: rule, at: now)
            life.states.append(.init(t: seconds, state: cycle.state.word))
            if let event { life.events.append(.init(t: seconds, event: event)) }
        }
        return life
    }

    private func finding(_ value: Expression, _ engine: Engine, _ now: Timestamp) -> Finding {
        guard let result = try? engine.instant(value, at: now) else { return .error }
        return result.value.single.map(Finding.value) ?? .noData
    }
}

extension ReplayRules.Scenario {
    /// The samples as the one series of a store, which takes them in the order of their times.
    fileprivate var head: Head {
        let head = Head(span: .seconds(1 << 40))
        for row in samples.sorted(by: { $0.time < $1.time }) {
            head.append(["__name__": "value"], row.sample)
        }
        return head
    }

    fileprivate func alertRule() throws(ScriptFault) -> AlertRule {
        guard let threshold = Threshold(rule.op.value, rule.threshold, clear: rule.clear) else {
            throw ScriptFault(
                "scenario \(id): clear_threshold is not on the safe side of threshold")
        }
        var result = AlertRule(
            threshold, hold: rule.hold?.duration ?? .zero,
            keepFiringFor: rule.keepFiringFor?.duration ?? .zero,
            noData: rule.noData?.value ?? .keep)
        result.maxGap = maxGap?.duration
        return result
    }
}

extension ReplayRules.SampleRow {
    fileprivate var sample: Sample { Sample(time.instant, value) }
}

extension ReplayRules.Rule {
    /// The watched value as PromQL.
    fileprivate func value(_ id: String) throws(ScriptFault) -> Expression {
        var text = "value"
        if let aggregation {
            guard let window, window > .zero else {
                throw ScriptFault("scenario \(id): agg needs window_s above 0")
            }
            let range = DurationText.text(milliseconds: window.duration.milliseconds)
            text = "\(aggregation.value.rawValue)_over_time(value[\(range)])"
        }
        do throws(ParseError) {
            return try Expression(parsing: text)
        } catch {
            throw ScriptFault("scenario \(id): \(error)")
        }
    }
}

extension AlertState {
    fileprivate var word: String {
        switch self {
        case .inactive: "inactive"
        case .pending: "pending"
        case .firing, .recovering: "firing"
        }
    }
}
