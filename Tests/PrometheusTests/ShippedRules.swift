import Foundation
import PromQL
import Rules
import TestSupport
import TimeSeries

/// The expressions of the rules that ship, and series that they read beside those of a production.
struct ShippedRules {
    /// Whole conditions, and the values that they compare.
    let queries: [String]
    /// One for each metric and each set of labels that is asked for.
    let series: [Labels]

    /// Labels that every series has, so that sides of operators find each other.
    private static let common = [
        "job": "x", "instance": "i", "name": "n", "mountpoint": "/", "fstype": "ext4",
        "device": "eth0", "datname": "d", "slot_name": "s", "relname": "r", "receiver": "phone",
        "state": "active", "status": "unhealthy",
    ]

    init(besides known: [Labels]) throws {
        let folder = #filePath.components(separatedBy: "/Tests/")[0] + "/Rules"
        let metrics = Set(known.map(\.metric))
        var queries: [String] = []
        var series: Set<Labels> = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        where name.hasSuffix(".yml") {
            let bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
            for rule in try RuleFile.read(yaml: Array(bytes), path: name).get().groups
                .flatMap(\.rules)
            {
                queries += [
                    "\(rule.expression)", "\(Condition(rule.expression).value)",
                ]
                for matchers in rule.expression.readings.map(\.matchers) {
                    guard let labels = Self.labels(for: matchers), !metrics.contains(labels.metric)
                    else { continue }
                    series.insert(labels)
                }
            }
        }
        self.queries = queries
        self.series = series.sorted()
    }

    /// A series that the matchers let through.
    private static func labels(for matchers: [Matcher]) -> Labels? {
        var labels = Labels(common)
        for matcher in matchers {
            switch matcher.op {
            case .equal: labels[matcher.name] = matcher.value
            case .matches where matcher.name == "state": labels["state"] = "idle in transaction"
            default: break
            }
        }
        return labels.metric.isEmpty ? nil : labels
    }

    /// The value of a series at a step: counters rise, others swing around what rules ask for.
    static func value(of labels: Labels, at step: Int, _ random: inout SeededGenerator) -> Double {
        if labels.metric.hasSuffix("_total") || labels.metric.hasSuffix("_count") {
            return 1e6 + Double(step * 40) + Double.random(in: 0...39, using: &random).rounded()
        }
        return Double(step % 60) / 30 + Double.random(in: 0...0.5, using: &random)
    }
}
