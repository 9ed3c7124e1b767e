import TimeSeries

/// A row of `chunk`, and the bounds of what its id says.
enum StoredChunk {
    /// Ids of series fit into the low 32 bits of a chunk's id.
    static let seriesPerBlock: Int64 = 1 << 32

    static func id(block: Int64, series: Int64) -> Int64 { block * seriesPerBlock + series }

    static let insertion = """
        INSERT INTO chunk (id, first, last, count, checksum, bytes) VALUES (?, ?, ?, ?, ?, ?)
        """

    /// What `read` wants of a row, in this order.
    static let columns = "id, first, last, count, checksum, bytes"

    static func insert(
        _ chunk: Chunk, id: Int64, into database: Database
    ) throws(DatabaseFailure) {
        let (first, last) = (chunk.first.milliseconds, chunk.last.milliseconds)
        let count = Int64(chunk.count)
        try database.run(
            insertion, .integer(id), .integer(first), .integer(last), .integer(count),
            .integer(Checksum.of(id, first, last, count, bytes: chunk.bytes)), .bytes(chunk.bytes))
    }

    /// Nil when the row is not what was written.
    static func read(_ row: Statement) -> Chunk? {
        let bytes = row.bytes(5)
        let (first, last, count) = (row.integer(1), row.integer(2), row.integer(3))
        guard row.integer(4) == Checksum.of(row.integer(0), first, last, count, bytes: bytes)
        else { return nil }
        return Chunk(
            bytes: bytes, count: Int(count), first: Timestamp(milliseconds: first),
            last: Timestamp(milliseconds: last))
    }
}
