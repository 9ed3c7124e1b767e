import Targets
import TimeSeries

/// Families in the order in which they came, with the samples that belong to each.
struct FamilyTable {
    private(set) var all: [MetricFamily] = []
    private var indices: [String: Int] = [:]
    /// The family of the sample before, which is mostly the next one's too.
    private var current: Int?

    mutating func setType(_ type: MetricType, of name: String) {
        all[index(of: name)].metadata.type = type
    }

    mutating func setHelp(_ help: String, of name: String) {
        all[index(of: name)].metadata.help = cleaned(help, limit: 500)
    }

    mutating func add(name: String, labels: Labels, value: Double, time: Timestamp?) {
        let (index, suffix) = family(of: name)
        current = index
        all[index].points.append(MetricPoint(value, labels, suffix: suffix, time: time))
    }

    /// The family that a sample belongs to, with what its name adds to the family's.
    private mutating func family(of name: String) -> (Int, String) {
        if let current, let suffix = suffix(of: name, in: current) { return (current, suffix) }
        if let index = indices[name] { return (index, "") }
        for suffix in suffixes where name.hasSuffix(suffix) {
            if let index = indices[String(name.dropLast(suffix.count))],
                all[index].metadata.type.allows(suffix)
            {
                return (index, suffix)
            }
        }
        return (index(of: name), "")
    }

    private func suffix(of name: String, in index: Int) -> String? {
        let family = all[index].metadata
        guard name.hasPrefix(family.name) else { return nil }
        let suffix = String(name.dropFirst(family.name.count))
        return suffix.isEmpty || family.type.allows(suffix) ? suffix : nil
    }

    private mutating func index(of name: String) -> Int {
        if let index = indices[name] { return index }
        all.append(MetricFamily(name, .unknown, ""))
        indices[name] = all.count - 1
        return all.count - 1
    }
}

private let suffixes = [
    "_bucket", "_count", "_sum", "_total", "_created", "_info", "_gcount", "_gsum",
]

extension MetricType {
    /// Whether a sample of such a family may end in this (OpenMetrics, "Metric types").
    fileprivate func allows(_ suffix: String) -> Bool {
        switch self {
        case .counter: ["_total", "_created"].contains(suffix)
        case .histogram: ["_bucket", "_count", "_sum", "_created"].contains(suffix)
        case .summary: ["_count", "_sum", "_created"].contains(suffix)
        case .gaugehistogram: ["_bucket", "_gcount", "_gsum"].contains(suffix)
        case .info: suffix == "_info"
        case .gauge, .stateset, .unknown: false
        }
    }
}
