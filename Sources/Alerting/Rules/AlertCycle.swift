import TimeSeries

/// The life of one alert: one rule on one target, from evaluation to evaluation. Everything in it is
/// written down, so that a restart goes on where the process ended.
public struct AlertCycle: Hashable, Sendable, Codable {
    public private(set) var state = AlertState.inactive
    /// How often it has come to fire; names the episode that is told to people. Starts at 1.
    public private(set) var episode = 0
    public private(set) var lastEvaluation: Timestamp?
    /// For how long, as observed, there has been no data.
    public private(set) var missing = Duration.zero
    /// For how long, as observed, the check itself has failed.
    public private(set) var failing = Duration.zero
    public private(set) var flaps = FlapHistory()

    public init() {}

    /// Judges a finding and moves on. Gives the change, nil where there is none.
    ///
    /// `now` must not lie before the evaluation before it; time that runs backwards counts nothing.
    @discardableResult
    public mutating func evaluate(
        _ finding: Finding, by rule: AlertRule, at now: Timestamp
    ) -> AlertEvent? {
        let credit = credit(at: now, by: rule)
        missing = finding == .noData ? missing + credit : .zero
        failing = finding == .error ? failing + credit : .zero
        lastEvaluation = now
        let judgement = rule.judge(finding, isFiring: state.isFiring, missing: missing)
        if judgement != .unknown { flaps.record(isBreached: judgement == .breached) }
        return move(to: held(state.next(judgement, credit: credit, by: rule), by: rule))
    }

    /// The alert is no longer judged: its rule or its target is gone, or a person ended it.
    public mutating func end() -> AlertEvent? { move(to: .inactive) }

    /// Goes on after a time in which nothing ran. A breach that was pending must be observed in full
    /// again when that took longer than `rule.maxGap`; what fires stays firing.
    public mutating func resume(at now: Timestamp, by rule: AlertRule) {
        guard let lastEvaluation, let maxGap = rule.maxGap else { return }
        if case .pending = state, now.duration(since: lastEvaluation) > maxGap {
            state = .pending(breached: .zero)
        }
        // The time without a process is nobody's observation.
        self.lastEvaluation = now
    }

    /// The clock was set: observed time goes on as if it had not been.
    mutating func clockWasSet(by step: Duration) {
        lastEvaluation = lastEvaluation.map { $0 + step }
    }

    private mutating func move(to next: AlertState) -> AlertEvent? {
        let event = AlertEvent(from: state, to: next)
        if event == .firing { episode += 1 }
        state = next
        return event
    }

    /// An alert that flaps is not ended: it recovers until it has been quiet.
    private func held(_ next: AlertState, by rule: AlertRule) -> AlertState {
        let isHeld =
            rule.holdsFlapping && flaps.isFlapping && state.isFiring && next == .inactive
        return isHeld ? .recovering(well: rule.keepFiringFor) : next
    }

    private func credit(at now: Timestamp, by rule: AlertRule) -> Duration {
        guard let lastEvaluation else { return .zero }
        let elapsed = max(.zero, now.duration(since: lastEvaluation))
        if let maxGap = rule.maxGap, elapsed > maxGap { return .zero }
        return elapsed
    }
}
