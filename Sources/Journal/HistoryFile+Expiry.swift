import TimeSeries

extension HistoryFile {
    /// The most chunks that one step removes, so that none takes long.
    private static let chunksPerStep: Int64 = 5000
    /// The most pages that one step gives back to the file system, and how many may lie idle: they
    /// are what `recent` needs next.
    private static let pagesPerStep: Int64 = 128
    private static let idlePages: Int64 = 1024

    /// Removes some of the oldest block when it is older than `retention`, or the file larger than
    /// `sizeBytes`. Freed pages are used again; the file shrinks when it is too large.
    func expire(
        at now: Timestamp, retention: Duration, sizeBytes: Int
    ) throws(DatabaseFailure) {
        let size = try Size(database)
        let isOversized = size.usedBytes > sizeBytes
        if let oldest = try oldestBlock(before: isOversized ? .distantFuture : now - retention) {
            try expire(oldest)
        }
        try shrink(to: sizeBytes)
    }

    /// Of blocks none of which is newer than one that ends before `time`: samples of a clock that ran
    /// ahead must not keep a block for ever.
    private func oldestBlock(before time: Timestamp) throws(DatabaseFailure) -> Int64? {
        try database.integer(
            """
            SELECT min(id) FROM block
            WHERE id <= (SELECT max(id) FROM block WHERE last < ?)
            """, .integer(time.milliseconds))
    }

    private func expire(_ block: Int64) throws(DatabaseFailure) {
        try database.transaction { () throws(DatabaseFailure) in
            try database.run(
                "DELETE FROM chunk WHERE id IN (SELECT id FROM chunk WHERE id < ? ORDER BY id LIMIT ?)",
                .integer(StoredChunk.id(block: block + 1, series: 0)),
                .integer(HistoryFile.chunksPerStep))
            guard database.changes < HistoryFile.chunksPerStep else { return }
            try database.run("DELETE FROM block WHERE id <= ?", .integer(block))
            try database.run(
                "DELETE FROM series WHERE last_block BETWEEN 1 AND ?", .integer(block))
        }
    }

    private func shrink(to sizeBytes: Int) throws(DatabaseFailure) {
        let size = try Size(database)
        let idle = max(HistoryFile.idlePages, size.pages / 4)
        guard size.freePages > idle || (size.bytes > sizeBytes && size.freePages > 0) else {
            return
        }
        try database.run("PRAGMA incremental_vacuum(\(HistoryFile.pagesPerStep))")
    }

    /// How large the file is, without its log.
    struct Size {
        let pages: Int64
        let freePages: Int64
        let pageBytes: Int64

        init(_ database: Database) throws(DatabaseFailure) {
            pages = try database.integer("PRAGMA page_count") ?? 0
            freePages = try database.integer("PRAGMA freelist_count") ?? 0
            pageBytes = try database.integer("PRAGMA page_size") ?? 0
        }

        var bytes: Int64 { pages * pageBytes }
        var usedBytes: Int64 { (pages - freePages) * pageBytes }
    }
}
