import TimeSeries

/// Releases of PostgreSQL: until when a major version is maintained, and whether a minor one is
/// current.
///
/// Ends of life are announced five years ahead and stay what they are; minor releases come each
/// quarter. So an old table still knows what is unmaintained, and no longer what is current. Source:
/// postgresql.org, "Versioning policy" and the release announcements.
enum PostgresRelease {
    /// The day of the quarterly release that the table of minor releases knows.
    static let tableDate = PlanDate(year: 2026, month: 8, day: 13)
    /// A table that is older cannot say that a minor release is current.
    static let tableLife = Duration.days(180)

    private static let ends: [Int: (year: Int, month: Int, day: Int)] = [
        10: (2022, 11, 10), 11: (2023, 11, 9), 12: (2024, 11, 21), 13: (2025, 11, 13),
        14: (2026, 11, 12), 15: (2027, 11, 11), 16: (2028, 11, 9), 17: (2029, 11, 8),
        18: (2030, 11, 14),
    ]
    /// The newest minor release that is known of each, and the one before it: 18.5 was never made.
    private static let minors: [Int: (newest: Int, before: Int)] = [
        14: (24, 23), 15: (20, 19), 16: (15, 14), 17: (11, 10), 18: (6, 4),
    ]

    static func outcome(of version: String, seen: Timestamp, now: Timestamp) -> Outcome {
        let parts = version.split(separator: ".").prefix(2).compactMap {
            Int($0.prefix(while: \.isNumber))
        }
        guard parts.count == 2, let end = ends[parts[0]],
            let lastDay = PlanDate(year: end.year, month: end.month, day: end.day)
        else { return .unknown("version \"\(version)\" is not in the table", at: now) }
        let day = dateText(lastDay)
        guard now < lastDay.midnight + .days(1) else {
            return Outcome(
                .fail, "\(version) is unmaintained since \(day)", subjects: 1, at: seen)
        }
        let text = "\(version), maintained to \(day)"
        guard let tableDate, now < tableDate.midnight + tableLife else {
            return .unknown(
                "\(text); the newest minor release is not known: the table is older than 180 days",
                at: now)
        }
        guard let minor = minors[parts[0]] else {
            return .unknown("\(text); its minor releases are not known", at: now)
        }
        return parts[1] >= minor.before
            ? Outcome(.pass, text, subjects: 1, at: seen)
            : Outcome(
                .warn, "\(text); \(parts[0]).\(minor.newest) is out", subjects: 1, at: seen)
    }

    /// "2027-11-11"
    private static func dateText(_ date: PlanDate) -> String {
        let parts = [date.year, date.month, date.day]
        return parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: "-")
    }
}
