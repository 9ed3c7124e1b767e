import PromQL

/// Reads durations, sizes and limits as they are written.
enum Quantity {
    /// The longest duration that is accepted.
    static let longest = Duration.seconds(3650 * 86_400)

    private static let milliseconds: [String: Double] = [
        "us": 0.001, "µs": 0.001, "ms": 1, "s": 1000, "m": 60_000, "min": 60_000, "h": 3_600_000,
        "d": 86_400_000, "w": 7 * 86_400_000,
    ]

    private static let bytes: [String: Double] = [
        "B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1024, "MiB": 1_048_576,
        "GiB": 1_073_741_824,
    ]

    /// "500ms", "5s", "1.5h", "1h30m"; from 0 to ten years. nil when it is none.
    static func duration(_ text: String) -> Duration? {
        guard let parts = parts(of: text), !parts.isEmpty else { return nil }
        var sum = 0.0
        for (number, unit) in parts {
            guard let factor = milliseconds[unit] else { return nil }
            sum += number * factor
        }
        guard (0...longest.inMilliseconds).contains(sum) else { return nil }
        return .microseconds(Int64((sum * 1000).rounded()))
    }

    /// "64KiB", "16 MiB" or a plain number of bytes as text.
    static func byteCount(_ text: String) -> Int? {
        guard let (number, unit) = single(text) else { return nil }
        return bytes[unit.isEmpty ? "B" : unit].flatMap { Int(exactly: (number * $0).rounded()) }
    }

    /// A limit in base units: "100ms" is 0.1, "0.1%" is 0.001, "50 req/s" is 50. nil when it is
    /// none, or has a direction.
    static func limit(_ text: String) -> Double? {
        guard let target = plainTarget(text) else { return nil }
        switch target.bound {
        case .undirected(let limit): return rounded(limit)
        case .atMost(let limit) where target.isAssumed: return rounded(limit)
        case .atLeast(let limit) where target.isAssumed: return rounded(limit)
        default: return nil
        }
    }

    /// "82%" is 0.82: what scaling adds in the sixteenth digit is not what was written.
    private static func rounded(_ number: Double) -> Double {
        abs(number) < 1000 ? (number * 1e12).rounded() / 1e12 : number
    }

    /// "< 100ms", "≥ 50 req/s", "50+" (at least). nil without a direction.
    static func goal(_ text: String) -> Goal? {
        guard let target = plainTarget(text), !target.isAssumed else { return nil }
        switch target.bound {
        case .less(let limit): return Goal(.less, rounded(limit))
        case .atMost(let limit): return Goal(.lessOrEqual, rounded(limit))
        case .greater(let limit): return Goal(.greater, rounded(limit))
        case .atLeast(let limit): return Goal(.greaterOrEqual, rounded(limit))
        case .inside, .equal, .about, .undirected, nil: return nil
        }
    }

    /// A target that says nothing but a number, its unit and perhaps a direction.
    private static func plainTarget(_ text: String) -> Target? {
        guard let target = try? Target(parsing: text), target.severity == nil,
            target.quantile == nil
        else { return nil }
        return target
    }

    private static func single(_ text: String) -> (number: Double, unit: String)? {
        guard let parts = parts(of: text), parts.count == 1 else { return nil }
        return parts.first
    }

    /// Numbers with what follows each: "1h30m" is (1, h), (30, m). nil when it begins otherwise.
    private static func parts(of text: String) -> [(number: Double, unit: String)]? {
        var rest = trimmed(text)[...]
        var parts: [(Double, String)] = []
        while !rest.isEmpty {
            let isFirst = parts.isEmpty
            let digits = rest.prefix { isDigit($0) || $0 == "." || (isFirst && $0 == "-") }
            guard let number = Double(digits), number.isFinite else { return nil }
            rest = rest.dropFirst(digits.count).drop { $0 == " " }
            let unit = rest.prefix { !isDigit($0) && $0 != " " && $0 != "." && $0 != "-" }
            rest = rest.dropFirst(unit.count)
            parts.append((number, String(unit)))
            if parts.count > 8 { return nil }
        }
        return parts
    }

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
}

/// The text without spaces and line ends around it.
func trimmed(_ text: String) -> String {
    let start = text.drop { $0.isWhitespace }
    return String(start.reversed().drop { $0.isWhitespace }.reversed())
}

extension Duration {
    fileprivate var inMilliseconds: Double { Double(components.seconds) * 1000 }

    /// As it would be written: "1h30m", "500ms", "0s".
    var written: String {
        var rest = components.seconds
        var text = ""
        for (unit, seconds) in [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]
            as [(String, Int64)]
        where rest >= seconds {
            text += "\(rest / seconds)\(unit)"
            rest %= seconds
        }
        let milliseconds = components.attoseconds / 1_000_000_000_000_000
        if milliseconds > 0 { text += "\(milliseconds)ms" }
        return text.isEmpty ? "0s" : text
    }
}

/// A number without a needless fraction.
func plain(_ number: Double) -> String {
    Int64(exactly: number).map { "\($0)" } ?? "\(number)"
}

/// A length of time as the configuration has it: "500ms", "1h30m"; nil when it is none.
public func writtenDuration(_ text: String) -> Duration? { Quantity.duration(text) }
