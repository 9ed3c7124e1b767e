import TimeSeries

/// Keeps the page of a dependent back until its parents were looked at: where one of them is down,
/// its own alert hides the dependent's.
public struct ParentHold: Hashable, Sendable {
    /// A parent that does not answer keeps a page back no longer than this.
    public static let longest = Duration.seconds(5)

    /// When the dependent was first found bad.
    public private(set) var firstBad: Timestamp
    /// When the page was due.
    public private(set) var since: Timestamp
    /// The parents without a result that is newer than `firstBad`.
    public private(set) var waiting: Set<String>

    public init(parents: Set<String>, firstBad: Timestamp, at now: Timestamp) {
        self.firstBad = firstBad
        since = now
        waiting = parents
    }

    /// A parent was looked at, whatever was found.
    public mutating func looked(at parent: String, _ sampled: Timestamp) {
        if sampled > firstBad { waiting.remove(parent) }
    }

    mutating func clockWasSet(by step: Duration) {
        firstBad += step
        since += step
    }

    /// When the page goes out at the latest.
    public var deadline: Timestamp { since + Self.longest }

    public func isOver(at now: Timestamp) -> Bool { waiting.isEmpty || now >= deadline }
}

/// What depends on what: an endpoint on its container, that on its host.
public struct Dependencies: Hashable, Sendable {
    /// By the target; what it stands on directly.
    public let parents: [String: Set<String>]

    /// Nil where a target would stand on itself, by whatever way.
    public init?(_ parents: [String: Set<String>]) {
        self.parents = parents
        for target in parents.keys where ancestors(of: target).contains(target) { return nil }
    }

    /// Everything that a target stands on, directly or not.
    public func ancestors(of target: String) -> Set<String> {
        var found: Set<String> = []
        var open = Array(parents[target] ?? [])
        while let next = open.popLast() {
            if found.insert(next).inserted { open += parents[next] ?? [] }
        }
        return found
    }

    /// A page of a parent hides the pages of what stands on it, and nothing else of it. `label` names the
    /// target of an alert.
    public func inhibitions(label: String = "target") throws(PatternError) -> [Inhibition] {
        let page = try Matcher("severity", .equal, Severity.page.rawValue)
        var rules: [Inhibition] = []
        for child in parents.keys.sorted() {
            for parent in ancestors(of: child).sorted() {
                rules.append(
                    Inhibition(
                        source: [try Matcher(label, .equal, parent), page],
                        target: [try Matcher(label, .equal, child), page], equal: []))
            }
        }
        return rules
    }
}
