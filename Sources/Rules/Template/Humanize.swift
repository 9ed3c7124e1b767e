/// Numbers for people, digit by digit as Prometheus' template functions write them.
enum Humanize {
    private static let large = ["k", "M", "G", "T", "P", "E", "Z", "Y"]
    private static let small = ["m", "u", "n", "p", "f", "a", "z", "y"]
    private static let binary = ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"]

    private static func four(_ value: Double) -> String {
        GoFloat.text(value, verb: "g", precision: 4)
    }

    /// "1.234k", "12m".
    static func decimal(_ value: Double) -> String {
        guard value != 0, value.isFinite else { return four(value) }
        let (number, prefix) =
            abs(value) >= 1 ? scaled(value, down: 1000, large) : raised(value)
        return four(number) + prefix
    }

    /// "2ki": by powers of 1024.
    static func binary(_ value: Double) -> String {
        guard abs(value) > 1, value.isFinite else { return four(value) }
        let (number, prefix) = scaled(value, down: 1024, binary)
        return four(number) + prefix
    }

    /// A number of seconds: "1d 2h 3m 4s", "5.6s", "7ms".
    static func duration(_ value: Double) -> String {
        guard value.isFinite else { return four(value) }
        guard value != 0 else { return four(value) + "s" }
        guard abs(value) >= 1 else {
            let (number, prefix) = raised(value)
            return four(number) + prefix + "s"
        }
        let sign = value < 0 ? "-" : ""
        let whole = Int64(exactly: abs(value).rounded(.down)) ?? .max
        let (days, hours) = (whole / 86_400, whole / 3600 % 24)
        let (minutes, seconds) = (whole / 60 % 60, whole % 60)
        if days != 0 { return "\(sign)\(days)d \(hours)h \(minutes)m \(seconds)s" }
        if hours != 0 { return "\(sign)\(hours)h \(minutes)m \(seconds)s" }
        if minutes != 0 { return "\(sign)\(minutes)m \(seconds)s" }
        return sign + four(abs(value)) + "s"
    }

    /// A ratio: 0.5 is "50%".
    static func percentage(_ value: Double) -> String { four(value * 100) + "%" }

    private static func scaled(
        _ value: Double, down factor: Double, _ prefixes: [String]
    ) -> (Double, String) {
        var (number, last) = (value, "")
        for prefix in prefixes where abs(number) >= factor {
            number /= factor
            last = prefix
        }
        return (number, last)
    }

    private static func raised(_ value: Double) -> (Double, String) {
        var (number, last) = (value, "")
        for prefix in small where abs(number) < 1 {
            number *= 1000
            last = prefix
        }
        return (number, last)
    }
}
