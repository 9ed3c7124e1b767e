import TimeSeries

/// What a history found when it was opened.
struct Restored {
    /// Rows whose checksum does not fit, and which were left out.
    var damagedRows = 0
    /// Series that the head had no room for, or has already: they are read from the disk.
    var leftOnDisk = 0
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
        let (oldest, overflow) = max(newest, now).subtractingReportingOverflow(
            head.span.milliseconds)
        let first = try database.integer(
            "SELECT min(id) FROM block WHERE last >= ?", .integer(overflow ? .min : oldest))
        if let first { try restore(from: first, into: head, &result) }
        let isWhole = result.leftOnDisk == 0 && result.damagedRows == 0
        let removed =
            isWhole && first != nil
            ? try database.integer("SELECT max(last) FROM block WHERE id < ?", .integer(first ?? 0))
            : newest
        let through = Timestamp(milliseconds: removed ?? .min)
        head.noteRemoved(
            through: through, barred: min(through, Timestamp(milliseconds: now) - head.span))
        return result
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

    private func restore(
        from block: Int64, into head: Head, _ result: inout Restored
    ) throws(DatabaseFailure) {
        var chunks: [Int64: [Chunk]] = [:]
        try database.forEach(
            "SELECT \(StoredChunk.columns) FROM chunk WHERE id >= ? ORDER BY id",
            .integer(StoredChunk.id(block: block, series: 0))
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
            if !head.restore(labels, id: id, found) { result.leftOnDisk += 1 }
        }
    }
}
