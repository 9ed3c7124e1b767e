import Snapshot
import Targets
import TimeSeries

/// What a target's judgement needs beyond its own results.
struct JudgementContext {
    /// Set while our own network is down: nothing can then be said of a target.
    var isolatedSince: Timestamp?
    /// The worst alert that fires on each target, with its name.
    var alerts: [TargetID: (health: Health, name: String)] = [:]
    /// Targets that did not answer: they explain the failure of those that depend on them.
    var failing: Set<TargetID> = []
    /// Containers that do not run well, as engine and name: likewise.
    var failingParts: Set<Part> = []

    struct Part: Hashable {
        var target: TargetID
        var name: String
    }

    /// The first dependency of a target that explains its failure.
    func cause(of spec: TargetSpec) -> TargetID? {
        spec.dependsOn.first { id in
            guard let part = spec.dependsOnPart[id] else { return failing.contains(id) }
            return failingParts.contains(Part(target: id, name: part))
        }
    }
}

/// One target's state and why.
struct Judgement: Equatable {
    var health: Health
    var reason = ""
    var remedy: String?
    /// What explains the failure.
    var cause: TargetID?

    init(health: Health, reason: String = "", remedy: String? = nil) {
        self.health = health
        self.reason = reason
        self.remedy = remedy
    }

    init(of record: TargetRecord, at now: Timestamp, context: JudgementContext) {
        self = Judgement.byResult(of: record, at: now)
        if let alert = context.alerts[record.spec.id], alert.health > health {
            self = Judgement(health: alert.health, reason: "alert: \(alert.name)")
        }
        guard health == .critical else { return }
        if context.isolatedSince != nil, record.spec.id.kind != .host {
            self = Judgement(
                health: .unknown, reason: "our own network is down (\(reason))", remedy: nil)
        } else if let cause = context.cause(of: record.spec) {
            reason += " (behind \(cause))"
            self.cause = cause
        }
    }

    /// From the last outcome alone, and from its age: an old result is no result.
    private static func byResult(of record: TargetRecord, at now: Timestamp) -> Judgement {
        let age = now.duration(since: record.lastTry ?? record.addedAt)
        if age > overdue(record.spec) {
            return Judgement(
                health: .unknown, reason: "no result for \(age.components.seconds) s",
                remedy: "Its collector has not returned: see the log, then :reload.")
        }
        switch record.outcome {
        case .none: return Judgement(health: .unknown, reason: "connecting")
        case .failed(let failure):
            return Judgement(
                health: failure.health, reason: failure.message, remedy: failure.remedy)
        case .reading:
            let findings = record.findings
            guard let worst = findings.first, worst.health != .ok else {
                return Judgement(health: .ok)
            }
            let others = findings.count { $0.health == worst.health } - 1
            return Judgement(
                health: worst.health,
                reason: worst.title + (others > 0 ? " (+\(others) more)" : ""),
                remedy: worst.remedy)
        }
    }

    /// The age from which a result says nothing any more.
    private static func overdue(_ spec: TargetSpec) -> Duration {
        max(Schedule.longestPause, spec.interval * 3) + spec.timeout + .seconds(2)
    }
}
