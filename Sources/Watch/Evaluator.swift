import Alerting
import Configuration
import Execution
import Records
import Rules
import Snapshot
import Targets
import TimeSeries

/// Evaluates KPIs, SLOs and alert conditions over the stored samples, beside the engine, so that a
/// slow query delays neither a collection nor a snapshot. What becomes of alerts the pager decides.
actor Evaluator {
    /// What one evaluation found.
    struct Result: Sendable {
        var kpis: [KPIState] = []
        var slos: [SLOState] = []
        /// Of alerts and SLOs.
        var passes: [RulePass] = []
        /// What is to be kept of SLOs.
        var records: [StateRecord] = []
        var expired: [StateRecord.ID] = []
        var notices: [Notice] = []
    }

    private let head: Head
    private let store: any SeriesStore
    private var interval: Duration
    private var targets: TargetNames
    private var maintenance: [MaintenanceWindow]
    private var kpis: [JudgedKPI] = []
    private var slos: [JudgedSLO] = []
    private var alerts: [JudgedAlert] = []
    /// `ALERTS` and `ALERTS_FOR_STATE` of each rule.
    private var series: [String: LiveSeries] = [:]
    private let executor = QueueExecutor("dogwatch.alerts")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(head: Head, store: any SeriesStore, configuration: Configuration) {
        self.head = head
        self.store = store
        let interval = configuration.watch.interval
        self.interval = interval
        targets = TargetNames(configuration.targets)
        maintenance = configuration.paging.maintenance
        kpis = configuration.kpis.map { JudgedKPI(spec: $0, step: interval) }
        slos = configuration.slos.map { JudgedSLO($0, interval: interval) }
        alerts = configuration.alerts.map { JudgedAlert($0, interval: interval) }
    }

    /// SLOs go on from what was written down, but for what another clock dated after `limit`.
    func restore(_ records: [StateRecord], through limit: Timestamp) {
        for index in slos.indices { slos[index].restore(records, through: limit) }
    }

    /// After a pause: slices that were begun before it are seen by nobody.
    func dropOpenSlices() {
        for index in slos.indices { slos[index].dropOpenSlice() }
    }

    /// Takes a new configuration. What stayed the same keeps its state.
    func use(_ configuration: Configuration) {
        let isSame = interval == configuration.watch.interval
        interval = configuration.watch.interval
        targets = TargetNames(configuration.targets)
        maintenance = configuration.paging.maintenance
        kpis = configuration.kpis.map { spec in
            kpis.first { $0.spec == spec } ?? JudgedKPI(spec: spec, step: interval)
        }
        slos = configuration.slos.map { spec in
            slos.first { $0.spec == spec && isSame } ?? JudgedSLO(spec, interval: interval)
        }
        alerts = configuration.alerts.map { JudgedAlert($0, interval: interval) }
    }

    /// The ids of the rules that are watched here.
    var ruleIDs: Set<String> {
        Set(alerts.map(\.rule.id)).union(
            slos.flatMap { $0.passes(at: .distantPast).map(\.rule.id) })
    }

    /// `progress` is called as it goes on, as many slow queries take long.
    func evaluate(
        at now: Timestamp, recordsHistory: Bool, progress: () -> Void = {}
    ) -> Result {
        var result = Result()
        for index in kpis.indices {
            progress()
            kpis[index].evaluate(on: store, at: now, recordsHistory: recordsHistory)
            result.kpis.append(kpis[index].state)
        }
        for index in slos.indices {
            progress()
            slos[index].evaluate(on: store, maintenance: maintenance, at: now)
            result.slos.append(slos[index].state(at: now))
            result.passes += slos[index].passes(at: now)
            let (puts, removals) = slos[index].takeRecords()
            result.records += puts
            result.expired += removals
        }
        for alert in alerts {
            progress()
            guard let pass = alert.pass(on: store, at: now, targets) else { continue }
            result.passes.append(pass)
            if case .failed(let why) = pass.outcome {
                let text = "alert \"\(pass.rule.name)\": \(why)"
                result.notices.append(Notice(at: now, health: .unknown, text: text))
            }
        }
        return result
    }

    /// Writes the series of alerts; those of rules that are not among them any more end.
    func write(_ written: [RuleAlerts], keeping ids: Set<String>, at now: Timestamp) {
        for rule in written {
            _ = series[rule.rule, default: LiveSeries()].append(
                rule.alerts.flatMap { $0.samples(at: now) }, at: now, to: { head.append($0, $1) })
        }
        for id in series.keys where !ids.contains(id) {
            series[id]?.end(at: now, to: { head.append($0, $1) })
            series[id] = nil
        }
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

/// Which target series are about, by their `job` and `instance`.
struct TargetNames: Sendable {
    private var names: [String: [String: String]] = [:]

    init(_ targets: [TargetSpec]) {
        for target in targets {
            names[target.job, default: [:]][target.instance] = target.id.description
        }
    }

    func target(of labels: Labels) -> String? { names[labels["job"]]?[labels["instance"]] }
}
