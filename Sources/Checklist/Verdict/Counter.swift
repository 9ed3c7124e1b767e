/// The increase of a counter from one look to the next. One that falls was reset: that starts a new
/// baseline and says nothing, good or bad.
public struct CounterBaseline: Sendable, Hashable {
    private var last: Double?

    public init() {}

    /// nil on the first look and after a reset.
    public mutating func increase(to value: Double) -> Double? {
        defer { last = value }
        guard let last, value >= last else { return nil }
        return value - last
    }
}

/// Upper bound of the share of events that fail, with 95 % confidence, when `errors` of `total`
/// failed: 3000 without an error say "below 0.1 %". nil without any.
///
/// Source: Wilson's score interval, one-sided; the rule of three (3/n) where no error was seen.
public func errorShareBound(errors: Double, total: Double) -> Double? {
    guard total > 0, errors >= 0, errors <= total else { return nil }
    if errors == 0 { return min(1, 3 / total) }
    let z = 1.6448536269514722
    let share = errors / total
    let centre = share + z * z / (2 * total)
    let spread = z * (share * (1 - share) / total + z * z / (4 * total * total)).squareRoot()
    return min(1, (centre + spread) / (1 + z * z / total))
}
