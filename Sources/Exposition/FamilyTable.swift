import Targets
import TimeSeries

/// Families in the order in which they came, with the samples that belong to each.
struct FamilyTable: Sendable {
    private(set) var all: [MetricFamily] = []
    private var indices: [String: Int] = [:]
    /// Of the sample before, which is mostly the next one's too.
    private var last: (name: String, index: Int, suffix: String)?

    /// The name of the sample before, suffix included; after a type that of the newest family, ""
    /// before the first.
    var lastName: String { last?.name ?? all.last?.metadata.name ?? "" }

    mutating func setType(_ type: MetricType, of name: String) {
        last = nil
        all[index(of: name)].metadata.type = type
    }

    mutating func setHelp(_ help: String, of name: String) {
        all[index(of: name)].metadata.help = help
    }

    mutating func add(name: String, labels: Labels, value: Double, time: Timestamp?) {
        let (index, suffix) = family(of: name)
        all[index].points.append(MetricPoint(value, labels, suffix: suffix, time: time))
    }

    /// The family that a sample belongs to, with what its name adds to the family's.
    private mutating func family(of name: String) -> (Int, String) {
        if let last, last.name == name { return (last.index, last.suffix) }
        let (index, suffix) = search(name)
        last = (name, index, suffix)
        return (index, suffix)
    }

    private mutating func search(_ name: String) -> (Int, String) {
        if let last, let suffix = suffix(of: name, in: last.index) { return (last.index, suffix) }
        if let index = known(name) { return (index, "") }
        for suffix in MetricType.suffixes where name.hasSuffix(suffix) {
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
        let suffix = name.utf8.dropFirst(family.name.utf8.count)
        if suffix.isEmpty { return "" }
        return MetricType.suffixes.first { family.type.allows($0) && suffix.elementsEqual($0.utf8) }
    }

    private func known(_ name: String) -> Int? {
        // Help, type and samples mostly stand together.
        if let newest = all.last, newest.metadata.name == name { return all.count - 1 }
        return indices[name]
    }

    private mutating func index(of name: String) -> Int {
        if let index = known(name) { return index }
        all.append(MetricFamily(name, .unknown, ""))
        indices[name] = all.count - 1
        return all.count - 1
    }
}

extension MetricType {
    /// What the names of samples can add to their family's.
    static let suffixes = [
        "_bucket", "_count", "_sum", "_total", "_created", "_info", "_gcount", "_gsum",
    ]

    /// Whether a sample of such a family may end in this (OpenMetrics, "Metric types").
    func allows(_ suffix: String) -> Bool {
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
