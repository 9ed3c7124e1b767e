import TimeSeries

/// Samples of many series, as one row of `recent` keeps them: runs of series whose ids follow one
/// another and whose samples have one time, as one collection gives them. For each run the
/// differences of its first id and of its time to the run before, how many values it has, and those.
struct RecentRow {
    private var writer = ByteWriter()
    private var values: [Double] = []
    private var first: (id: Int64, time: Int64) = (0, 0)
    private var last: (id: Int64, time: Int64) = (0, 0)

    /// For about this many samples.
    init(capacity: Int) { writer.reserve(capacity * 6) }

    mutating func append(_ sample: Sample, of id: Int64) {
        let time = sample.time.milliseconds
        if id != first.id &+ Int64(values.count) || time != first.time {
            endRun()
            first = (id, time)
        }
        values.append(sample.value)
    }

    /// What was appended.
    mutating func finish() -> [UInt8] {
        endRun()
        return writer.bytes
    }

    private mutating func endRun() {
        guard !values.isEmpty else { return }
        writer.write(signed: first.id &- last.id)
        writer.write(signed: first.time &- last.time)
        writer.write(UInt64(values.count))
        for value in values { writer.write(value) }
        values.removeAll(keepingCapacity: true)
        last = first
    }

    /// Hands over each sample with the id of its series; false when the bytes are not a row, after
    /// those that could be read. A sample takes a byte at least.
    static func read(_ bytes: [UInt8], _ take: (Int64, Sample) -> Void) -> Bool {
        var reader = ByteReader(bytes)
        var (id, time): (Int64, Int64) = (0, 0)
        while !reader.isAtEnd {
            guard let step = reader.signed(), let passed = reader.signed(),
                let count = reader.number(), count <= bytes.count
            else { return false }
            id &+= step
            time &+= passed
            for index in 0..<Int64(count) {
                guard let value = reader.value() else { return false }
                take(id &+ index, Sample(Timestamp(milliseconds: time), value))
            }
        }
        return true
    }
}
