import Targets
import TimeSeries

/// The last failed tries of a probe, newest first.
struct FailureLog {
    static let limit = 20

    private(set) var failures: [ProbeDetail.Failure] = []

    mutating func add(_ findings: [Finding], transcript: [String], at time: Timestamp) {
        let reasons = findings.filter { $0.health == .critical }.map(\.title)
        guard !reasons.isEmpty else { return }
        let failure = ProbeDetail.Failure(
            at: time.milliseconds, reason: cleaned(reasons.joined(separator: "; ")),
            transcript: transcript)
        failures.insert(failure, at: 0)
        if failures.count > FailureLog.limit { failures.removeLast() }
    }
}
