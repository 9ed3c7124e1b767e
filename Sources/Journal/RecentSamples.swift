import TimeSeries

/// What all rows of `recent` hold, by series.
struct RecentSamples {
    private(set) var ids: [Int64] = []
    /// As many as there are ids.
    private var samples: [Samples] = []
    private var places: [Int64: Int] = [:]
    /// Where the next sample most likely belongs: rows have their series in the same order.
    private var next = 0
    /// Rows that are not what was written, and were left out.
    private(set) var damagedRows = 0

    /// Nothing.
    init() {}

    init(_ database: Database) throws(DatabaseFailure) {
        try database.forEach("SELECT checksum, bytes FROM recent ORDER BY id") { row in
            let bytes = row.bytes(1)
            let isSound = row.integer(0) == Checksum.of(bytes: bytes)
            if !isSound || !RecentRow.read(bytes, { append($1, to: $0) }) { damagedRows += 1 }
        }
    }

    private mutating func append(_ sample: Sample, to id: Int64) {
        let place = place(of: id)
        next = place + 1
        let time = sample.time.milliseconds
        guard samples[place].times.last ?? .min < time || samples[place].isEmpty else { return }
        samples[place].append(time: time, value: sample.value)
    }

    private mutating func place(of id: Int64) -> Int {
        if next < ids.count, ids[next] == id { return next }
        if let known = places[id] { return known }
        places[id] = ids.count
        ids.append(id)
        samples.append(Samples())
        return ids.count - 1
    }

    var isEmpty: Bool { ids.isEmpty }

    subscript(id: Int64) -> Samples? { places[id].map { samples[$0] } }
}
