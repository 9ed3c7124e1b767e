import TimeSeries

/// An instant as a calendar date and a time of day in UTC. Proleptic Gregorian; arithmetic after
/// H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
struct UTCDate: Hashable {
    var year: Int
    /// 1…12, 1…31.
    var month: Int
    var day: Int
    var hour = 0
    var minute = 0
    var second = 0
    var millisecond = 0
    /// From 0 for Sunday.
    private(set) var weekday = 0

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

    /// Times beyond the years 0…9999 are clamped to them.
    init(_ timestamp: Timestamp) {
        let range: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999
        let clamped = min(max(timestamp.milliseconds, range.lowerBound), range.upperBound)
        let (days, time) = clamped.flooredQuotient(by: 86_400_000)
        let shifted = days + 719_468
        let (era, dayOfEra) = shifted.flooredQuotient(by: 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * march + 2) / 5 + 1)
        month = Int(march < 10 ? march + 3 : march - 9)
        year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
        hour = Int(time / 3_600_000)
        minute = Int(time / 60_000 % 60)
        second = Int(time / 1000 % 60)
        millisecond = Int(time % 1000)
        weekday = Int((days + 4).flooredQuotient(by: 7).remainder)
    }

    private init(year: Int, month: Int, day: Int) {
        (self.year, self.month, self.day) = (year, month, day)
    }

    var timestamp: Timestamp {
        let shifted = Int64(month <= 2 ? year - 1 : year)
        let (era, yearOfEra) = shifted.flooredQuotient(by: 400)
        let march = Int64(month > 2 ? month - 3 : month + 9)
        let dayOfYear = (153 * march + 2) / 5 + Int64(day) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        let time = Int64((hour * 60 + minute) * 60 + second) * 1000 + Int64(millisecond)
        return Timestamp(milliseconds: days * 86_400_000 + time)
    }
}

extension UTCDate {
    /// "2026-01-02T03:04:05.678Z" (RFC 3339).
    var rfc3339: String {
        "\(padded(year, 4))-\(two(month))-\(two(day))T\(two(hour)):\(two(minute)):\(two(second))"
            + ".\(padded(millisecond, 3))Z"
    }

    /// "Fri, 02 Jan 2026 03:04:05 +0000" (RFC 5322 §3.3).
    var mail: String {
        "\(UTCDate.weekdays[weekday]), \(two(day)) \(UTCDate.months[month - 1]) "
            + "\(padded(year, 4)) \(two(hour)):\(two(minute)):\(two(second)) +0000"
    }

    /// "2026-01-02 03:04 UTC"
    var forPeople: String {
        "\(padded(year, 4))-\(two(month))-\(two(day)) \(two(hour)):\(two(minute)) UTC"
    }

    /// Reads "Fri, 02 Jan 2026 03:04:05 GMT" (RFC 9110 §5.6.7, the form that is sent); nil for any
    /// other.
    init?(http text: String) {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int(words[1]),
            let month = UTCDate.months.firstIndex(of: String(words[2])), let year = Int(words[3]),
            (1...31).contains(day), (1970...9999).contains(year)
        else { return nil }
        let time = words[4].split(separator: ":").compactMap { Int($0) }
        guard time.count == 3, (0...23).contains(time[0]), (0...59).contains(time[1]),
            (0...60).contains(time[2])
        else { return nil }
        self.init(year: year, month: month + 1, day: day)
        (hour, minute, second) = (time[0], time[1], time[2])
    }

    private func two(_ number: Int) -> String { padded(number, 2) }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension Int64 {
    fileprivate func flooredQuotient(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
