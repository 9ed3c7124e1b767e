import Lint
import Targets

/// What may be wrong with the names of a query that matched nothing.
struct MetricHints {
    let lines: [String]

    init(_ wanted: [String], known: [String]) {
        let all = Set(known)
        lines = wanted.map { name in
            if all.contains(name) {
                return "\(name) exists: look at the labels and the time of the query"
            }
            let near = MetricHints.nearest(name, known)
            return near.isEmpty
                ? "there is no metric \(cleaned(name))"
                : "there is no metric \(cleaned(name)); there is "
                    + near.map { cleaned($0) }.joined(separator: ", ")
        }
    }

    /// At most three: those spelt almost alike, then those that contain the name or begin as it does.
    private static func nearest(_ name: String, _ known: [String]) -> [String] {
        let limit = min(4, max(1, name.count / 3))
        let near = known.map { (distance: editDistance(name, $0), name: $0) }
            .filter { $0.distance <= limit }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
            .map(\.name)
        let start = name.prefix(max(4, name.count * 2 / 3))
        let kin = known.filter { $0.hasPrefix(start) || $0.contains(name) }.sorted()
            .filter { !near.contains($0) }
        return Array((near + kin).prefix(3))
    }
}
