import Targets
import TimeSeries

extension Reading {
    /// The detail of a container engine; an empty one of other targets.
    public var containers: ContainersDetail {
        if case .containers(let detail) = detail { detail } else { ContainersDetail() }
    }

    /// The value of a family's only point with these labels among others; nil when there is none or
    /// several.
    public func value(_ family: String, _ labels: [String: String] = [:]) -> Double? {
        let points = families.filter { $0.metadata.name == family }.flatMap(\.points)
        let matching = points.filter { point in
            point.suffix.isEmpty
                && labels.allSatisfy { point.labels[$0.key] == $0.value }
        }
        return matching.count == 1 ? matching[0].value : nil
    }
}
