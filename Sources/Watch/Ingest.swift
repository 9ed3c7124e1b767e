import Targets
import TimeSeries

/// Turns one target's readings into samples: adds its labels, remembers which series it had, and
/// marks those that end.
///
/// A value of one loop; the head that it writes to is shared.
package struct Ingest {
    private struct Key: Hashable {
        var name: String
        var suffix = ""
        var labels = Labels()
    }

    private struct Place {
        var key: Key
        var reference: SeriesReference
    }

    /// What is further ahead of the clock is refused, as Prometheus does: it would close its series
    /// to all that is measured until then.
    static let mostAhead = Duration.seconds(600)

    private let head: Head
    /// The target's labels. A measured label of the same name becomes `exported_…` (Prometheus:
    /// `honor_labels: false`).
    private let own: [Label]
    private let upMetric: String?
    private var references: [Key: SeriesReference] = [:]
    /// The series of the last reading in its order: the next one mostly has the same, which saves
    /// looking each up.
    private var lastOrder: [Place] = []
    private var live: Set<SeriesReference> = []
    private var described: Set<String> = []

    /// Counts of what one collection's samples came to.
    private(set) var counts = AppendCounts()

    package init(spec: TargetSpec, head: Head) {
        self.head = head
        upMetric = spec.id.kind.upMetric
        own = spec.ownLabels.filter { !$0.value.isEmpty }.map { Label($0.key, $0.value) }
    }

    /// Appends a successful collection.
    package mutating func append(_ reading: Reading, at now: Timestamp, took duration: Duration) {
        counts = AppendCounts()
        var batch: [(SeriesReference, Sample)] = []
        var order: [Place] = []
        order.reserveCapacity(lastOrder.count)
        batch.reserveCapacity(lastOrder.count)
        for family in reading.families {
            describe(family.metadata)
            for point in family.points {
                let time = point.time ?? now
                guard time <= now + Ingest.mostAhead else {
                    counts.ahead += 1
                    continue
                }
                let key = Key(
                    name: family.metadata.name, suffix: point.suffix, labels: point.labels)
                guard let reference = reference(for: key, at: order.count) else {
                    counts.count(.seriesLimit)
                    continue
                }
                order.append(Place(key: key, reference: reference))
                batch.append((reference, Sample(time, point.value)))
            }
        }
        let scraped = batch.count
        for ended in seriesMissing(in: order) { batch.append((ended, Sample(now, .stale))) }
        lastOrder = order
        counts += head.append(batch: batch)
        appendMeta(up: 1, duration: duration, samples: scraped, at: now)
        if counts.unknownSeries > 0 { forgetReferences() }
    }

    /// The live series that a reading does not have; the reading's become the live ones.
    private mutating func seriesMissing(in order: [Place]) -> Set<SeriesReference> {
        let isSame =
            order.count == live.count && order.count == lastOrder.count
            && zip(order, lastOrder).allSatisfy { $0.reference == $1.reference }
        if isSame { return [] }
        let current = Set(order.map(\.reference))
        defer { live = current }
        return live.subtracting(current)
    }

    /// The head has dropped series that were silent for long: they are looked up anew.
    private mutating func forgetReferences() {
        references = [:]
        lastOrder = []
    }

    /// Appends a failed collection: every series that was live ends here, but for the one by which
    /// the kind's exporter says that its server does not answer.
    mutating func appendFailure(at now: Timestamp, took duration: Duration) {
        counts = AppendCounts()
        let down = upMetric.flatMap { reference(for: Key(name: $0)) }
        if let down { live.remove(down) }
        endSeries(at: now)
        if let down {
            counts += head.append(batch: [(down, Sample(now, 0))])
            live = [down]
        }
        appendMeta(up: 0, duration: duration, samples: 0, at: now)
    }

    /// Marks every live series as ended, as when its target is removed.
    mutating func endSeries(at now: Timestamp) {
        counts += head.append(batch: live.map { ($0, Sample(now, .stale)) })
        live = []
    }

    private mutating func appendMeta(
        up: Double, duration: Duration, samples: Int, at now: Timestamp
    ) {
        let values = [
            ("up", up), ("scrape_duration_seconds", duration.inSeconds),
            ("scrape_samples_scraped", Double(samples)),
        ]
        for (name, value) in values {
            guard let reference = reference(for: Key(name: name)) else {
                continue
            }
            counts += head.append(batch: [(reference, Sample(now, value))])
        }
    }

    private mutating func reference(for key: Key, at place: Int) -> SeriesReference? {
        if place < lastOrder.count, lastOrder[place].key == key {
            return lastOrder[place].reference
        }
        return reference(for: key)
    }

    private mutating func reference(for key: Key) -> SeriesReference? {
        if let known = references[key] { return known }
        guard let reference = head.reference(for: labels(of: key)) else { return nil }
        // A target whose label values change without end must not grow this table without bound.
        if references.count >= 100_000 { forgetReferences() }
        references[key] = reference
        return reference
    }

    private func labels(of key: Key) -> Labels {
        var labels = key.labels
        labels[Labels.metricName] = key.name + key.suffix
        for label in own {
            let clashing = labels[label.name]
            if !clashing.isEmpty {
                var exported = "exported_\(label.name)"
                while !labels[exported].isEmpty { exported = "exported_" + exported }
                labels[exported] = clashing
            }
            labels[label.name] = label.value
        }
        return labels
    }

    private mutating func describe(_ metadata: MetricMetadata) {
        guard described.insert(metadata.name).inserted else { return }
        head.describe(metadata)
    }
}

extension TargetKind {
    /// What the standard exporter of a server writes 1 into while the server answers, else 0.
    fileprivate var upMetric: String? {
        switch self {
        case .postgres: "pg_up"
        case .redis: "redis_up"
        case .http, .tcp, .containers, .host, .scrape, .command: nil
        }
    }
}

extension TargetSpec {
    /// The kind, but for a scrape its name.
    var defaultJob: String { id.kind == .scrape ? id.name : id.kind.rawValue }

    /// What every series of this target carries; an empty value is no label.
    public var ownLabels: [String: String] {
        ["job": defaultJob, "instance": id.name].merging(labels) { $1 }
    }

    /// The value of the `job` and `instance` labels on this target's series.
    var job: String { labels["job"] ?? defaultJob }
    var instance: String { labels["instance"] ?? id.name }
}
