import TimeSeries

/// Samples of many series, as one row of `recent` keeps them: for each the difference of its
/// series' id and of its time to the one before, and its value.
struct RecentRow {
    private var writer = ByteWriter()
    private var lastID: Int64 = 0
    private var lastTime: Int64 = 0

    var bytes: [UInt8] { writer.bytes }

    /// For about this many samples.
    init(capacity: Int) { writer.reserve(capacity * 8) }

    mutating func append(_ sample: Sample, of id: Int64) {
        writer.write(signed: id &- lastID)
        writer.write(signed: sample.time.milliseconds &- lastTime)
        writer.write(sample.value)
        (lastID, lastTime) = (id, sample.time.milliseconds)
    }

    /// Hands over each sample with the id of its series; false when the bytes are not a row, after
    /// those that could be read.
    static func read(_ bytes: [UInt8], _ take: (Int64, Sample) -> Void) -> Bool {
        var reader = ByteReader(bytes)
        var (id, time): (Int64, Int64) = (0, 0)
        while !reader.isAtEnd {
            guard let step = reader.signed(), let passed = reader.signed(),
                let value = reader.value()
            else { return false }
            id &+= step
            time &+= passed
            take(id, Sample(Timestamp(milliseconds: time), value))
        }
        return true
    }
}
