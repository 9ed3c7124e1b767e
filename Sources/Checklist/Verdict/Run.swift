import TimeSeries

/// One deployment: its steps, once verified, stay so with their evidence and time.
public struct Run: Sendable, Hashable, Codable {
    public var name: String
    public var started: Timestamp
    /// nil while it is under way.
    public var closed: Timestamp?
    /// By anchor.
    public var latches: [String: Latch]

    public struct Latch: Sendable, Hashable, Codable {
        public var at: Timestamp
        public var evidence: [String]

        public init(at: Timestamp, evidence: [String]) {
            self.at = at
            self.evidence = evidence
        }
    }

    public init(
        _ name: String, started: Timestamp, closed: Timestamp? = nil, latches: [String: Latch] = [:]
    ) {
        self.name = name
        self.started = started
        self.closed = closed
        self.latches = latches
    }

    /// Latches each step that is done now. Steps are taken in the plan's order: one is not latched
    /// before those above it, unless it says that it may be.
    public mutating func take(_ verdicts: [ItemVerdict], of plan: BoundPlan, at now: Timestamp) {
        guard closed == nil else { return }
        var isBarred = false
        for (item, verdict) in zip(plan.items, verdicts) where item.binding?.life == .run {
            let isLatched = latches[verdict.anchor] != nil
            let mayLatch = !isBarred || item.binding?.anyOrder == true
            if !isLatched, mayLatch, verdict.state.isDone {
                latches[verdict.anchor] = Latch(at: now, evidence: verdict.results.map(\.evidence))
            }
            isBarred = isBarred || latches[verdict.anchor] == nil
        }
    }

    /// The verdicts as the run shows them: a step is latched or, though its evidence may be there,
    /// still to come.
    public func shown(_ verdicts: [ItemVerdict], of plan: BoundPlan) -> [ItemVerdict] {
        zip(plan.items, verdicts).map { item, verdict in
            guard item.binding?.life == .run else { return verdict }
            var shown = verdict
            if let latch = latches[verdict.anchor] {
                shown.state = .latched(at: latch.at, stillTrue: verdict.state.isDone)
                if !verdict.state.isDone {
                    shown.notes.append(
                        "was verified \(latch.at.milliseconds.clockText), no longer true")
                }
            } else if verdict.state.isDone {
                shown.state = .open
                shown.notes.append("waits for the steps above it")
            }
            return shown
        }
    }
}

extension Int64 {
    /// "14:07" in UTC, of milliseconds since the epoch.
    fileprivate var clockText: String {
        let minutes = Int((Double(self) / 60_000).rounded(.down))
        let ofDay = ((minutes % 1440) + 1440) % 1440
        let (hour, minute) = (ofDay / 60, ofDay % 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }
}
