import TimeSeries

/// What all rows of `recent` hold, by series.
struct RecentSamples {
    private var places: [Int64: Int] = [:]
    private var samples: [Samples] = []
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
        let time = sample.time.milliseconds
        guard let place = places[id] else {
            places[id] = samples.count
            return samples.append(Samples([sample]))
        }
        guard samples[place].times.last ?? .min < time else { return }
        samples[place].append(time: time, value: sample.value)
    }

    var isEmpty: Bool { samples.isEmpty }

    var ids: some Collection<Int64> { places.keys }

    subscript(id: Int64) -> Samples? { places[id].map { samples[$0] } }
}
