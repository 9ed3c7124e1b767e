import Glibc
import TimeSeries

/// An open `history.db` as its one writer uses it.
final class HistoryFile {
    let database: Database
    private let identity: FileIdentity?
    /// The newest block.
    private var block: Int64
    /// The newest series. Ids are not used again while the head may know them.
    private var lastSeries: Int64

    /// Opens the file or makes a new one; brings an older one to the newest format.
    ///
    /// A commit waits until the disk has it (`synchronous = FULL`): in WAL mode that is one sync of
    /// the log, and what a power cut can take is what no commit has seen. Large pages waste less
    /// beside chunks of one to three thousand bytes: a fifth of the file against 4 KiB.
    init(path: String) throws(DatabaseFailure) {
        FileIdentity.reserve(path)
        database = try Database(path: path)
        // Before anything is written: another program's file, or a newer one, is not ours to touch.
        _ = try Schema.history.version(of: database)
        try database.run(
            """
            PRAGMA page_size = 16384; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 128;
            PRAGMA journal_size_limit = 4194304
            """)
        try Schema.history.prepare(database)
        identity = FileIdentity(of: path)
        block = try database.integer("SELECT max(id) FROM block") ?? 0
        lastSeries = try database.integer("SELECT max(id) FROM series") ?? 0
    }

    /// A commit that needs more pages fails as on a full disk. The file can have no more than 2³².
    func limit(pages: Int) throws(DatabaseFailure) {
        try database.run("PRAGMA max_page_count = \(min(pages, Int(UInt32.max) - 1))")
    }

    /// Whether the path leads to another file, or to none: what is written here would be lost.
    var isGone: Bool { FileIdentity(of: database.path) != identity }
}

// MARK: - Writing

extension HistoryFile {
    /// Makes every sample of the head safe that is not so yet, in one commit.
    func save(_ head: Head) throws(DatabaseFailure) {
        var marks: [KeptMark] = []
        try database.transaction { () throws(DatabaseFailure) in
            try head.forEachUnsaved { (samples: [UnsavedSample]) throws(DatabaseFailure) in
                marks += try save(samples)
            }
        }
        head.markSaved(marks)
    }

    private func save(_ samples: [UnsavedSample]) throws(DatabaseFailure) -> [KeptMark] {
        var row = RecentRow(capacity: samples.count)
        var marks: [KeptMark] = []
        marks.reserveCapacity(samples.count)
        for item in samples {
            let isSame = marks.last?.reference == item.reference
            let id = isSame ? marks[marks.count - 1].id : try id(item.id, of: item.labels)
            row.append(item.sample, of: id)
            let mark = KeptMark(item.reference, id: id, through: item.sample.time)
            if isSame { marks[marks.count - 1] = mark } else { marks.append(mark) }
        }
        let bytes = row.finish()
        try database.run(
            "INSERT INTO recent (checksum, bytes) VALUES (?, ?)",
            .integer(Checksum.of(bytes: bytes)), .bytes(bytes))
        return marks
    }

    /// Makes a block of all samples of the head that are in none, in one commit.
    func store(_ head: Head) throws(DatabaseFailure) {
        var marks: [KeptMark] = []
        try database.transaction { () throws(DatabaseFailure) in
            var writer = BlockWriter(database, block: nextBlock())
            try head.forEachUnstored { (series: [UnstoredSeries]) throws(DatabaseFailure) in
                var batch: [(id: Int64, item: UnstoredSeries)] = []
                for item in series { batch.append((try id(item.id, of: item.series.labels), item)) }
                // Rows in the order of their ids fill their pages.
                for (id, item) in batch.sorted(by: { $0.id < $1.id }) {
                    guard let chunk = Chunk(compacting: item.series) else { continue }
                    try writer.write(chunk, of: id, labels: item.series.labels)
                    marks.append(KeptMark(item.reference, id: id, through: chunk.last))
                }
            }
            try writer.finish()
            try saveMetadata(head.allMetadata)
        }
        head.markStored(marks)
    }

    /// The id of a new block. One whose making failed leaves a gap.
    func nextBlock() -> Int64 {
        block += 1
        return block
    }

    /// Makes safe what is known of metrics, in one commit.
    func saveMetadata(of head: Head) throws(DatabaseFailure) {
        try database.transaction { () throws(DatabaseFailure) in
            try saveMetadata(head.allMetadata)
        }
    }

    private func saveMetadata(_ metadata: [MetricMetadata]) throws(DatabaseFailure) {
        for metric in metadata {
            try database.run(
                """
                INSERT INTO metadata (name, type, help) VALUES (?, ?, ?) ON CONFLICT (name)
                DO UPDATE SET type = excluded.type, help = excluded.help
                WHERE type <> excluded.type OR help <> excluded.help
                """, .text(metric.name), .text(metric.type.rawValue), .text(metric.help))
        }
    }

    /// The id of a series, which is made where the head knows none.
    private func id(_ known: Int64, of labels: Labels?) throws(DatabaseFailure) -> Int64 {
        guard known == 0, let labels else { return known }
        let stored = labels.stored
        if let id = try database.integer("SELECT id FROM series WHERE labels = ?", .bytes(stored)) {
            return id
        }
        lastSeries += 1
        try SeriesRow.insert(stored, id: lastSeries, block: 0, into: database)
        return lastSeries
    }
}

extension Chunk {
    /// One chunk of all samples of a series; nil when there are none.
    fileprivate init?(compacting series: Series) {
        guard let samples = try? series.samples() else { return nil }
        self.init(samples)
    }
}

/// What tells a file from another under the same name.
private struct FileIdentity: Equatable {
    private let device: UInt
    private let number: UInt

    /// Makes an empty file that only its owner can read, where there is none; what fails is for
    /// SQLite to say. What SQLite puts beside it has the same mode.
    static func reserve(_ path: String) {
        let file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        if file >= 0 { close(file) }
    }

    /// Nil where there is no file.
    init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = status.st_dev
        number = status.st_ino
    }
}
