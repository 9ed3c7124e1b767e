import TimeSeries

/// A pair of windows that pages when both burn too fast: the long one says that it matters, the short
/// one that it still goes on.
public struct BurnTier: Hashable, Sendable {
    public var name: String
    public var severity: Severity
    public var long: Duration
    public var short: Duration
    /// The burn rate that both windows must exceed.
    public var factor: Double
    /// Bad events that the long window must hold; 0 is no guard.
    public var minBad: Double
    /// The share of the short window that must have been observed, 0…1; 0 is no guard.
    public var minCoverage: Double

    public init(
        name: String, severity: Severity, long: Duration, short: Duration, factor: Double,
        minBad: Double = 0, minCoverage: Double = 0
    ) {
        self.name = name
        self.severity = severity
        self.long = long
        self.short = short
        self.factor = factor
        self.minBad = minBad
        self.minCoverage = minCoverage
    }

    /// The three tiers of Google's SRE workbook ("Alerting on SLOs") for a window of 30 days, with
    /// guards against few events and fresh starts on those that page.
    public static let standard = [
        BurnTier(
            name: "fast", severity: .page, long: .seconds(3600), short: .seconds(300), factor: 14.4,
            minBad: 3, minCoverage: 0.5),
        BurnTier(
            name: "slow", severity: .page, long: .seconds(21_600), short: .seconds(1800), factor: 6,
            minBad: 3, minCoverage: 0.5),
        BurnTier(
            name: "ticket", severity: .ticket, long: .seconds(259_200), short: .seconds(21_600),
            factor: 1),
    ]

    /// The tier for another window than 30 days: its windows scaled alike, its factor kept.
    public func scaled(to window: Duration) -> BurnTier {
        let share = window.inSeconds / (30 * 86_400)
        var tier = self
        tier.long = .milliseconds(Int64(long.inSeconds * share * 1000))
        tier.short = .milliseconds(Int64(short.inSeconds * share * 1000))
        return tier
    }
}

extension BurnTier {
    /// What the two windows of a tier say now.
    public struct Reading: Hashable, Sendable {
        /// Nil without events in the window.
        public var long: Double?
        public var short: Double?
        /// Observed shares of the windows, 0…1.
        public var longCoverage: Double
        public var shortCoverage: Double
        public var isFiring: Bool
    }

    public func reading(_ level: ServiceLevel, _ rings: EventRings, at now: Timestamp) -> Reading {
        let long = rings.window(long, endingAt: now)
        let short = rings.window(short, endingAt: now)
        let longBurn = long.flatMap { level.burnRate(of: $0.events) }
        let shortBurn = short.flatMap { level.burnRate(of: $0.events) }
        let isGuarded =
            (long?.events.bad ?? 0) < minBad || (short?.coverage ?? 0) < minCoverage
        return Reading(
            long: longBurn, short: shortBurn, longCoverage: long?.coverage ?? 0,
            shortCoverage: short?.coverage ?? 0,
            isFiring: !isGuarded && exceeds(longBurn) && exceeds(shortBurn))
    }

    private func exceeds(_ burnRate: Double?) -> Bool { burnRate.map { $0 > factor } ?? false }
}
