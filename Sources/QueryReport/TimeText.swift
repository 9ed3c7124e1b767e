import Glibc
import PromQL
import TimeSeries

/// Instants as people write them, and as a chart shows them; all in UTC.
public enum TimeText {
    /// RFC 3339 ("2026-01-02T03:04:05Z", with a fraction or an offset), seconds since the epoch,
    /// "now", or a length before now ("-5m"). nil for anything else.
    public static func time(_ text: String, now: Timestamp) -> Timestamp? {
        if text == "now" { return now }
        if text.hasPrefix("-"), let back = DurationText.milliseconds(String(text.dropFirst())) {
            return now - .milliseconds(back)
        }
        if let seconds = Double(text) {
            return abs(seconds) < 1e12 ? Timestamp(seconds: seconds) : nil
        }
        return rfc3339(text)
    }

    private static func rfc3339(_ text: String) -> Timestamp? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 40, "Tt ".utf8.contains(bytes[10]),
            bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]),
            let day = number(bytes[8..<10]), let hour = number(bytes[11..<13]),
            let minute = number(bytes[14..<16]), let second = number(bytes[17..<19]),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        var rest = bytes[19...]
        var milliseconds: Int64 = 0
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            }
            guard !digits.isEmpty else { return nil }
            let three = (digits.prefix(3) + Array(repeating: UInt8(ascii: "0"), count: 3)).prefix(3)
            milliseconds = Int64(number(three) ?? 0)
            rest = rest.dropFirst(1 + digits.count)
        }
        guard let offset = offset(rest) else { return nil }
        var date = tm()
        (date.tm_year, date.tm_mon, date.tm_mday) = (
            Int32(year - 1900), Int32(month - 1), Int32(day)
        )
        (date.tm_hour, date.tm_min, date.tm_sec) = (Int32(hour), Int32(minute), Int32(second))
        let seconds = Int64(timegm(&date)) - Int64(offset)
        // A day that the month does not have has become another.
        guard Int(date.tm_mday) == day || second == 60 else { return nil }
        return Timestamp(milliseconds: seconds * 1000 + milliseconds)
    }

    /// Seconds east of UTC: "Z", "+02:00".
    private static func offset(_ text: ArraySlice<UInt8>) -> Int? {
        let bytes = Array(text)
        if bytes == [UInt8(ascii: "Z")] || bytes == [UInt8(ascii: "z")] { return 0 }
        guard bytes.count == 6, bytes[3] == UInt8(ascii: ":"), let hours = number(bytes[1..<3]),
            let minutes = number(bytes[4..<6]), hours < 24, minutes < 60
        else { return nil }
        let seconds = hours * 3600 + minutes * 60
        switch bytes[0] {
        case UInt8(ascii: "+"): return seconds
        case UInt8(ascii: "-"): return -seconds
        default: return nil
        }
    }

    private static func number(_ digits: some Collection<UInt8>) -> Int? {
        guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int(String(decoding: digits, as: UTF8.self))
    }
}

extension Timestamp {
    /// "2026-01-02".
    var dateText: String { String(text.prefix { $0 != "T" }) }

    /// As `text`, with milliseconds where there are some: "2026-01-02T03:04:05.250Z".
    var exactText: String {
        let rest = (milliseconds % 1000 + 1000) % 1000
        return rest == 0 ? text : text.dropLast() + "." + String(rest + 1000).dropFirst() + "Z"
    }
}
