import TimeSeries

/// When the clocks of a place show what: a time zone of the system's database, read from its TZif
/// file (RFC 8536).
public struct TimeZoneRules: Hashable, Sendable {
    /// In order, by instant.
    let changes: [ZoneChange]
    /// Seconds east of UTC before the first change, and always where there is none and no footer.
    let first: Int
    let footer: ZoneFooter?

    public static let utc = TimeZoneRules(changes: [], first: 0, footer: nil)

    init(changes: [ZoneChange], first: Int, footer: ZoneFooter?) {
        self.changes = changes
        self.first = first
        self.footer = footer
    }

    /// Seconds east of UTC.
    public func offset(at instant: Timestamp) -> Int {
        offset(at: Self.second(of: instant)) { $0.instant }
    }

    /// What the clocks show, cut to the second.
    public func local(at instant: Timestamp) -> LocalTime {
        LocalTime(seconds: Self.second(of: instant) + Int64(offset(at: instant)))
    }

    /// The instant at which the clocks show a time, by the one rule of RFC 5545: a time that is shown
    /// twice is its first occurrence; one that is skipped counts with the offset before the gap, so
    /// that 02:30 in a gap of an hour is the instant of 03:30.
    public func instant(of local: LocalTime) -> Timestamp {
        let offset = offset(at: local.seconds) { $0.wall }
        return Timestamp(milliseconds: (local.seconds - Int64(offset)) * 1000)
    }

    /// The offset by instants or by local times, as `key` measures the changes.
    private func offset(at value: Int64, _ key: (ZoneChange) -> Int64) -> Int {
        if let footer, changes.last.map({ key($0) <= value }) ?? true {
            return footer.offset(at: value, in: LocalTime(seconds: value).date.parts.year, key)
        }
        return changes.offset(at: value, key) ?? first
    }

    private static func second(of instant: Timestamp) -> Int64 {
        instant.milliseconds.floorDivided(by: 1000)
    }
}
