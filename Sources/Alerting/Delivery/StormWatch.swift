import TimeSeries

/// Tells when so many pages begin that single ones help nobody: then one message sums them up.
public struct StormWatch: Hashable, Sendable, Codable {
    /// A storm begins with more episodes than this within `rise`.
    public static let most = 20
    public static let rise = Duration.seconds(60)
    /// It ends when fewer than this began within `calm`.
    public static let few = 5
    public static let calm = Duration.seconds(300)
    /// A summary is sent again after this long.
    public static let summaryInterval = Duration.seconds(120)

    /// When the newest episodes began, at most `most` + 1 of them.
    private var begun: [Timestamp] = []
    /// When the storm began; nil without one.
    public private(set) var since: Timestamp?
    private var lastSummary: Timestamp?

    public init() {}

    /// A page's episode began. `isBehind`: pages wait for so long that more of them help nobody.
    public mutating func record(at now: Timestamp, isBehind: Bool = false) {
        begun.append(now)
        if begun.count > Self.most + 1 { begun.removeFirst() }
        guard since == nil else { return }
        let areMany =
            begun.count > Self.most
            && begun.first.map { now.duration(since: $0) <= Self.rise } ?? false
        if areMany || isBehind { since = now }
    }

    mutating func clockWasSet(by step: Duration) {
        begun = begun.map { $0 + step }
        since = since.map { $0 + step }
        lastSummary = lastSummary.map { $0 + step }
    }

    /// Ends a storm that is over. To be asked at each evaluation.
    public mutating func settle(at now: Timestamp) {
        let recent = begun.count { now.duration(since: $0) < Self.calm }
        guard since != nil, recent < Self.few else { return }
        since = nil
        lastSummary = nil
    }

    /// When the next summary is due; nil without a storm, whose end is looked for then too.
    public var nextSummary: Timestamp? {
        guard since != nil else { return nil }
        return lastSummary.map { $0 + Self.summaryInterval } ?? .distantPast
    }

    /// Whether a summary is to be sent now; true once for each time it is due.
    public mutating func takeSummary(at now: Timestamp) -> Bool {
        guard since != nil else { return false }
        if let lastSummary, now.duration(since: lastSummary) < Self.summaryInterval { return false }
        lastSummary = now
        return true
    }
}
