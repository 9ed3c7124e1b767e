import PromQL
import TimeSeries

/// Why a tier cannot serve its SLO, with the arithmetic that shows it.
public enum TierRefusal: Hashable, Sendable {
    /// No burn rate reaches the factor, even when everything fails.
    case neverFires(BurnTier, ServiceLevel)
    /// One bad event is enough to wake someone; `events` is how many there are in the long window.
    case firesOnOneEvent(BurnTier, ServiceLevel, events: Double)
}

extension BurnTier {
    /// The fewest bad events of so many that fire this tier.
    public func fewestBad(of events: Double, _ level: ServiceLevel) -> Double {
        max((factor * level.errorBudget * events).rounded(.down) + 1, minBad)
    }

    /// Nil for a tier that can serve. `eventsPerSecond` is nil where nobody knows the traffic.
    public func refusal(_ level: ServiceLevel, eventsPerSecond: Double?) -> TierRefusal? {
        if factor >= level.highestBurnRate { return .neverFires(self, level) }
        guard severity == .page, let eventsPerSecond else { return nil }
        let events = (eventsPerSecond * long.inSeconds).rounded(.down)
        guard fewestBad(of: events, level) <= 1 else { return nil }
        return .firesOnOneEvent(self, level, events: events)
    }
}

extension TierRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .neverFires(let tier, let level):
            "tier \"\(tier.name)\" can never fire: with an error budget of \(share(level)) the "
                + "highest burn rate is 1 / \(number(level.errorBudget)) = "
                + "\(number(level.highestBurnRate)), and its factor is \(number(tier.factor)). "
                + "Lower the factor, or count good minutes instead of good events."
        case .firesOnOneEvent(let tier, let level, let events):
            "tier \"\(tier.name)\" pages on a single bad event: of \(number(events)) events in "
                + "\(DurationText.text(milliseconds: tier.long.milliseconds)) it takes "
                + "floor(\(number(tier.factor)) × \(number(level.errorBudget)) × "
                + "\(number(events))) + 1 = 1. Set min_bad to 3, or make it a ticket."
        }
    }

    private func share(_ level: ServiceLevel) -> String {
        number(level.errorBudget * 100) + " %"
    }

    /// Without the noise of binary fractions.
    private func number(_ value: Double) -> String {
        let rounded = (value * 1e6).rounded() / 1e6
        return rounded == rounded.rounded() && abs(rounded) < 1e15
            ? "\(Int64(rounded))" : "\(rounded)"
    }
}
