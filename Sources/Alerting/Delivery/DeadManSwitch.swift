import TimeSeries

/// What must hold for us to tell the world outside that we are well: someone there notices when
/// we no longer do.
public struct DeadManSwitch: Hashable, Sendable {
    public static let interval = Duration.seconds(60)

    public var lastEvaluationWasOnTime: Bool
    /// Since the outbox was last on disk.
    public var sinceSync: Duration
    /// How long the oldest page has waited for a channel to take it.
    public var oldestPage: Duration
    public var pageChannels: Int
    public var brokenPageChannels: Int
    public var isClockSane: Bool
    public var freeBytes: Int64

    /// No clock that is right shows an earlier time: this was written then (2025-11-01).
    public static let firstDate = Timestamp(seconds: 1_761_955_200)

    public init(
        lastEvaluationWasOnTime: Bool, sinceSync: Duration, oldestPage: Duration,
        pageChannels: Int, brokenPageChannels: Int, isClockSane: Bool, freeBytes: Int64
    ) {
        self.lastEvaluationWasOnTime = lastEvaluationWasOnTime
        self.sinceSync = sinceSync
        self.oldestPage = oldestPage
        self.pageChannels = pageChannels
        self.brokenPageChannels = brokenPageChannels
        self.isClockSane = isClockSane
        self.freeBytes = freeBytes
    }

    /// Why we are not well; empty means that we are.
    public var complaints: [String] {
        let checks: [(isWell: Bool, complaint: String)] = [
            (lastEvaluationWasOnTime, "the last evaluation did not end in time"),
            (sinceSync <= .seconds(30), "the outbox was not written for \(seconds(sinceSync))"),
            (oldestPage <= .seconds(180), "a page has waited for \(seconds(oldestPage))"),
            (brokenPageChannels < pageChannels, "no channel takes pages"),
            (isClockSane, "the clock cannot be trusted"),
            (freeBytes > 50_000_000, "less than 50 MB are free on the disk"),
        ]
        return checks.filter { !$0.isWell }.map(\.complaint)
    }

    private func seconds(_ duration: Duration) -> String { "\(duration.milliseconds / 1000) s" }
}
