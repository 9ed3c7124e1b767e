import TimeSeries

/// What must be remembered between looks: how often a check was green in a row, and when an item
/// last failed.
public struct ChecklistMemory: Sendable {
    private struct Key: Hashable {
        var check: String
        var target: String
    }

    private var steadiness: [Key: Steadiness] = [:]
    /// Results of checks that are too dear to be judged at each look.
    private var dear: [String: (at: Timestamp, results: [CheckResult])] = [:]
    /// The run that they are about.
    private var mark: Timestamp?
    /// Anchor → when a check of the item last failed.
    public private(set) var lastFailures: [String: Timestamp] = [:]

    public init() {}

    /// Takes one more look with every check: what is to be shown after it.
    public mutating func look(at evidence: Evidence) -> [String: [CheckResult]] {
        if mark != evidence.mark { dear = [:] }
        mark = evidence.mark
        dear = dear.filter { id, known in
            let age = evidence.now.duration(since: known.at)
            return evidence.wanted?.contains(id) != false && age >= .zero
                && age < Judges.slow[id] ?? .zero
        }
        var shown = Catalogue.results(on: evidence, reusing: dear.mapValues(\.results))
        for id in Judges.slow.keys where dear[id] == nil {
            dear[id] = shown[id].map { (evidence.now, $0) }
        }
        var seen: [Key: Steadiness] = [:]
        for check in Catalogue.all where check.isSecurity {
            guard let results = shown[check.id] else { continue }
            shown[check.id] = results.map { result in
                let key = Key(check: check.id, target: result.target)
                var steady = steadiness[key] ?? Steadiness()
                defer { seen[key] = steady }
                return steady.take(result, of: check)
            }
        }
        // Targets that are gone are forgotten with it.
        steadiness = seen
        return shown
    }

    /// Notes which items failed, so that older signatures on them end.
    public mutating func note(_ verdict: PlanVerdict) {
        for item in verdict.items where item.results.contains(where: { $0.verdict == .fail }) {
            lastFailures[item.anchor] = verdict.at
        }
    }

    /// Whether some check is green and waits for the look that confirms it.
    public func isWaiting(at now: Timestamp) -> Bool {
        steadiness.values.contains { $0.isWaiting(at: now) }
    }
}
