import TimeSeries

/// What is promised: at least `objective` of the events are good over `window`.
public struct ServiceLevel: Hashable, Sendable {
    /// The least share that is good, between 0 and 1, both excluded.
    public let objective: Double
    public let window: Duration

    /// Nil when the objective leaves nothing to promise or no error budget.
    public init?(objective: Double, window: Duration) {
        guard (0...1).contains(objective), objective != 0, objective != 1, window > .zero else {
            return nil
        }
        self.objective = objective
        self.window = window
    }

    /// The share of events that may be bad.
    public var errorBudget: Double { 1 - objective }

    /// The error budget as time of a total outage.
    public var allowedOutage: Duration { .seconds(window.inSeconds * errorBudget) }

    /// How fast the error budget goes: 1 spends it exactly in the window. Nil without events.
    public func burnRate(of events: EventCount) -> Double? {
        events.errorRatio.map { $0 / errorBudget }
    }

    /// No burn rate is higher: everything fails.
    public var highestBurnRate: Double { 1 / errorBudget }
}

/// What is left of an error budget.
public struct BudgetState: Hashable, Sendable {
    /// The share that is unspent: 1 untouched, below 0 overspent.
    public var remaining: Double
    /// True while the window has not run in full: what was spent is scaled from the part that has,
    /// as if later traffic were like it.
    public var isEstimate: Bool
    /// The observed share of the window, 0…1.
    public var coverage: Double

    /// Over the window that ends now. Nil while there is nothing to judge.
    public init?(_ level: ServiceLevel, _ rings: EventRings, at now: Timestamp) {
        guard let start = rings.start else { return nil }
        let run = min(level.window, now.duration(since: start))
        self.init(level, rings, window: level.window, run: run, of: level.window, at: now)
    }

    /// Over a day or month of the calendar: what was spent since it began, of the error budget of the
    /// whole. Nil while there is nothing to judge.
    public init?(
        _ level: ServiceLevel, _ rings: EventRings, in window: CalendarWindow, at now: Timestamp
    ) {
        let range = window.range(containing: now)
        let elapsed = now.duration(since: range.lowerBound)
        let length = range.upperBound.duration(since: range.lowerBound)
        self.init(level, rings, window: elapsed, run: elapsed, of: length, at: now)
    }

    /// `run` is the part of `length` that what was spent is scaled from.
    private init?(
        _ level: ServiceLevel, _ rings: EventRings, window: Duration, run: Duration,
        of length: Duration, at now: Timestamp
    ) {
        guard let (events, coverage) = rings.window(window, endingAt: now),
            let burnRate = level.burnRate(of: events)
        else { return nil }
        remaining = 1 - burnRate * run.inSeconds / length.inSeconds
        isEstimate = run < length
        self.coverage = coverage
    }

    /// When the budget is gone at this burn rate, in seconds from now: infinite when nothing burns.
    /// A lower bound for rolling windows, as old errors leave them.
    public func secondsToExhaustion(burnRate: Double, in level: ServiceLevel) -> Double {
        if remaining <= 0 { return 0 }
        return burnRate > 0 ? remaining * level.window.inSeconds / burnRate : .infinity
    }
}
