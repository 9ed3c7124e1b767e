import TimeSeries

/// Two looks to turn green, one to turn red: what a security check shows over its looks.
///
/// Looks at the same evidence count once. A verdict that is neither keeps nothing green.
public struct Steadiness: Sendable, Hashable {
    private var greens = 0
    private var lastLook: Timestamp?

    public init() {}

    /// How many favourable looks in a row are needed.
    public static let needed = 2

    /// Whether the look that confirms comes soon: what is looked at once a day is not waited for.
    func isWaiting(at now: Timestamp) -> Bool {
        guard greens > 0, greens < Self.needed, let lastLook else { return false }
        return now.duration(since: lastLook) < .minutes(1)
    }

    /// The result to show after one more look.
    public mutating func take(_ result: CheckResult, of check: Check) -> CheckResult {
        guard check.isSecurity else { return result }
        guard result.verdict.isFavourable else {
            greens = 0
            lastLook = nil
            return result
        }
        if lastLook == nil || result.lookedAt != lastLook { greens += 1 }
        lastLook = result.lookedAt
        if result.isConfirmed { greens = Self.needed }
        guard greens < Self.needed else { return result }
        var waiting = result
        waiting.verdict = .unknown
        waiting.evidence = "look \(greens) of \(Self.needed): \(result.evidence)"
        return waiting
    }
}
