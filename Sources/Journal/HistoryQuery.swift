import TimeSeries

/// One query over the tables of a history, within a read transaction.
struct HistoryQuery {
    /// A series that may have samples of the time that was asked for.
    struct Found {
        let id: Int64
        let labels: Labels
        /// The blocks of that time that may have chunks of it, in ascending order.
        let blocks: ArraySlice<Int64>

        func mayHave(chunkIn block: Int64) -> Bool {
            guard let first = blocks.first, let last = blocks.last else { return false }
            return first <= block && block <= last
        }
    }

    private let database: Database
    private let sampleLimit: Int
    private let readsRecent: Bool
    private var samplesLeft: Int
    /// What is in no block yet.
    private var recent = RecentSamples()
    private(set) var damagedRows: Set<Int64> = []

    init(_ database: Database, readsRecent: Bool, sampleLimit: Int) {
        self.database = database
        self.readsRecent = readsRecent
        self.sampleLimit = sampleLimit
        samplesLeft = sampleLimit
    }

    mutating func series(
        _ matchers: [Matcher], from: Timestamp, through: Timestamp
    ) throws(DatabaseFailure) -> [Found] {
        if readsRecent { recent = try RecentSamples(database) }
        let blocks = try blocks(from: from, through: through)
        var found: [Found] = []
        for range in Self.ranges(of: matchers) {
            let damaged = try forEachSeries(in: range) { (labels, row) in
                let id = row.integer(0)
                guard matchers.allSatisfy({ $0.matches(labels) }) else { return }
                let own = blocks.between(row.integer(3), row.integer(4))
                let isRecent = recent[id].map { $0.reaches(from, through) } ?? false
                if !own.isEmpty || isRecent {
                    found.append(Found(id: id, labels: labels, blocks: own))
                }
            }
            damagedRows.formUnion(damaged)
        }
        return found
    }

    /// Where in the index on labels those are that can pass; nil stands for everywhere.
    private static func ranges(of matchers: [Matcher]) -> [(lower: [UInt8], upper: [UInt8])?] {
        guard
            let metrics = matchers.lazy.filter({ $0.name == Labels.metricName })
                .compactMap(\.accepted).first
        else { return [nil] }
        return Set(metrics).map { Labels.stored(metric: $0) }
    }

    /// Gives the rows that are damaged, as negative numbers, which no chunk has.
    private func forEachSeries(
        in range: (lower: [UInt8], upper: [UInt8])?, _ take: (Labels, Statement) -> Void
    ) throws(DatabaseFailure) -> Set<Int64> {
        let columns = "\(SeriesRow.columns), first_block, last_block"
        var damaged: Set<Int64> = []
        func visit(_ row: Statement) {
            guard let labels = SeriesRow.labels(row) else {
                damaged.insert(-row.integer(0))
                return
            }
            take(labels, row)
        }
        if let range {
            try database.forEach(
                "SELECT \(columns) FROM series WHERE labels >= ? AND labels < ?",
                .bytes(range.lower), .bytes(range.upper), take: visit)
        } else {
            try database.forEach("SELECT \(columns) FROM series", take: visit)
        }
        return damaged
    }

    private func blocks(
        from: Timestamp, through: Timestamp
    ) throws(DatabaseFailure) -> [Int64] {
        var blocks: [Int64] = []
        try database.forEach(
            "SELECT id FROM block WHERE last >= ? AND first <= ? ORDER BY id",
            .integer(from.milliseconds), .integer(through.milliseconds)
        ) { blocks.append($0.integer(0)) }
        return blocks
    }

    mutating func chunks(
        of series: Found, from: Timestamp, through: Timestamp
    ) throws(DatabaseFailure) -> [Chunk] {
        var chunks: [Chunk] = []
        for block in series.blocks {
            let id = StoredChunk.id(block: block, series: series.id)
            var damaged = false
            try database.forEach(
                """
                SELECT \(StoredChunk.columns) FROM chunk
                WHERE id = ? AND last >= ? AND first <= ?
                """, .integer(id), .integer(from.milliseconds), .integer(through.milliseconds)
            ) { row in
                if let chunk = StoredChunk.read(row) {
                    chunks.append(chunk)
                } else {
                    damaged = true
                }
            }
            if damaged { damagedRows.insert(id) } else { try charge(chunks.last) }
        }
        if let samples = recent[series.id], samples.reaches(from, through),
            let chunk = Chunk(samples)
        {
            chunks.append(chunk)
        }
        return chunks
    }

    private mutating func charge(_ chunk: Chunk?) throws(DatabaseFailure) {
        samplesLeft -= chunk?.count ?? 0
        guard samplesLeft < 0 else { return }
        throw DatabaseFailure(
            .tooMuch, path: database.path,
            message: "the query reads more than \(sampleLimit) samples: select fewer series, or a"
                + " shorter time")
    }

    /// The first chunk in the oldest block that has one decides.
    mutating func earliest(
        _ matchers: [Matcher], from: Timestamp, through: Timestamp
    ) throws(DatabaseFailure) -> Timestamp? {
        let series = try series(matchers, from: from, through: through)
        var block = series.compactMap(\.blocks.first).min()
        while let current = block {
            let candidates = series.filter { $0.mayHave(chunkIn: current) }
            if let first = try firstChunk(of: candidates, in: current, from, through) {
                return max(first, from)
            }
            block = series.compactMap { $0.blocks.first { $0 > current } }.min()
        }
        return series.compactMap { recent[$0.id]?.times.first }.min()
            .map { max(Timestamp(milliseconds: $0), from) }
    }

    private func firstChunk(
        of series: [Found], in block: Int64, _ from: Timestamp, _ through: Timestamp
    ) throws(DatabaseFailure) -> Timestamp? {
        var first: Int64?
        for one in series {
            let found = try database.integer(
                "SELECT first FROM chunk WHERE id = ? AND last >= ? AND first <= ?",
                .integer(StoredChunk.id(block: block, series: one.id)),
                .integer(from.milliseconds), .integer(through.milliseconds))
            if let found { first = min(first ?? found, found) }
        }
        return first.map { Timestamp(milliseconds: $0) }
    }

    func metadata() throws(DatabaseFailure) -> [MetricMetadata] {
        var all: [MetricMetadata] = []
        try database.forEach("SELECT name, type, help FROM metadata ORDER BY name") { row in
            let type = MetricType(rawValue: row.text(1)) ?? .unknown
            all.append(MetricMetadata(name: row.text(0), type: type, help: row.text(2)))
        }
        return all
    }
}

extension Samples {
    /// Whether some may lie within the bounds.
    fileprivate func reaches(_ from: Timestamp, _ through: Timestamp) -> Bool {
        guard let first = times.first, let last = times.last else { return false }
        return first <= through.milliseconds && last >= from.milliseconds
    }
}

extension [Int64] {
    /// Those of an ascending list from `first` through `last`.
    fileprivate func between(_ first: Int64, _ last: Int64) -> ArraySlice<Int64> {
        let start = partition(where: { $0 >= first })
        return self[start..<Swift.max(start, partition(where: { $0 > last }))]
    }

    /// The index of the first element that passes, of a list where all after it pass too.
    private func partition(where passes: (Int64) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if passes(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
