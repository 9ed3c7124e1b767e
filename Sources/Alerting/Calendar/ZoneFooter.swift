/// The rule for all times after the last change that a TZif file lists: a POSIX `TZ` string such as
/// "CET-1CEST,M3.5.0,M10.5.0/3" (POSIX.1 chapter 8.3, with the hours of RFC 8536 section 3.3.1).
struct ZoneFooter: Hashable, Sendable {
    /// Seconds east of UTC.
    let standard: Int
    let summer: Summer?

    struct Summer: Hashable, Sendable {
        var offset: Int
        var start: Day
        var end: Day
    }

    /// A day of each year with a time of day in seconds, which may lie outside of the day.
    struct Day: Hashable, Sendable {
        enum Form: Hashable, Sendable {
            /// 1…365; the leap day is never counted.
            case julian(Int)
            /// 0…365; the leap day is counted.
            case ordinal(Int)
            /// A weekday (0 is Sunday) of a week of a month; week 5 is the last.
            case weekday(Int, week: Int, month: Int)
        }

        var form: Form
        var second: Int
    }

    /// Nil for a text that is no such rule.
    init?(_ text: String) {
        var parser = ZoneFooterParser(text)
        guard let footer = parser.footer() else { return nil }
        self = footer
    }

    init(standard: Int, summer: Summer?) {
        self.standard = standard
        self.summer = summer
    }

    /// The changes of a year and of its neighbours, in order.
    func changes(around year: Int) -> [ZoneChange] {
        guard let summer else { return [] }
        return ((year - 1)...(year + 1)).flatMap { year in
            [
                ZoneChange(
                    instant: summer.start.local(in: year).seconds - Int64(standard),
                    before: standard, after: summer.offset),
                ZoneChange(
                    instant: summer.end.local(in: year).seconds - Int64(summer.offset),
                    before: summer.offset, after: standard),
            ]
        }.sorted { $0.instant < $1.instant }
    }

    func offset(at value: Int64, in year: Int, _ key: (ZoneChange) -> Int64) -> Int {
        changes(around: year).offset(at: value, key) ?? standard
    }
}

extension ZoneFooter.Day {
    func local(in year: Int) -> LocalTime { LocalTime(date(in: year), secondOfDay: second) }

    private func date(in year: Int) -> CalendarDate {
        let newYear = CalendarDate(year: year, month: 1, day: 1) ?? CalendarDate(dayNumber: 0)
        switch form {
        case .julian(let day):
            let leapDay = CalendarDate.isLeap(year) && day >= 60 ? 1 : 0
            return newYear + (day - 1 + leapDay)
        case .ordinal(let day): return newYear + day
        case .weekday(let weekday, let week, let month):
            let first = newYear.adding(months: month - 1)
            let weekdayOfFirst = Int((first.dayNumber + 4).floorModulo(7))
            var day = (weekday - weekdayOfFirst + 7) % 7 + (week - 1) * 7
            if day >= CalendarDate.days(in: month, of: year) { day -= 7 }
            return first + day
        }
    }
}
