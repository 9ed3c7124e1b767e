import TimeSeries

/// Turns measurements into good and bad slices of time, for promises about time instead of events:
/// "99 % of all minutes have a hit rate above 80 %".
///
/// A slice is good when all its measurements meet the condition. One without measurements is neither
/// good nor bad.
public struct SliceCounter: Hashable, Sendable {
    public let length: Duration
    /// Met by what is good.
    public let condition: Threshold
    private var open: Slice?

    /// The slice that is being measured.
    private struct Slice: Hashable {
        /// Of its length since 1970.
        var number: Int64
        var isGood: Bool
    }

    /// Nil for a length below a second.
    public init?(_ condition: Threshold, every length: Duration = .seconds(60)) {
        guard length >= .seconds(1) else { return nil }
        self.condition = condition
        self.length = length
    }

    /// Takes a measurement, nil where there was none; gives the slice that ended, with the instant of
    /// its end. A slice is one event.
    public mutating func record(
        _ value: Double?, at now: Timestamp
    ) -> (slice: EventCount, end: Timestamp)? {
        let number = now.milliseconds.floorDivided(by: length.milliseconds)
        let ended = open.flatMap { $0.number < number ? closed($0) : nil }
        if ended != nil { open = nil }
        guard let value, number >= (open?.number ?? number) else { return ended }
        let isGood = condition.isBreached(by: value, isFiring: false)
        open = Slice(number: number, isGood: isGood && (open?.isGood ?? true))
        return ended
    }

    /// What was measured of the slice so far does not count: nobody watched the rest of it.
    public mutating func dropOpenSlice() { open = nil }

    private func closed(_ slice: Slice) -> (slice: EventCount, end: Timestamp) {
        let end = Timestamp(milliseconds: (slice.number + 1) * length.milliseconds)
        return (EventCount(bad: slice.isGood ? 0 : 1, total: 1), end)
    }
}
