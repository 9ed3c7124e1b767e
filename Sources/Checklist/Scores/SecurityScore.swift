import TimeSeries

/// How much of a plan's security items is verified, by weight. It is no audit.
public struct SecurityScore: Sendable, Hashable {
    /// By evidence alone.
    public var verified: Score
    /// With what people have signed.
    public var attested: Score
    public var failed: Int
    /// 0.59 with a failed critical item, 0.89 with a failed high one; nil without.
    public var cap: Double?
    /// Whether the share with signatures is above the target, and nothing forbids saying so.
    public var isMet: Bool

    /// - Parameters:
    ///   - items: The items in scope, each once, as `scope` gives them.
    ///   - target: A share, 0.95 for "> 95 %".
    public init(of items: [ItemVerdict], target: Double = 0.95) {
        var tally = Tally()
        for item in items { tally.count(item) }
        let cap = tally.failedSeverity.flatMap(Self.cap)
        verified = tally.score(tally.verified, cap)
        attested = tally.score(tally.verified + tally.signed, cap)
        failed = tally.failed
        self.cap = cap
        let half = tally.seen * 2 >= tally.applicable
        isMet = (attested.value ?? 0) > target && !tally.isGraveOpen && half
    }

    private static func cap(_ severity: Severity) -> Double? {
        switch severity {
        case .critical: 0.59
        case .high: 0.89
        case .medium, .low: nil
        }
    }

    /// "71 % verified · 83 % with attestations · 5 unknown · 2 failed (cap 89)"
    public var text: String {
        let limit = cap.map { " (cap \(Int($0 * 100)))" } ?? ""
        return "\(verified.text) verified · \(attested.text) with attestations · "
            + "\(verified.unknowns) unknown · \(failed) failed\(limit)"
    }

    /// The items of the sections that carry a severity. One that a phase repeats (all of its checks
    /// are those of an earlier item) counts once, with the higher severity.
    public static func scope(
        of plan: BoundPlan, _ verdicts: [ItemVerdict], where isInScope: (Plan.Section) -> Bool
    ) -> [ItemVerdict] {
        var chosen: [ItemVerdict] = []
        var byChecks: [Set<String>: Int] = [:]
        for (item, verdict) in zip(plan.items, verdicts)
        where isInScope(plan.plan.sections[item.item.section]) {
            let checks = Set(item.checks)
            if !checks.isEmpty, let earlier = byChecks[checks] {
                chosen[earlier].severity = max(chosen[earlier].severity, verdict.severity)
                continue
            }
            byChecks[checks] = chosen.count
            chosen.append(verdict)
        }
        return chosen
    }

    /// Weights summed up by what became of them.
    private struct Tally {
        var applicable = 0.0
        var verified = 0.0
        var signed = 0.0
        /// Verified by behaviour or setting.
        var seen = 0.0
        var unknown = 0
        var failed = 0
        var failedSeverity: Severity?
        /// A critical or high item is failed or unknown.
        var isGraveOpen = false
        var oldest: Timestamp?

        mutating func count(_ item: ItemVerdict) {
            if case .notApplicable = item.state { return }
            let weight = item.severity.weight
            applicable += weight
            switch item.state {
            case .verified: countVerified(item, weight)
            case .verifiedWithReservations: countVerified(item, weight / 2)
            case .latched(_, let stillTrue): if stillTrue { countVerified(item, weight) }
            case .attested: signed += weight
            case .failed, .waived:
                failed += 1
                failedSeverity = max(failedSeverity ?? .low, item.severity)
                isGraveOpen = isGraveOpen || item.severity >= .high
            case .unknown:
                unknown += 1
                isGraveOpen = isGraveOpen || item.severity >= .high
            case .open, .expired, .unbound, .notApplicable: break
            }
        }

        private mutating func countVerified(_ item: ItemVerdict, _ weight: Double) {
            verified += weight
            if let grade = item.grade, grade >= .setting { seen += weight }
            let times = item.results.compactMap(\.observedAt) + [oldest].compactMap(\.self)
            oldest = times.min()
        }

        func score(_ sum: Double, _ cap: Double?) -> Score {
            Score(
                numerator: min(sum, applicable * (cap ?? 1)), denominator: applicable,
                unknowns: unknown, oldest: oldest)
        }
    }
}
