import TimeSeries

/// What a history found when it was opened.
struct Restored {
    /// Rows whose checksum does not fit, and which were left out.
    var damagedRows = 0
    /// Series that the head had no room for: they are read from the disk.
    var leftOnDisk = 0
    /// Series that the head has samples of already, as when the file could be opened only later:
    /// what is older is read from the disk.
    var knownSeries = 0

    var isWhole: Bool { damagedRows == 0 && leftOnDisk == 0 && knownSeries == 0 }
}

extension HistoryFile {
    /// Makes a block out of what the last run left in `recent`, and puts the newest blocks, as far
    /// as the head's span reaches, back into it.
    func restore(into head: Head, at now: Timestamp) throws(DatabaseFailure) -> Restored {
        var result = Restored()
        try fold(&result)
        try database.forEach("SELECT name, type, help FROM metadata") { row in
            let type = MetricType(rawValue: row.text(1)) ?? .unknown
            head.describe(MetricMetadata(name: row.text(0), type: type, help: row.text(2)))
        }
        guard let newest = try database.integer("SELECT max(last) FROM block") else {
            return result
        }
        let now = now.milliseconds
        let end = try database.integer("SELECT last FROM block ORDER BY id DESC LIMIT 1")
        let (oldest, overflow) = max(end ?? now, now).subtractingReportingOverflow(
            head.span.milliseconds)
        // Samples of a clock that was days ahead would keep the head from all others until then.
        let isOfAnotherClock = end.map { $0 - Timestamp.longestLead.milliseconds > now } ?? false
        let first =
            isOfAnotherClock ? nil : try firstBlock(endingFrom: overflow ? .min : oldest)
        if let first {
            try restore(from: first, through: max(end ?? now, now), into: head, &result)
        }
        let removed =
            result.isWhole && first != nil
            ? try database.integer("SELECT max(last) FROM block WHERE id < ?", .integer(first ?? 0))
            : newest
        let through = Timestamp(milliseconds: removed ?? .min)
        head.noteRemoved(
            through: through, barred: min(through, Timestamp(milliseconds: now) - head.span))
        return result
    }

    /// The block after the newest that ends before `time`. Blocks are in the order in which they were
    /// made: an older one that ends later holds samples of a clock that ran ahead.
    private func firstBlock(endingFrom time: Int64) throws(DatabaseFailure) -> Int64? {
        try database.integer(
            """
            SELECT min(id) FROM block
            WHERE id > (SELECT ifnull(max(id), 0) FROM block WHERE last < ?)
            """, .integer(time))
    }

    private func fold(_ result: inout Restored) throws(DatabaseFailure) {
        let recent = try RecentSamples(database)
        result.damagedRows += recent.damagedRows
        guard !recent.isEmpty else { return }
        try database.transaction { () throws(DatabaseFailure) in
            var writer = BlockWriter(database, block: nextBlock())
            for series in recent.ids.sorted() {
                guard let samples = recent[series], let chunk = Chunk(samples) else { continue }
                try writer.write(chunk, of: series)
            }
            try writer.finish()
        }
    }

    /// Chunks that end after `time` are of a clock that was ahead when they were made.
    private func restore(
        from block: Int64, through time: Int64, into head: Head, _ result: inout Restored
    ) throws(DatabaseFailure) {
        var chunks: [Int64: [Chunk]] = [:]
        try database.forEach(
            "SELECT \(StoredChunk.columns) FROM chunk WHERE id >= ? AND last <= ? ORDER BY id",
            .integer(StoredChunk.id(block: block, series: 0)), .integer(time)
        ) { row in
            guard let chunk = StoredChunk.read(row) else { return result.damagedRows += 1 }
            let series = row.integer(0) % StoredChunk.seriesPerBlock
            chunks[series, default: []].append(chunk)
        }
        try database.forEach(
            "SELECT \(SeriesRow.columns) FROM series WHERE last_block >= ? ORDER BY id",
            .integer(block)
        ) { row in
            let id = row.integer(0)
            guard let labels = SeriesRow.labels(row) else { return result.damagedRows += 1 }
            guard let found = chunks[id] else { return }
            switch head.restore(labels, id: id, found) {
            case .restored: break
            case .known: result.knownSeries += 1
            case .full: result.leftOnDisk += 1
            }
        }
    }
}
