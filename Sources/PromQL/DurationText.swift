/// Durations as PromQL writes them: "5m", "1h30m", "1y2w3d4h5m6s7ms".
public enum DurationText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("y", 365 * 86_400_000), ("w", 7 * 86_400_000), ("d", 86_400_000), ("h", 3_600_000),
        ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// Nil when the text is no duration: units in falling order, each once, whole numbers only.
    public static func milliseconds(_ text: String) -> Int64? {
        guard text != "0" else { return 0 }
        var rest = Substring(text)
        var total: Int64 = 0
        var next = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard let index = units[next...].firstIndex(where: { $0.name == name }),
                let count = Int64(digits)
            else { return nil }
            let (part, isTooLong) = count.multipliedReportingOverflow(
                by: units[index].milliseconds)
            let (sum, overflow) = total.addingReportingOverflow(part)
            // The bound is what Prometheus holds: 2^63 nanoseconds, 292 years.
            guard !isTooLong, !overflow, sum <= Int64.max / 1_000_000 else { return nil }
            total = sum
            next = index + 1
        }
        return text.isEmpty ? nil : total
    }

    /// The shortest spelling: 5400000 is "1h30m". A negative duration has a sign in front.
    public static func text(milliseconds: Int64) -> String {
        guard milliseconds != 0 else { return "0s" }
        var rest = milliseconds.magnitude
        var result = milliseconds < 0 ? "-" : ""
        for (name, length) in units {
            let count = rest / length.magnitude
            // Years and weeks only where nothing smaller follows.
            if name == "y" || name == "w", rest % length.magnitude != 0 { continue }
            if count > 0 { result += "\(count)\(name)" }
            rest %= length.magnitude
        }
        return result
    }
}
