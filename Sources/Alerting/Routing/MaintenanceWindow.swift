import TimeSeries

/// Hours that come again, in which work is done and alerts of a kind wake nobody: "Sundays from 02:00
/// to 04:00 in Berlin". Like a silence it has an author, a reason and an end.
public struct MaintenanceWindow: Hashable, Sendable {
    public let matchers: [Matcher]
    public let hours: Restriction
    public let zone: TimeZoneRules
    public let start: Timestamp
    /// From here on it does not come again.
    public let end: Timestamp
    public let author: String
    public let comment: String

    /// The longest time for which hours may come again: somebody looks at them once a year.
    public static let longest = Duration.seconds(366 * 86_400)

    /// Refused as a silence is, but for its length; hours of everything are refused.
    public init(
        _ matchers: [Matcher], _ hours: Restriction, in zone: TimeZoneRules,
        from start: Timestamp, to end: Timestamp, author: String, comment: String
    ) throws(Silence.Refusal) {
        guard !author.isEmpty else { throw .noAuthor }
        guard !comment.isEmpty else { throw .noComment }
        guard start < end else { throw .endsBeforeItStarts }
        guard !matchers.allSatisfy({ $0.matchesEmpty }) else { throw .matchesAll }
        guard end.duration(since: start) <= Self.longest else { throw .tooLong }
        (self.matchers, self.hours, self.zone) = (matchers, hours, zone)
        (self.start, self.end, self.author, self.comment) = (start, end, author, comment)
    }

    public func isActive(at now: Timestamp) -> Bool {
        start <= now && now < end && hours.contains(now, in: zone)
    }

    public func silences(_ labels: Labels, at now: Timestamp) -> Bool {
        isActive(at: now) && matchers.allMatch(labels)
    }
}
