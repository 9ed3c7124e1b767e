import Alerting
import Configuration
import Records
import Snapshot
import TimeSeries

/// One SLO with what was observed of it.
struct JudgedSLO {
    let spec: SLOSpec
    private let interval: Duration
    private let part: Question
    private let total: Question?
    private var partGrowth = CounterGrowth()
    private var totalGrowth = CounterGrowth()
    private var slices: SliceCounter?
    private var rings: EventRings
    private var records: RingRecords
    private let alerts: BudgetAlerts?
    private(set) var failure: String?
    private var isWarming = true

    init(_ spec: SLOSpec, interval: Duration) {
        self.spec = spec
        self.interval = interval
        // A slice is known at its end.
        var step = interval
        if case .slices(_, _, let length) = spec.indicator { step = max(step, length) }
        rings = EventRings(maxGap: step * 2.5)
        records = RingRecords(spec.name)
        alerts = spec.level.map { BudgetAlerts($0, spec.tiers, calendar: spec.calendar) }
        switch spec.indicator {
        case .good(let part, let total), .bad(let part, let total):
            self.part = Question(part)
            self.total = Question(total)
        case .slices(let value, let target, let length):
            part = Question(value)
            total = nil
            slices = SliceCounter(
                Threshold(unguarded: target.comparison, target.limit), every: length)
        }
    }

    /// Goes on from what was written down.
    mutating func restore(_ written: [StateRecord], through limit: Timestamp) {
        rings.restore(records.restore(written).filter { $0.time <= limit })
    }

    mutating func dropOpenSlice() { slices?.dropOpenSlice() }

    /// `maintenance` are the windows of the configuration: in one that matches nothing counts, where
    /// the SLO says so.
    mutating func evaluate(
        on store: any SeriesStore, maintenance: [MaintenanceWindow], at now: Timestamp
    ) {
        let labels = Labels(spec.labels).with("slo", spec.name)
        let isExcluded =
            spec.excludesMaintenance && maintenance.contains { $0.silences(labels, at: now) }
        do {
            if slices == nil {
                let events = try countEvents(store, now)
                if !isExcluded { rings.record(events, at: now) }
            } else if isExcluded {
                slices?.dropOpenSlice()
            } else {
                try measureSlice(store, now)
            }
            failure = nil
        } catch {
            failure = error.text
            slices?.dropOpenSlice()
        }
        records.note(rings.newest)
    }

    /// What happened since it was last asked.
    private mutating func countEvents(
        _ store: any SeriesStore, _ now: Timestamp
    ) throws(Question.Failure) -> EventCount {
        guard let total else { return EventCount(bad: 0, total: 0) }
        let all = try total.ask(store, at: now).get()
        let some = try part.ask(store, at: now).get()
        // Nothing at all is no collection: what was known stays known.
        guard !all.isEmpty else { throw Question.Failure("no data") }
        let events = totalGrowth.add(all.map { ($0.labels, $0.value) })
        let counted = partGrowth.add(some.map { ($0.labels, $0.value) })
        let bad = if case .good = spec.indicator { max(0, events - counted) } else { counted }
        return EventCount(bad: min(bad, events), total: events)
    }

    private mutating func measureSlice(
        _ store: any SeriesStore, _ now: Timestamp
    ) throws(Question.Failure) {
        guard !part.coverage(of: store, at: now).isWarming else {
            throw Question.Failure("warming up")
        }
        let values = try part.ask(store, at: now).get()
        guard values.count <= 1 else {
            throw Question.Failure("\(values.count) series instead of one: aggregate them")
        }
        let value = values.first.flatMap { $0.value.isNaN ? nil : $0.value }
        guard let ended = slices?.record(value, at: now) else { return }
        rings.record(ended.slice, at: ended.end)
    }

    mutating func takeRecords() -> (puts: [StateRecord], removals: [StateRecord.ID]) {
        records.take()
    }
}

/// What follows from it.
extension JudgedSLO {
    func passes(at now: Timestamp) -> [RulePass] {
        guard let alerts else { return [] }
        let left = alerts.state(rings, at: now)
        return alerts.judged(rings, at: now).map { judged in
            var cycle = judged.rule
            cycle.maxGap = interval * 2.5
            let rule = WatchedRule(
                id: "slo/\(spec.name)/\(judged.name.word)",
                name: "\(spec.name): \(judged.name.title)",
                severity: alerts.severity(of: judged.name), cycle: cycle,
                labels: Labels(spec.labels).with("slo", spec.name),
                comparison: cycle.threshold.op.rawValue, threshold: cycle.threshold.limit,
                unit: judged.name.unit, runbook: spec.runbook.map { runbookPlace($0) })
            if let failure { return RulePass(rule, .failed(failure)) }
            let element = AlertElement(
                labels: Labels(), finding: judged.value.map { .value($0) } ?? .noData,
                value: judged.value, summary: summary(of: judged.name),
                budget: left.map { .init(remaining: $0.remaining, whole: whole) })
            return RulePass(rule, .elements([element]))
        }
    }

    private func summary(of name: BudgetAlerts.Name) -> String {
        switch name {
        case .burn(let tier): "\(spec.name): the error budget burns too fast (\(tier))"
        case .low: "\(spec.name): a quarter of the error budget or less is left"
        case .breach: "\(spec.name): the error budget is spent"
        }
    }

    /// "43 min in 30 d"
    private var whole: String? {
        spec.level.map { "\(ageText($0.allowedOutage)) in \(windowText)" }
    }

    private var windowText: String {
        spec.calendar.map { "this \($0.unit.rawValue)" } ?? ageText(spec.window)
    }

    func state(at now: Timestamp) -> SLOState {
        var state = SLOState(
            name: spec.name, objective: spec.objective, window: windowText,
            allowedOutage: spec.level?.allowedOutage ?? .zero, failure: failure)
        guard let alerts, let left = alerts.state(rings, at: now) else { return state }
        state.remaining = left.remaining
        state.isEstimate = left.isEstimate
        state.coverage = left.coverage
        let burns = alerts.tiers.map { ($0, $0.reading(alerts.level, rings, at: now)) }
        state.burns = burns.map { SLOState.Burn($0, $1) }
        let exhaustion = burns.first?.1.long.map {
            left.secondsToExhaustion(burnRate: $0, in: alerts.level)
        }
        state.exhaustion = exhaustion.flatMap { $0.isFinite ? $0 : nil }
        return state
    }
}

extension SLOState.Burn {
    fileprivate init(_ tier: BurnTier, _ reading: BurnTier.Reading) {
        self.init(
            tier: tier.name, severity: tier.severity.rawValue, longWindow: ageText(tier.long),
            shortWindow: ageText(tier.short), long: reading.long, short: reading.short,
            coverage: reading.shortCoverage, factor: tier.factor, isFiring: reading.isFiring)
    }
}

extension BudgetAlerts.Name {
    fileprivate var word: String {
        switch self {
        case .burn(let tier): "burn/\(tier)"
        case .low: "low"
        case .breach: "breach"
        }
    }

    fileprivate var title: String {
        switch self {
        case .burn(let tier): "budget burns (\(tier))"
        case .low: "budget low"
        case .breach: "budget spent"
        }
    }

    fileprivate var unit: String {
        switch self {
        case .burn: "×"
        case .low, .breach: "%"
        }
    }
}
