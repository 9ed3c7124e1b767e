import TimeSeries

/// The firing alerts that hide others, found by the labels in which both must agree: so many of them
/// cost no more than few.
struct HidingAlerts: Sendable {
    private struct Source: Sendable {
        var fingerprint: Fingerprint
        /// It could be hidden by the same rule.
        var isTarget: Bool
    }

    private struct Rule: Sendable {
        var inhibition: Inhibition
        var sources: [[String]: [Source]] = [:]

        func key(of labels: Labels) -> [String] { inhibition.equal.map { labels[$0] } }
    }

    private var rules: [Rule] = []

    init(_ inhibitions: [Inhibition], _ firing: [(fingerprint: Fingerprint, labels: Labels)]) {
        rules = inhibitions.map { inhibition in
            var rule = Rule(inhibition: inhibition)
            for (fingerprint, labels) in firing where inhibition.source.allMatch(labels) {
                rule.sources[rule.key(of: labels), default: []].append(
                    Source(
                        fingerprint: fingerprint, isTarget: inhibition.target.allMatch(labels)))
            }
            return rule
        }
    }

    /// The alert behind which this one is hidden: a hidden one hides others too, so that a chain
    /// holds. Of two that match both sides neither hides the other.
    func source(hiding labels: Labels, of own: Fingerprint) -> Fingerprint? {
        for rule in rules where rule.inhibition.target.allMatch(labels) {
            let candidates = rule.sources[rule.key(of: labels)] ?? []
            guard !candidates.isEmpty else { continue }
            let isSource = rule.inhibition.source.allMatch(labels)
            let found = candidates.filter {
                $0.fingerprint != own && !(isSource && $0.isTarget)
            }
            if let first = found.min(by: { $0.fingerprint < $1.fingerprint }) {
                return first.fingerprint
            }
        }
        return nil
    }
}
