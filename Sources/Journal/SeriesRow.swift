import TimeSeries

/// A row of `series`.
enum SeriesRow {
    static func insert(
        _ labels: [UInt8], id: Int64, block: Int64, into database: Database
    ) throws(DatabaseFailure) {
        try database.run(
            """
            INSERT INTO series (id, labels, checksum, first_block, last_block)
            VALUES (?1, ?2, ?3, ?4, ?4)
            """, .integer(id), .bytes(labels), .integer(Checksum.of(id, bytes: labels)),
            .integer(block))
    }

    /// What `labels` wants of a row, in this order.
    static let columns = "id, labels, checksum"

    /// Nil when the row is not what was written.
    static func labels(_ row: Statement) -> Labels? {
        let bytes = row.bytes(1)
        guard row.integer(2) == Checksum.of(row.integer(0), bytes: bytes) else { return nil }
        return Labels(stored: bytes)
    }
}
