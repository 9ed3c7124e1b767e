import TimeSeries

/// Hours of some days in which a layer has somebody on call.
public struct Restriction: Hashable, Sendable {
    /// The days on which it begins.
    public let days: Set<Weekday>
    /// Seconds of the day; `end` is at most 24:00.
    public let start: Int
    public let end: Int

    /// An end that is not after the start lies on the next day. Nil for times beyond a day, and for
    /// no day at all.
    public init?(days: Set<Weekday> = Set(Weekday.allCases), start: Int, end: Int) {
        let day = Int(LocalTime.secondsPerDay)
        guard !days.isEmpty, (0..<day).contains(start), (0...day).contains(end) else { return nil }
        self.days = days
        self.start = start
        self.end = end
    }

    /// From the start of the window that begins on a day to its end, which is no longer in it; nil
    /// where none begins.
    func window(on date: CalendarDate, in zone: TimeZoneRules) -> Range<Timestamp>? {
        guard days.contains(date.weekday) else { return nil }
        let length = Int(LocalTime.secondsPerDay)
        let from = zone.instant(of: LocalTime(date, secondOfDay: start))
        let to = zone.instant(
            of: LocalTime(date, secondOfDay: end <= start ? end + length : end))
        return from < to ? from..<to : nil
    }

    func contains(_ instant: Timestamp, in zone: TimeZoneRules) -> Bool {
        windows(around: instant, in: zone).contains { $0.contains(instant) }
    }

    /// The windows that begin from the day before to `days` days later. A day around each side is for
    /// gaps, in which the clocks jump over a midnight.
    func windows(
        around instant: Timestamp, days: Int = 1, in zone: TimeZoneRules
    ) -> [Range<Timestamp>] {
        let today = zone.local(at: instant).date
        return (-2...days).compactMap { window(on: today + $0, in: zone) }
    }

    /// "09:00" as seconds of the day, up to "24:00"; nil for what is no such time.
    public static func secondOfDay(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ $0.utf8.count == 2 && $0.allSatisfy(\.isNumber) }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60,
            hour < 24 || (hour == 24 && minute == 0)
        else { return nil }
        return hour * 3600 + minute * 60
    }
}
