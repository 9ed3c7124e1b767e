import Targets
import TimeSeries

/// The answer of `/metrics`: the newest sample of every series that a store holds.
public struct MetricsPage: Sendable, Equatable {
    public var contentType: String
    public var body: [UInt8]

    /// - Parameters:
    ///   - now: series count whose newest sample is younger than `lookBack` then, and no staleness
    ///     marker.
    ///   - accept: the request's `Accept` header.
    /// - Throws: what the store throws, and `ChunkError` for damaged samples.
    public init(
        of store: any SeriesStore, at now: Timestamp, lookBack: Duration = .seconds(300),
        accept: String?
    ) throws {
        try self.init(
            of: store, at: now, lookBack: lookBack, style: ExpositionStyle(accept: accept))
    }

    public init(
        of store: any SeriesStore, at now: Timestamp, lookBack: Duration = .seconds(300),
        style: ExpositionStyle
    ) throws {
        let newest = try NewestSamples(of: store, at: now, lookBack: lookBack)
        body = ExpositionWriter.text(newest.families(style), style)
        contentType = style.contentType
    }
}

/// The value that each series has at one instant.
private struct NewestSamples {
    private var samples: [(labels: Labels, sample: Sample)] = []
    private let metadata: [MetricMetadata]

    init(of store: any SeriesStore, at now: Timestamp, lookBack: Duration) throws {
        metadata = store.allMetadata
        // As in PromQL, a sample that is exactly as old as the look-back does not count.
        let from = now - lookBack + .milliseconds(1)
        var decoded = Samples()
        for series in try store.select([], from: from, through: now) {
            try series.decode(into: &decoded)
            guard let last = decoded.last, !last.value.isStale else { continue }
            samples.append((series.labels, last))
        }
    }

    /// By family, as far as the metadata tells which series are one.
    func families(_ style: ExpositionStyle) -> [MetricFamily] {
        var table = FamilyTable()
        for item in metadata {
            let name = style.quotesNames ? item.name : item.name.underscored(colons: true)
            table.setType(item.type, of: name)
            table.setHelp(item.help, of: name)
        }
        for (labels, sample) in samples {
            let labels = style.quotesNames ? labels : labels.underscored
            guard !labels.metric.isEmpty else { continue }
            table.add(
                name: labels.metric, labels: labels.withoutMetricName, value: sample.value,
                time: style.writesTimes ? sample.time : nil)
        }
        return table.all.filter { !$0.points.isEmpty }
    }
}

extension Labels {
    /// With plain names alone.
    fileprivate var underscored: Labels {
        let isPlain = all.allSatisfy { label in
            label.name == Labels.metricName
                ? label.value.isPlainMetricName : label.name.isPlainLabelName
        }
        guard !isPlain else { return self }
        return Labels(
            all.map { label in
                label.name == Labels.metricName
                    ? Label(label.name, label.value.underscored(colons: true))
                    : Label(label.name.underscored(colons: false), label.value)
            })
    }
}

extension String {
    /// Every character that a plain name cannot have as `_`.
    fileprivate func underscored(colons: Bool) -> String {
        guard !(colons ? isPlainMetricName : isPlainLabelName) else { return self }
        var result = ""
        for scalar in unicodeScalars {
            let isAllowed =
                switch scalar {
                case "a"..."z", "A"..."Z", "_": true
                case "0"..."9": !result.isEmpty
                case ":": colons
                default: false
                }
            result.unicodeScalars.append(isAllowed ? scalar : "_")
        }
        return result
    }
}
