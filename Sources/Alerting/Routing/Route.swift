import TimeSeries

/// A node of the route tree: alerts that match go to its destination, unless a node below takes them.
public struct Route<Destination: Hashable & Sendable>: Hashable, Sendable {
    public var destination: Destination
    /// All must match; none match everything.
    public var matchers: [Matcher]
    /// Whether siblings after this node are tried too, once it has taken an alert.
    public var continues: Bool
    public var routes: [Route]

    public init(
        to destination: Destination, matchers: [Matcher] = [], continues: Bool = false,
        routes: [Route] = []
    ) {
        self.destination = destination
        self.matchers = matchers
        self.continues = continues
        self.routes = routes
    }

    /// Where an alert goes, depth first. Empty when this node does not match.
    public func destinations(for labels: Labels) -> [Destination] {
        guard matchers.allMatch(labels) else { return [] }
        var found: [Destination] = []
        for route in routes {
            let taken = route.destinations(for: labels)
            found += taken
            if !taken.isEmpty, !route.continues { break }
        }
        return found.isEmpty ? [destination] : found
    }
}
