import TimeSeries

/// A firing source hides the targets that agree with it: the host is down, so do not page for what
/// runs on it.
public struct Inhibition: Hashable, Sendable {
    public var source: [Matcher]
    public var target: [Matcher]
    /// Labels in which both must agree; one that both lack agrees.
    public var equal: [String]

    public init(source: [Matcher], target: [Matcher], equal: [String]) {
        self.source = source
        self.target = target
        self.equal = equal
    }

    /// Whether an alert that fires hides another one. Of two that match both sides neither hides the
    /// other, so that no alert hides itself.
    public func hides(_ labels: Labels, behind other: Labels) -> Bool {
        guard target.allMatch(labels), source.allMatch(other) else { return false }
        let bothMatchBoth = source.allMatch(labels) && target.allMatch(other)
        return !bothMatchBoth && equal.allSatisfy { labels[$0] == other[$0] }
    }
}

extension Collection where Element == Inhibition {
    /// The firing alerts behind which this one is hidden, hidden ones among them: a chain holds.
    public func sources(
        hiding labels: Labels, among firing: some Sequence<Labels>
    ) -> [Labels] {
        firing.filter { other in contains { $0.hides(labels, behind: other) } }
    }
}
