import TimeSeries

/// The alerts of one SLO: one for each tier, and two for what is left of its error budget. Each has the
/// life of any other alert.
public struct BudgetAlerts: Sendable {
    /// Which of an SLO's alerts.
    public enum Name: Hashable, Sendable {
        /// By the tier's name.
        case burn(String)
        /// A quarter of the error budget or less is left.
        case low
        /// The promise is broken: nothing is left.
        case breach
    }

    public let level: ServiceLevel
    public let tiers: [BurnTier]
    /// For promises by the calendar; nil for a window that rolls.
    public let calendar: CalendarWindow?
    public private(set) var incidents: [Name: Incident] = [:]

    public init(_ level: ServiceLevel, _ tiers: [BurnTier], calendar: CalendarWindow? = nil) {
        self.level = level
        self.tiers = tiers
        self.calendar = calendar
    }

    /// What changed, in the order of the tiers and then of the budget.
    public mutating func evaluate(
        _ rings: EventRings, maxGap: Duration? = nil, at now: Timestamp
    ) -> [(name: Name, effects: [IncidentEffect])] {
        var changes: [(name: Name, effects: [IncidentEffect])] = []
        for var one in judged(rings, at: now) {
            one.rule.maxGap = maxGap
            let finding = one.value.map(Finding.value) ?? .noData
            let effects = incidents[one.name, default: Incident()].evaluate(
                finding, by: one.rule, at: now)
            if !effects.isEmpty { changes.append((one.name, effects)) }
        }
        return changes
    }

    public func severity(of name: Name) -> Severity {
        switch name {
        case .burn(let tier): tiers.first { $0.name == tier }?.severity ?? .page
        case .low: .ticket
        case .breach: .page
        }
    }

    /// One of the alerts with what decides it now.
    public struct Judged: Sendable {
        public var name: Name
        public var rule: AlertRule
        /// A burn rate, or the share of the budget that is left; nil without events.
        public var value: Double?
    }

    /// All alerts with what decides them now, in the order of the tiers and then of the budget.
    public func judged(_ rings: EventRings, at now: Timestamp) -> [Judged] {
        let burns = tiers.map { tier in
            Judged(
                name: .burn(tier.name), rule: tier.rule, value: tier.burn(level, rings, at: now))
        }
        let left = state(rings, at: now)?.remaining
        return burns + [
            Judged(name: .low, rule: Self.low, value: left),
            Judged(name: .breach, rule: Self.breach, value: left),
        ]
    }

    /// What is left of the budget; nil while there is nothing to judge.
    public func state(_ rings: EventRings, at now: Timestamp) -> BudgetState? {
        guard let calendar else { return BudgetState(level, rings, at: now) }
        return BudgetState(level, rings, in: calendar, at: now)
    }

    /// They end only with two hundredths more, so that they do not come and go at the edge.
    private static let low = AlertRule(Threshold(.lessOrEqual, 0.25, ending: 0.27), noData: .ok)
    private static let breach = AlertRule(Threshold(.lessOrEqual, 0, ending: 0.02), noData: .ok)
}

extension BurnTier {
    /// The slower of the two windows' burn rates; zero while a guard holds, nil without events.
    func burn(_ level: ServiceLevel, _ rings: EventRings, at now: Timestamp) -> Double? {
        let reading = reading(level, rings, at: now)
        guard let long = reading.long, let short = reading.short else { return nil }
        let slower = min(long, short)
        return slower > factor && !reading.isFiring ? 0 : slower
    }

    /// Without events nothing burns. The short window keeps it from flapping.
    var rule: AlertRule { AlertRule(Threshold(unguarded: .greater, factor), noData: .ok) }
}
