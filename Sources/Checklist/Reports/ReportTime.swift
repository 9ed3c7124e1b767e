import TimeSeries

extension Timestamp {
    /// A time in RFC 3339 form, as tools write it; nil for what is none, and for years before 1970,
    /// which they write for "never".
    init?(rfc3339 text: String) {
        guard text.utf8.count <= 40 else { return nil }
        var scanner = TimeScanner(rest: text.utf8[...])
        guard let year = scanner.digits(4), scanner.skip("-"), let month = scanner.digits(2),
            scanner.skip("-"), let day = scanner.digits(2), year >= 1970,
            let date = PlanDate(year: year, month: month, day: day),
            scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
            let hour = scanner.digits(2), scanner.skip(":"), let minute = scanner.digits(2),
            scanner.skip(":"), let second = scanner.digits(2),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        scanner.skipFraction()
        guard let offset = scanner.offset() else { return nil }
        self = date.midnight + .seconds(hour * 3600 + minute * 60 + second - offset)
    }

    /// Seconds since the epoch, as whole numbers in JSON; nil before 1970 and beyond the year 9999.
    init?(epoch seconds: Int64) {
        guard (1...253_402_300_799).contains(seconds) else { return nil }
        self.init(milliseconds: seconds * 1000)
    }
}

private struct TimeScanner {
    var rest: Substring.UTF8View

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func digits(_ count: Int) -> Int? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        rest = rest.dropFirst(count)
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    mutating func skipFraction() {
        guard skip(".") else { return }
        rest = rest.drop { (0x30...0x39).contains($0) }
    }

    /// Seconds east of UTC; nil when neither "Z" nor "+hh:mm" ends the text.
    mutating func offset() -> Int? {
        if skip("Z") || skip("z") { return rest.isEmpty ? 0 : nil }
        let sign = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = digits(2), skip(":"), let minutes = digits(2), rest.isEmpty
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}
