import Lint
import PromQL
import Targets

/// What a query can see: how far back, and from whom.
struct SeriesScope {
    /// How long samples are kept.
    var retention: Duration
    /// The values that `job` and `instance` can have; nil when they are not known.
    private var known: [String: Set<String>]?

    /// - Parameter targets: nil when some of them could not be read.
    init(retention: Duration, targets: [TargetSpec]?) {
        self.retention = retention
        known = targets.map { targets in
            [
                "job": Set(targets.map { $0.labels["job"] ?? $0.defaultJob }),
                "instance": Set(targets.map { $0.labels["instance"] ?? $0.id.name }),
            ]
        }
    }

    /// The first matcher of an expression that no target's series can meet, with what was likely
    /// meant.
    func mismatch(in expression: Expression) -> (label: String, value: String, hint: String)? {
        guard let known else { return nil }
        for matcher in expression.readings.flatMap(\.matchers) where matcher.op == .equal {
            guard let values = known[matcher.name], !values.contains(matcher.value) else {
                continue
            }
            let hint = didYouMean(matcher.value, among: values)
            return (matcher.name, matcher.value, hint)
        }
        return nil
    }
}

extension TargetSpec {
    /// The `job` of its series: the kind, of a scrape its name.
    fileprivate var defaultJob: String { id.kind == .scrape ? id.name : id.kind.rawValue }
}
