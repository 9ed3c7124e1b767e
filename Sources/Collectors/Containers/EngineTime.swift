/// Seconds since the epoch of a time in RFC 3339 form, as engines write it.
///
/// nil for what is no time, and for years before 1970: engines write 0001-01-01T00:00:00Z for
/// "never".
func engineTime(_ text: String?) -> Double? {
    guard let text, text.utf8.count <= 64 else { return nil }
    var scanner = DigitScanner(text)
    guard let year = scanner.digits(4), scanner.skip("-"), let month = scanner.digits(2),
        scanner.skip("-"), let day = scanner.digits(2), scanner.skip("T") || scanner.skip(" "),
        let hour = scanner.digits(2), scanner.skip(":"), let minute = scanner.digits(2),
        scanner.skip(":"), let second = scanner.digits(2),
        year >= 1970, (1...12).contains(month), (1...31).contains(day),
        hour < 24, minute < 60, second <= 60
    else { return nil }
    let fraction = scanner.fraction()
    guard let offset = scanner.offset() else { return nil }
    let days = daysSinceEpoch(year: year, month: month, day: day)
    return Double(days * 86_400 + hour * 3600 + minute * 60 + second - offset) + fraction
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar, March as the first month of a year so
/// that the leap day is its last.
private func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted % 400
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
}

private struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func digits(_ count: Int) -> Int? {
        var value = 0
        for _ in 0..<count {
            guard let digit = nextDigit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    private mutating func nextDigit() -> Int? {
        guard let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        else { return nil }
        rest = rest.dropFirst()
        return Int(byte - UInt8(ascii: "0"))
    }

    /// ".281166496" as a part of a second; 0 where there is none.
    mutating func fraction() -> Double {
        guard skip(".") else { return 0 }
        var value = 0.0
        var unit = 0.1
        while let digit = nextDigit() {
            value += Double(digit) * unit
            unit /= 10
        }
        return value
    }

    /// Seconds east of UTC; nil when neither "Z" nor "+hh:mm" ends the text.
    mutating func offset() -> Int? {
        if skip("Z") { return rest.isEmpty ? 0 : nil }
        let sign = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = digits(2), skip(":"), let minutes = digits(2), rest.isEmpty
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}
