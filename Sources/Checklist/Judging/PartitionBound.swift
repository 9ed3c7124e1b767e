import TimeSeries

/// The time that one partition of a table is for, as `pg_get_expr` writes it:
/// `FOR VALUES FROM ('2026-11-01') TO ('2026-12-01')`. Only the first column of a key counts.
struct PartitionBound: Hashable {
    var from: Timestamp
    /// Not included.
    var to: Timestamp

    /// nil for DEFAULT, and for what is no range of dates.
    init?(_ text: String) {
        let parts = text.split(separator: "(").dropFirst().map { $0.prefix { $0 != ")" } }
        guard text.hasPrefix("FOR VALUES FROM"), parts.count == 2,
            let from = Self.instant(parts[0], ifOpen: .distantPast, "MINVALUE"),
            let to = Self.instant(parts[1], ifOpen: .distantFuture, "MAXVALUE")
        else { return nil }
        self.from = from
        self.to = to
    }

    private static func instant(
        _ values: Substring, ifOpen open: Timestamp, _ word: String
    ) -> Timestamp? {
        let value = values.split(separator: ",").first ?? ""
        return value == word ? open : instant(value.filter { $0 != "'" })
    }

    /// "2026-11-01" or "2026-11-01 00:00:00+01"; nil for anything else.
    private static func instant(_ text: String) -> Timestamp? {
        let words = text.split(separator: " ")
        let numbers = (words.first ?? "").split(separator: "-").compactMap { Int($0) }
        guard (1...2).contains(words.count), numbers.count == 3,
            let day = PlanDate(year: numbers[0], month: numbers[1], day: numbers[2])
        else { return nil }
        guard words.count == 2 else { return day.midnight }
        guard let time = seconds(words[1].prefix { !"+-".contains($0) }) else { return nil }
        let zone = words[1].drop { !"+-".contains($0) }
        guard !zone.isEmpty else { return day.midnight + .seconds(time) }
        guard let offset = seconds(zone.dropFirst()) else { return nil }
        return day.midnight + .seconds(time) - .seconds(zone.hasPrefix("-") ? -offset : offset)
    }

    /// Of "05:30" or "05:30:00.5", without the fraction.
    private static func seconds(_ text: Substring) -> Int? {
        let parts = text.prefix { $0 != "." }.split(separator: ":").map { Int($0) }
        guard (1...3).contains(parts.count), !parts.contains(nil) else { return nil }
        return zip(parts, [3600, 60, 1]).reduce(0) { $0 + ($1.0 ?? 0) * $1.1 }
    }
}
