import TimeSeries

/// Writes one block, within a transaction.
struct BlockWriter {
    private let database: Database
    private let block: Int64
    private var bounds: (first: Timestamp, last: Timestamp)?

    init(_ database: Database, block: Int64) {
        self.database = database
        self.block = block
    }

    /// A series whose row has expired while the head still held it gets it back; one without labels
    /// does not.
    mutating func write(
        _ chunk: Chunk, of series: Int64, labels: Labels? = nil
    ) throws(DatabaseFailure) {
        try database.run(
            """
            UPDATE series SET last_block = ?2, first_block = iif(first_block = 0, ?2, first_block)
            WHERE id = ?1
            """, .integer(series), .integer(block))
        if database.changes == 0 {
            guard let labels else { return }
            try SeriesRow.insert(labels.stored, id: series, block: block, into: database)
        }
        let id = StoredChunk.id(block: block, series: series)
        try StoredChunk.insert(chunk, id: id, into: database)
        bounds = (
            min(bounds?.first ?? chunk.first, chunk.first),
            max(bounds?.last ?? chunk.last, chunk.last)
        )
    }

    /// Everything in `recent` is in this block now.
    func finish() throws(DatabaseFailure) {
        if let bounds {
            try database.run(
                "INSERT INTO block (id, first, last) VALUES (?, ?, ?)", .integer(block),
                .integer(bounds.first.milliseconds), .integer(bounds.last.milliseconds))
        }
        try database.run("DELETE FROM recent")
    }
}
