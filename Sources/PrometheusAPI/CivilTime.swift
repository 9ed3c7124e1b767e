import TimeSeries

/// Times as RFC 3339 writes them, in the proleptic Gregorian calendar.
enum CivilTime {
    /// What Prometheus writes where something has never happened.
    static let never = "0001-01-01T00:00:00Z"

    /// "2026-01-02T03:04:05.678Z": UTC, the fraction without trailing zeros.
    static func text(_ time: Timestamp) -> String {
        let (seconds, milliseconds) = time.milliseconds.flooredDivision(by: 1000)
        let (days, second) = seconds.flooredDivision(by: 86_400)
        let date = date(days: days)
        var text = "\(padded(date.year, 4))-\(padded(date.month))-\(padded(date.day))T"
        text += "\(padded(second / 3600)):\(padded(second / 60 % 60)):\(padded(second % 60))"
        guard milliseconds > 0 else { return text + "Z" }
        var fraction = padded(milliseconds, 3)
        while fraction.last == "0" { fraction.removeLast() }
        return "\(text).\(fraction)Z"
    }

    /// Reads `2026-01-02T03:04:05.678+02:00`; nil when it is no such time. Fractions are cut to
    /// milliseconds.
    static func parse(_ text: String) -> Timestamp? {
        var rest = Array(text.utf8)[...]
        guard let year = number(&rest, 4), literal(&rest, "-"), let month = number(&rest, 2),
            literal(&rest, "-"), let day = number(&rest, 2), literal(&rest, "T", "t"),
            let hour = number(&rest, 2), literal(&rest, ":"), let minute = number(&rest, 2),
            literal(&rest, ":"), let second = number(&rest, 2),
            1...12 ~= month, 1...daysOfMonth(year, month) ~= day, hour < 24, minute < 60,
            second < 60, let milliseconds = fraction(&rest), let offset = offset(&rest),
            rest.isEmpty
        else { return nil }
        let days = days(year: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
        return Timestamp(milliseconds: seconds * 1000 + milliseconds)
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, _ digits: Int) -> Int64? {
        let text = rest.prefix(digits)
        guard text.count == digits, text.allSatisfy(\.isDigit) else { return nil }
        rest = rest.dropFirst(digits)
        return Int64(String(decoding: text, as: UTF8.self))
    }

    private static func literal(_ rest: inout ArraySlice<UInt8>, _ any: Unicode.Scalar...) -> Bool {
        guard let first = rest.first, any.contains(Unicode.Scalar(first)) else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// 0 where there is none; nil where a point has no digits after it.
    private static func fraction(_ rest: inout ArraySlice<UInt8>) -> Int64? {
        guard literal(&rest, ".") else { return 0 }
        let digits = rest.prefix(while: \.isDigit)
        rest = rest.dropFirst(digits.count)
        let three = String(decoding: digits.prefix(3), as: UTF8.self)
        return digits.isEmpty ? nil : Int64(three.padding(to: 3))
    }

    /// Seconds east of Greenwich.
    private static func offset(_ rest: inout ArraySlice<UInt8>) -> Int64? {
        if literal(&rest, "Z", "z") { return 0 }
        let isWest = rest.first == UInt8(ascii: "-")
        guard literal(&rest, "+", "-"), let hours = number(&rest, 2), literal(&rest, ":"),
            let minutes = number(&rest, 2), hours < 24, minutes < 60
        else { return nil }
        return (isWest ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}

/// Days and dates. Source: the era arithmetic of the Gregorian calendar, whose years repeat after
/// 146,097 days; a year is taken to begin in March, so that the leap day is its last.
extension CivilTime {
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shifted.flooredDivision(by: 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func date(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, day) = (days + 719_468).flooredDivision(by: 146_097)
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * year + year / 4 - year / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (
            year + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1
        )
    }

    private static func daysOfMonth(_ year: Int64, _ month: Int64) -> Int64 {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        switch month {
        case 2: return isLeap ? 29 : 28
        case 4, 6, 9, 11: return 30
        default: return 31
        }
    }

    private static func padded(_ value: Int64, _ width: Int = 2) -> String {
        let digits = String(value.magnitude)
        let zeros = String(repeating: "0", count: max(0, width - digits.count))
        return (value < 0 ? "-" : "") + zeros + digits
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: "0", count: Swift.max(0, width - count))
    }
}
