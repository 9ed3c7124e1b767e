import TimeSeries

/// The day or the month, on the clocks of a zone, for which an SLO is promised.
public struct CalendarWindow: Hashable, Sendable {
    public enum Unit: String, Hashable, Sendable, CaseIterable, Codable { case day, month }

    public var unit: Unit
    public var zone: TimeZoneRules

    public init(_ unit: Unit, in zone: TimeZoneRules) {
        self.unit = unit
        self.zone = zone
    }

    /// From its first instant to that of the next one: 23 to 25 hours for a day on which clocks change.
    public func range(containing now: Timestamp) -> Range<Timestamp> {
        let today = zone.local(at: now).date
        let first = start(of: today)
        return midnight(of: first)..<midnight(of: start(after: first))
    }

    private func start(of date: CalendarDate) -> CalendarDate {
        switch unit {
        case .day: date
        case .month: date + (1 - date.parts.day)
        }
    }

    private func start(after first: CalendarDate) -> CalendarDate {
        switch unit {
        case .day: first + 1
        case .month: first.adding(months: 1)
        }
    }

    private func midnight(of date: CalendarDate) -> Timestamp {
        zone.instant(of: LocalTime(date, secondOfDay: 0))
    }
}
