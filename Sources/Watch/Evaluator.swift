import Configuration
import Execution
import Rules
import Snapshot
import Targets
import TimeSeries

/// Evaluates KPIs and alert conditions over the stored samples, beside the engine, so that a slow
/// query delays neither a collection nor a snapshot. What alerts write goes to the head.
actor Evaluator {
    /// What one evaluation found.
    struct Result: Sendable {
        var kpis: [KPIState] = []
        var alerts: [AlertCondition] = []
        var notices: [Notice] = []
    }

    private let head: Head
    private let store: any SeriesStore
    private var kpis: [JudgedKPI] = []
    private var alerts: [JudgedAlert] = []
    /// Series of alerts that are no longer configured; they end at the next evaluation.
    private var ending: [LiveSeries] = []
    private let executor = QueueExecutor("dogwatch.alerts")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(head: Head, store: any SeriesStore, configuration: Configuration) {
        self.head = head
        self.store = store
        kpis = configuration.kpis.map { JudgedKPI(spec: $0, step: configuration.watch.interval) }
        alerts = configuration.alerts.map(JudgedAlert.init)
    }

    /// Takes a new configuration. What stayed the same keeps its state.
    func use(_ configuration: Configuration) {
        kpis = configuration.kpis.map { spec in
            kpis.first { $0.spec == spec }
                ?? JudgedKPI(spec: spec, step: configuration.watch.interval)
        }
        let specs = Set(configuration.alerts)
        ending += alerts.filter { !specs.contains($0.threshold.spec) }.map(\.series)
        alerts = configuration.alerts.map { spec in
            alerts.first { $0.threshold.spec == spec } ?? JudgedAlert(spec: spec)
        }
    }

    func evaluate(at now: Timestamp, recordsHistory: Bool) -> Result {
        var result = Result()
        for index in ending.indices {
            ending[index].end(at: now, to: { head.append($0, $1) })
        }
        ending = []
        for index in kpis.indices {
            kpis[index].evaluate(on: store, at: now, recordsHistory: recordsHistory)
            result.kpis.append(kpis[index].state)
        }
        for index in alerts.indices {
            alerts[index].evaluate(on: store, at: now, writingTo: head)
            result.alerts += alerts[index].threshold.conditions
            if let failure = alerts[index].failure {
                let text = "alert \"\(alerts[index].threshold.spec.name)\": \(failure)"
                result.notices.append(Notice(at: now, health: .unknown, text: text))
            }
        }
        result.alerts = result.alerts.sortedByUrgency
        return result
    }
}

extension [AlertCondition] {
    /// Firing before pending, pages before tickets, the configuration's order among equals.
    var sortedByUrgency: [AlertCondition] {
        func rank(_ alert: AlertCondition) -> Int {
            let isPending = if case .pending = alert.state { true } else { false }
            let severity = ["page": 0, "ticket": 1][alert.severity] ?? 2
            return (isPending ? 10 : 0) + severity
        }
        return enumerated()
            .sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
            .map(\.element)
    }
}

/// One KPI with its newest state.
private struct JudgedKPI {
    let spec: KPISpec
    private let question: Question
    private var ring: HistoryRing
    private(set) var state: KPIState

    init(spec: KPISpec, step: Duration) {
        self.spec = spec
        question = Question(spec.value)
        ring = HistoryRing(step: step)
        state = KPIState(
            name: spec.name, expression: spec.value, unit: spec.unit,
            comparison: spec.target?.comparison.rawValue, limit: spec.target?.limit,
            judgement: .unknown("not evaluated yet"))
    }

    mutating func evaluate(on store: any SeriesStore, at now: Timestamp, recordsHistory: Bool) {
        let answer = question.ask(store, at: now)
        let value = answer.flatMap(Self.single)
        state.value = try? value.get()
        state.judgement = judge(value, coverage: question.coverage(of: store, at: now))
        if recordsHistory { ring.record(state.value, at: now) }
        state.history = ring.history
    }

    private static func single(
        _ elements: [Question.Element]
    ) -> Swift.Result<Double, Question.Failure> {
        guard let first = elements.first else { return .failure(.init("no data")) }
        guard elements.count == 1 else {
            return .failure(.init("\(elements.count) series instead of one: aggregate them"))
        }
        return first.value.isNaN ? .failure(.init("no data")) : .success(first.value)
    }

    private func judge(
        _ value: Swift.Result<Double, Question.Failure>, coverage: Question.Coverage
    ) -> KPIState.Judgement {
        if coverage.isWarming {
            return .warming(observed: coverage.observed, needed: coverage.needed)
        }
        switch value {
        case .failure(let failure): return .unknown(failure.text)
        case .success(let value):
            guard let target = spec.target else { return .unjudged }
            return target.holds(for: value) ? .met : .missed
        }
    }
}

/// One alert's condition with its elements.
private struct JudgedAlert {
    private let question: Question
    private(set) var threshold: Threshold
    private(set) var failure: String?
    /// Its `ALERTS` and `ALERTS_FOR_STATE`.
    private(set) var series = LiveSeries()

    init(spec: AlertSpec) {
        question = Question(spec.value)
        threshold = Threshold(spec: spec)
    }

    mutating func evaluate(on store: any SeriesStore, at now: Timestamp, writingTo head: Head) {
        guard !question.coverage(of: store, at: now).isWarming else { return }
        switch question.ask(store, at: now) {
        case .success(let elements):
            failure = nil
            threshold.evaluate(elements.map { ($0.labels, $0.value) }, at: now)
            _ = series.append(
                threshold.alerts.flatMap { $0.samples(at: now) }, at: now,
                to: { head.append($0, $1) })
        case .failure(let why): failure = why.text
        }
    }
}
