import Targets
import Terminal
import TimeSeries

/// The labels of many series taken apart: what all have, and what tells them from one another.
struct LabelColumns {
    /// Labels that every series has with the same value.
    let common: Labels
    /// Names of the others, the metric's name first.
    let differing: [String]

    init(_ sets: [Labels]) {
        guard let first = sets.first else {
            (common, differing) = (Labels(), [])
            return
        }
        let shared = first.all.filter { label in
            sets.allSatisfy { $0[label.name] == label.value }
        }
        common = Labels(shared)
        let names = Set(sets.flatMap { $0.all.map(\.name) }).subtracting(shared.map(\.name))
        let hasName = names.contains(Labels.metricName)
        differing =
            (hasName ? [Labels.metricName] : [])
            + names.subtracting([Labels.metricName]).sorted()
    }

    /// What tells a series from the others; all of it when there are no others.
    func name(of labels: Labels) -> String {
        let own = labels.keeping(differing)
        return cleaned((own.isEmpty ? labels : own).description)
    }
}

/// Padded at the left to this width.
func flushRight(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - columns(of: text))) + text
}
