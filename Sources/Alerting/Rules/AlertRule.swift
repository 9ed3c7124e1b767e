import TimeSeries

/// When a breach becomes an alert, and when an alert ends.
public struct AlertRule: Hashable, Sendable {
    /// What an evaluation without data means.
    public enum NoData: String, Hashable, Sendable, CaseIterable, Codable {
        /// It is no breach.
        case ok
        /// It is a breach.
        case alert
        /// The state stays as it is, for at most `keepLimit`; then it is a breach.
        case keep
    }

    public var threshold: Threshold
    /// How long a breach must be observed before it fires; zero fires at once.
    public var hold: Duration
    /// How long it must be well before an alert ends; a breach in between starts this anew.
    public var keepFiringFor: Duration
    public var noData: NoData
    /// How long absent data keeps a state.
    public var keepLimit: Duration = .seconds(900)
    /// Two evaluations further apart than this have not observed the time between them; nil is
    /// without a limit.
    public var maxGap: Duration?
    /// Whether an alert that changes too often is held instead of ended.
    public var holdsFlapping = false

    public init(
        _ threshold: Threshold, hold: Duration = .zero, keepFiringFor: Duration = .zero,
        noData: NoData = .keep
    ) {
        self.threshold = threshold
        self.hold = hold
        self.keepFiringFor = keepFiringFor
        self.noData = noData
    }
}

/// What one evaluation of a rule found.
public enum Finding: Hashable, Sendable {
    case value(Double)
    /// The target answers, and the value is not there.
    case noData
    /// We could not look: never a breach, and never well.
    case error
}

/// What a finding means for an alert.
public enum Judgement: Hashable, Sendable {
    case breached
    case well
    /// Nothing is known, so that nothing changes.
    case unknown
}

extension AlertRule {
    /// `missing` is for how long data has been absent.
    func judge(_ finding: Finding, isFiring: Bool, missing: Duration) -> Judgement {
        switch finding {
        case .value(let value):
            return threshold.isBreached(by: value, isFiring: isFiring) ? .breached : .well
        case .error: return .unknown
        case .noData:
            switch noData {
            case .ok: return .well
            case .alert: return .breached
            case .keep: return missing < keepLimit ? .unknown : .breached
            }
        }
    }
}
