import TimeSeries

/// A date and a time of day as a clock on the wall shows them. Which instant that is, if any, is for
/// the rules of a time zone to say.
public struct LocalTime: Hashable, Comparable, Sendable {
    static let secondsPerDay: Int64 = 86_400

    /// Since 1970-01-01T00:00 on that clock.
    public var seconds: Int64

    public init(seconds: Int64) { self.seconds = seconds }

    /// `secondOfDay` may go beyond the day: 24:00 is the start of the next.
    public init(_ date: CalendarDate, secondOfDay: Int) {
        seconds = date.dayNumber * Self.secondsPerDay + Int64(secondOfDay)
    }

    public var date: CalendarDate {
        CalendarDate(dayNumber: seconds.floorDivided(by: Self.secondsPerDay))
    }

    public var secondOfDay: Int { Int(seconds.floorModulo(Self.secondsPerDay)) }

    public func adding(seconds count: Int64) -> LocalTime { LocalTime(seconds: seconds + count) }

    public func adding(months: Int) -> LocalTime {
        LocalTime(date.adding(months: months), secondOfDay: secondOfDay)
    }

    public static func < (left: LocalTime, right: LocalTime) -> Bool {
        left.seconds < right.seconds
    }
}

extension LocalTime: CustomStringConvertible {
    /// "2025-03-17T09:00", as configurations write it; seconds may follow.
    public init?(_ text: String) {
        var scanner = DigitScanner(text)
        guard let time = scanner.localTime(), scanner.isAtEnd else { return nil }
        self = time
    }

    /// "2025-03-17T09:00:00".
    public var description: String {
        let (year, month, day) = date.parts
        let second = secondOfDay
        let digits = [month, day, second / 3600, second / 60 % 60, second % 60]
            .map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(year)-\(digits[0])-\(digits[1])T\(digits[2]):\(digits[3]):\(digits[4])"
    }
}

extension Timestamp {
    /// An instant in RFC 3339 form, fractions cut to milliseconds: "2025-03-17T08:00:00Z". Nil for
    /// what is none, a local time without an offset among it.
    public init?(rfc3339 text: String) {
        var scanner = DigitScanner(text)
        guard let time = scanner.localTime() else { return nil }
        let fraction = scanner.milliseconds()
        guard let offset = scanner.offset(), scanner.isAtEnd else { return nil }
        self.init(milliseconds: (time.seconds - Int64(offset)) * 1000 + Int64(fraction))
    }

    /// In RFC 3339 form, to the second.
    public var rfc3339: String {
        "\(LocalTime(seconds: milliseconds.floorDivided(by: 1000)))Z"
    }
}

/// Reads times from left to right.
private struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func localTime() -> LocalTime? {
        guard let year = digits(4), skip("-"), let month = digits(2), skip("-"),
            let day = digits(2), skip("T") || skip(" "),
            let date = CalendarDate(year: year, month: month, day: day),
            let hour = digits(2), hour < 24, skip(":"), let minute = digits(2), minute < 60
        else { return nil }
        var second = 0
        if skip(":") {
            guard let value = digits(2), value < 60 else { return nil }
            second = value
        }
        return LocalTime(date, secondOfDay: hour * 3600 + minute * 60 + second)
    }

    /// ".25" is 250; 0 where there is no fraction.
    mutating func milliseconds() -> Int {
        guard skip(".") else { return 0 }
        var (value, unit) = (0, 100)
        while let digit = digits(1) {
            value += digit * unit
            unit /= 10
        }
        return value
    }

    /// Seconds east of UTC.
    mutating func offset() -> Int? {
        if skip("Z") { return 0 }
        let sign = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = digits(2), skip(":"), let minutes = digits(2) else {
            return nil
        }
        return sign * (hours * 3600 + minutes * 60)
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func digits(_ count: Int) -> Int? {
        let digits = rest.prefix(count)
        guard digits.count == count else { return nil }
        var value = 0
        for byte in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        rest = rest.dropFirst(count)
        return value
    }
}
