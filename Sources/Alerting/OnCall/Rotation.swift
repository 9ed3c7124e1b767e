/// How often the person on call changes, counted on the wall clock: a shift of twelve hours has
/// thirteen on the night when the clocks go back.
public struct Rotation: Hashable, Sendable {
    public enum Unit: String, Hashable, Sendable, CaseIterable, Codable {
        case hours, days, weeks, months
    }

    public let unit: Unit
    public let length: Int

    /// Longer shifts than this are a slip of the pen.
    public static let longest = 10_000

    /// Nil for a length below 1 or above `longest`.
    public init?(_ unit: Unit, length: Int) {
        guard (1...Self.longest).contains(length) else { return nil }
        self.unit = unit
        self.length = length
    }

    /// When the shift with this number begins. Months that lack the day hand over on their last.
    func start(ofShift number: Int64, from first: LocalTime) -> LocalTime {
        switch secondsOfUnit {
        case let seconds?: first.adding(seconds: number * Int64(length) * seconds)
        case nil: first.adding(months: Int(number) * length)
        }
    }

    /// The number of a shift that begins at this time or later, and of which no more than a few earlier
    /// ones do.
    func shift(beginningAfter time: LocalTime, from first: LocalTime) -> Int64 {
        switch secondsOfUnit {
        case let seconds?:
            let elapsed = time.seconds - first.seconds
            return elapsed.floorDivided(by: Int64(length) * seconds) + 1
        case nil:
            let (year, month, _) = time.date.parts
            let (firstYear, firstMonth, _) = first.date.parts
            let months = Int64((year - firstYear) * 12 + month - firstMonth)
            return months.floorDivided(by: Int64(length)) + 1
        }
    }

    /// Nil for months, which differ.
    private var secondsOfUnit: Int64? {
        switch unit {
        case .hours: 3600
        case .days: LocalTime.secondsPerDay
        case .weeks: 7 * LocalTime.secondsPerDay
        case .months: nil
        }
    }
}
