import TimeSeries

/// Where one alert stands. Durations count observed time only.
public enum AlertState: Hashable, Sendable, Codable {
    case inactive
    /// It breaches, and not yet for long enough.
    case pending(breached: Duration)
    case firing
    /// It fires still, and has been well for a while that is not yet long enough.
    case recovering(well: Duration)

    /// True also while it recovers: nobody has been told that it ended.
    public var isFiring: Bool {
        switch self {
        case .firing, .recovering: true
        case .inactive, .pending: false
        }
    }

    /// "inactive", "pending", "firing" or "recovering".
    public var word: String {
        switch self {
        case .inactive: "inactive"
        case .pending: "pending"
        case .firing: "firing"
        case .recovering: "recovering"
        }
    }

    /// The state after one evaluation of its rule. `credit` is the time observed since the one before.
    func next(_ judgement: Judgement, credit: Duration, by rule: AlertRule) -> AlertState {
        switch (self, judgement) {
        case (_, .unknown): self
        case (.inactive, .well), (.pending, .well): .inactive
        case (.inactive, .breached): rule.hold > .zero ? .pending(breached: .zero) : .firing
        case (.pending(let breached), .breached):
            breached + credit < rule.hold ? .pending(breached: breached + credit) : .firing
        case (.firing, .breached), (.recovering, .breached): .firing
        case (.firing, .well): rule.keepFiringFor > .zero ? .recovering(well: .zero) : .inactive
        case (.recovering(let well), .well):
            well + credit < rule.keepFiringFor ? .recovering(well: well + credit) : .inactive
        }
    }
}

/// A change of an alert that its history tells.
public enum AlertEvent: String, Hashable, Sendable, CaseIterable, Codable {
    case pending
    case firing
    /// A pending alert that ended before it fired.
    case pendingCleared = "pending_cleared"
    case resolved

    /// Nil where nothing changed for those who watch.
    init?(from before: AlertState, to after: AlertState) {
        switch (before, after) {
        case (.inactive, .pending): self = .pending
        case (.inactive, .firing), (.pending, .firing): self = .firing
        case (.pending, .inactive): self = .pendingCleared
        case (.firing, .inactive), (.recovering, .inactive): self = .resolved
        case (.inactive, _), (.pending, _), (.firing, _), (.recovering, _): return nil
        }
    }
}
