import TimeSeries

extension Labels {
    /// The labels as the history keeps them: the metric's name, then each other label's name and
    /// value in order of name, each text after its length.
    var stored: [UInt8] {
        var writer = ByteWriter()
        writer.write(metric)
        for label in all where label.name != Labels.metricName {
            writer.write(label.name)
            writer.write(label.value)
        }
        return writer.bytes
    }

    /// Nil when the bytes are no labels.
    init?(stored bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        guard let metric = reader.text() else { return nil }
        var labels = [Label(Labels.metricName, metric)]
        while !reader.isAtEnd {
            guard let name = reader.text(), let value = reader.text() else { return nil }
            labels.append(Label(name, value))
        }
        self.init(labels)
    }

    /// Between these, the lower included, are the stored labels of all series of a metric.
    static func stored(metric: String) -> (lower: [UInt8], upper: [UInt8]) {
        var writer = ByteWriter()
        writer.write(metric)
        var upper = writer.bytes
        // Neither UTF-8 nor the length of a short text ends in 0xff.
        upper[upper.count - 1] += 1
        return (writer.bytes, upper)
    }
}
