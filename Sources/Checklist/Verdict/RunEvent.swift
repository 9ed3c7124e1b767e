import TimeSeries

/// Something that happened in a run of a plan. Appended, never edited; the run is what they come to.
public struct RunEvent: Sendable, Hashable, Codable {
    /// The plan's file, without its folder.
    public var plan: String
    /// The run's name, such as a version.
    public var run: String
    public var what: What
    public var at: Timestamp
    /// The user who did it; for a step the watch.
    public var by: String
    /// The anchor of a step that was verified, with what showed it.
    public var item: String?
    public var evidence: [String]

    public enum What: String, Sendable, Hashable, Codable {
        case started, latched, closed
    }

    public init(
        plan: String, run: String, _ what: What, at: Timestamp, by: String, item: String? = nil,
        evidence: [String] = []
    ) {
        self.plan = plan
        self.run = run
        self.what = what
        self.at = at
        self.by = by
        self.item = item
        self.evidence = evidence
    }
}

extension [RunEvent] {
    /// The run of a plan that was started last; nil where none was.
    public func newestRun(of plan: String) -> Run? {
        var newest: Run?
        for event in self where event.plan == plan {
            switch event.what {
            case .started: newest = Run(event.run, started: event.at)
            case .latched where newest?.name == event.run && newest?.closed == nil:
                guard let item = event.item, newest?.latches[item] == nil else { continue }
                newest?.latches[item] = Run.Latch(at: event.at, evidence: event.evidence)
            case .closed where newest?.name == event.run && newest?.closed == nil:
                newest?.closed = event.at
            case .latched, .closed: continue
            }
        }
        return newest
    }
}

extension Run {
    /// The steps that were verified since an earlier state of the same run, as events.
    public func newLatches(since earlier: Run, plan: String) -> [RunEvent] {
        latches.filter { earlier.latches[$0.key] == nil }
            .sorted { ($0.value.at, $0.key) < ($1.value.at, $1.key) }
            .map { item, latch in
                RunEvent(
                    plan: plan, run: name, .latched, at: latch.at, by: "the watch", item: item,
                    evidence: latch.evidence)
            }
    }
}
