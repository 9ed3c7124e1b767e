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
                // What came after the run was closed is no part of it.
                let isStillTrue = verdict.state.isDone || closed != nil
                shown.state = .latched(at: latch.at, stillTrue: isStillTrue)
                if !isStillTrue {
                    shown.notes.append(
                        "was verified \(latch.at.clockText), no longer true")
                }
            } else if closed != nil {
                shown.state = .open
                shown.notes.append("was not verified in \(name)")
            } else if verdict.state.isDone {
                shown.state = .open
                shown.notes.append("waits for the steps above it")
            }
            return shown
        }
    }

    /// The same where no run was ever started: steps are to come, whatever is so now.
    public static func awaited(_ verdicts: [ItemVerdict], of plan: BoundPlan) -> [ItemVerdict] {
        zip(plan.items, verdicts).map { item, verdict in
            guard item.binding?.life == .run else { return verdict }
            var shown = verdict
            shown.state = .open
            shown.notes.append("no run has been started")
            return shown
        }
    }

    /// Of signatures on steps those that were given in this run: an earlier one is about another.
    public func own(_ attestations: [Attestation], of plan: BoundPlan) -> [Attestation] {
        let steps = Set(
            plan.items.filter { $0.binding?.life == .run }.flatMap {
                [$0.item.anchor, $0.binding?.anchor ?? ""]
            })
        return attestations.filter { !steps.contains($0.item) || $0.signed >= started }
    }
}

extension Timestamp {
    /// "14:07" in UTC.
    var clockText: String {
        let minutes = Int((Double(milliseconds) / 60_000).rounded(.down))
        let ofDay = ((minutes % 1440) + 1440) % 1440
        let (hour, minute) = (ofDay / 60, ofDay % 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }
}
