import Snapshot
import Targets
import TimeSeries

/// What the engine remembers of one target between snapshots.
struct TargetRecord {
    enum Outcome: Sendable {
        case none
        case reading(findings: [Finding])
        case failed(CollectionFailure)
    }

    let spec: TargetSpec
    /// When the watch began to collect it.
    let addedAt: Timestamp
    private(set) var outcome = Outcome.none
    private(set) var detail: TargetDetail?
    private(set) var lastTry: Timestamp?
    private(set) var lastSuccess: Timestamp?
    private(set) var health = Health.unknown
    private(set) var since: Timestamp
    private var history: HistoryRing

    init(spec: TargetSpec, addedAt: Timestamp) {
        self.spec = spec
        self.addedAt = addedAt
        since = addedAt
        history = HistoryRing(step: spec.interval)
    }

    mutating func record(_ reading: Reading, at now: Timestamp) {
        outcome = .reading(findings: reading.findings)
        detail = reading.detail
        history.record(reading.detail.historyValue, at: now)
        lastTry = now
        lastSuccess = now
    }

    /// The detail of the last success stays: it is shown with its age.
    mutating func record(_ failure: CollectionFailure, at now: Timestamp) {
        outcome = .failed(failure)
        history.record(nil, at: now)
        lastTry = now
    }

    /// The target as it is judged now; remembers when the judgement changed.
    mutating func state(at now: Timestamp, context: JudgementContext) -> TargetState {
        let judgement = Judgement(of: self, at: now, context: context)
        if judgement.health != health {
            health = judgement.health
            since = now
        }
        return TargetState(
            id: spec.id, health: health, reason: judgement.reason, remedy: judgement.remedy,
            cause: judgement.cause,
            since: since, lastSuccess: lastSuccess, lastTry: lastTry, interval: spec.interval,
            detail: detail, findings: findings, history: history.history)
    }

    /// Whether the last collection says that the target does not serve.
    var isFailing: Bool {
        switch outcome {
        case .none: false
        case .failed(let failure): failure.health == .critical
        case .reading(let findings): findings.contains { $0.health == .critical }
        }
    }

    /// Of an engine: every container while it does not answer, else those that do not run well.
    var failingParts: [JudgementContext.Part] {
        guard case .containers(let engine) = detail else { return [] }
        let failing = engine.containers.filter {
            isEngineSilent || $0.state != "running" || $0.health == "unhealthy"
        }
        return failing.map { JudgementContext.Part(target: spec.id, name: $0.name) }
    }

    private var isEngineSilent: Bool { if case .failed = outcome { true } else { false } }

    var findings: [Finding] {
        guard case .reading(let findings) = outcome else { return [] }
        return findings.sorted { $0.health > $1.health }
    }
}
