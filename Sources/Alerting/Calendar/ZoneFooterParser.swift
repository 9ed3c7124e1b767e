/// Reads a POSIX `TZ` string.
struct ZoneFooterParser {
    private var rest: Substring

    init(_ text: String) { rest = text[...] }

    mutating func footer() -> ZoneFooter? {
        guard name(), let west = offset(maxHours: 24) else { return nil }
        let standard = -west
        if rest.isEmpty { return ZoneFooter(standard: standard, summer: nil) }
        guard name() else { return nil }
        // One hour ahead of standard time unless it says otherwise.
        var summerOffset = standard + 3600
        if rest.first != "," {
            guard let west = offset(maxHours: 24) else { return nil }
            summerOffset = -west
        }
        guard skip(","), let start = day(), skip(","), let end = day(), rest.isEmpty else {
            return nil
        }
        return ZoneFooter(
            standard: standard, summer: .init(offset: summerOffset, start: start, end: end))
    }

    /// Skips an abbreviation: three letters or more, or anything in angle brackets.
    private mutating func name() -> Bool {
        if skip("<") {
            guard let end = rest.firstIndex(of: ">") else { return false }
            rest = rest[rest.index(after: end)...]
            return true
        }
        let letters = rest.prefix { $0.isASCII && $0.isLetter }
        rest = rest.dropFirst(letters.count)
        return letters.count >= 3
    }

    /// "[+-]hh[:mm[:ss]]" in seconds.
    private mutating func offset(maxHours: Int) -> Int? {
        let sign = skip("-") ? -1 : 1
        if sign > 0 { _ = skip("+") }
        guard let hours = number(upTo: maxHours) else { return nil }
        var seconds = hours * 3600
        if skip(":") {
            guard let minutes = number(upTo: 59) else { return nil }
            seconds += minutes * 60
            if skip(":") {
                guard let more = number(upTo: 59) else { return nil }
                seconds += more
            }
        }
        return sign * seconds
    }

    private mutating func day() -> ZoneFooter.Day? {
        guard let form = form() else { return nil }
        var second = 2 * 3600
        if skip("/") {
            guard let time = offset(maxHours: 167) else { return nil }
            second = time
        }
        return ZoneFooter.Day(form: form, second: second)
    }

    private mutating func form() -> ZoneFooter.Day.Form? {
        if skip("M") {
            guard let month = number(upTo: 12), month > 0, skip("."),
                let week = number(upTo: 5), week > 0, skip("."), let weekday = number(upTo: 6)
            else { return nil }
            return .weekday(weekday, week: week, month: month)
        }
        if skip("J") { return number(upTo: 365).flatMap { $0 > 0 ? .julian($0) : nil } }
        return number(upTo: 365).map { .ordinal($0) }
    }

    private mutating func number(upTo limit: Int) -> Int? {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard digits.count <= 3, let value = Int(digits), value <= limit else { return nil }
        rest = rest.dropFirst(digits.count)
        return value
    }

    private mutating func skip(_ character: Character) -> Bool {
        guard rest.first == character else { return false }
        rest = rest.dropFirst()
        return true
    }
}
