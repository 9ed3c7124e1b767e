import Execution
import Glibc
import Records
import TimeSeries

/// `pager.db`: what must outlive the process. A batch that `commit` returned for is on disk, and of
/// one that it did not return for all is there or nothing.
///
/// A file that is damaged is read as far as it can be, set aside and written anew.
public actor PagerFile: RecordStore {
    private let path: String
    /// Only looks at a file that another process owns.
    private let isReader: Bool
    private let now: @Sendable () -> Timestamp
    private var database: Database?
    /// The hash of the newest line.
    private var lastHash = ""
    private var commits = 0

    /// Lines that are kept, and for how long.
    static let lineLimit: Int64 = 1_000_000
    static let lineAge = Duration.seconds(400 * 86_400)

    private let executor = QueueExecutor("dogwatch.pager.file")
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    public init(
        path: String, isReader: Bool = false, now: @escaping @Sendable () -> Timestamp
    ) {
        self.path = path
        self.isReader = isReader
        self.now = now
    }

    public func load() throws(RecordFailure) -> KeptRecords {
        do throws(DatabaseFailure) {
            return try contents()
        } catch {
            guard error.reason == .damaged, !isReader else { throw RecordFailure("\(error)") }
            return try recovered(after: error)
        }
    }

    public func commit(_ batch: RecordBatch) throws(RecordFailure) {
        do throws(DatabaseFailure) {
            let database = try opened()
            lastHash = try database.transaction { () throws(DatabaseFailure) in
                try write(batch, to: database)
            }
            commits += 1
            if commits % 1000 == 0 { try expire(in: database) }
        } catch {
            // A file whose place was taken is opened anew with the next batch.
            if error.endsTheFile { database = nil }
            throw RecordFailure("\(error)")
        }
    }

    /// The newest lines of the history first.
    ///
    /// - Parameters:
    ///   - subject: The start of it; "" for all.
    ///   - limit: At most so many.
    public func lines(
        subject: String = "", since: Timestamp = .distantPast, limit: Int
    ) throws(RecordFailure) -> [HistoryLine] {
        do throws(DatabaseFailure) {
            var lines: [HistoryLine] = []
            try opened().forEach(
                """
                SELECT at, kind, subject, body FROM line
                WHERE substr(subject, 1, length(?1)) = ?1 AND at >= ?2 ORDER BY id DESC LIMIT ?3
                """, .text(subject), .integer(since.milliseconds), .integer(Int64(limit))
            ) { row in
                lines.append(
                    HistoryLine(
                        at: Timestamp(milliseconds: row.integer(0)), kind: row.text(1),
                        subject: row.text(2), body: row.bytes(3)))
            }
            return lines
        } catch {
            throw RecordFailure("\(error)")
        }
    }

    /// The number of the first line that is not what was written, counted from the oldest that is kept,
    /// from 1; nil when all are.
    public func firstBrokenLine() throws(RecordFailure) -> Int? {
        do throws(DatabaseFailure) {
            var (before, number, broken): (String?, Int, Int?) = (nil, 0, nil)
            try opened().forEach("SELECT at, kind, subject, body, hash FROM line ORDER BY id") {
                row in
                number += 1
                let line = HistoryLine(
                    at: Timestamp(milliseconds: row.integer(0)), kind: row.text(1),
                    subject: row.text(2), body: row.bytes(3))
                let hash = row.text(4)
                if let before, broken == nil, Self.hash(line, after: before) != hash {
                    broken = number
                }
                before = hash
            }
            return broken
        } catch {
            throw RecordFailure("\(error)")
        }
    }

    public func close() { database = nil }
}

extension PagerFile {
    private func opened() throws(DatabaseFailure) -> Database {
        if let database { return database }
        let new = try isReader ? Self.look(path) : Self.open(path)
        lastHash = try Self.lastHash(of: new)
        database = new
        return new
    }

    /// The folder may be readable for others; the file is not.
    private static func open(_ path: String) throws(DatabaseFailure) -> Database {
        let before = umask(0o077)
        defer { umask(before) }
        let database = try Database(path: path)
        try database.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
        try Schema.pager.prepare(database)
        return database
    }

    private static func look(_ path: String) throws(DatabaseFailure) -> Database {
        let database = try Database(path: path, isReader: true)
        _ = try Schema.pager.version(of: database)
        return database
    }

    private static func lastHash(of database: Database) throws(DatabaseFailure) -> String {
        var hash = ""
        try database.forEach("SELECT hash FROM line ORDER BY id DESC LIMIT 1") { row in
            hash = row.text(0)
        }
        return hash
    }

    /// Gives the hash of the newest line.
    private func write(
        _ batch: RecordBatch, to database: Database
    ) throws(DatabaseFailure) -> String {
        for record in batch.puts {
            try database.run(
                "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?)", .text(record.kind),
                .text(record.key), .bytes(record.body), .integer(Self.checksum(record)))
        }
        for id in batch.removals {
            try database.run(
                "DELETE FROM record WHERE kind = ? AND key = ?", .text(id.kind), .text(id.key))
        }
        var hash = lastHash
        for line in batch.lines {
            hash = Self.hash(line, after: hash)
            try database.run(
                "INSERT INTO line (at, kind, subject, body, hash) VALUES (?, ?, ?, ?, ?)",
                .integer(line.at.milliseconds), .text(line.kind), .text(line.subject),
                .bytes(line.body), .text(hash))
        }
        return hash
    }

    private func expire(in database: Database) throws(DatabaseFailure) {
        let newest = try database.integer("SELECT max(id) FROM line") ?? 0
        try database.run(
            "DELETE FROM line WHERE id <= ? OR id IN (SELECT id FROM line WHERE at < ? LIMIT 10000)",
            .integer(newest - Self.lineLimit),
            .integer((now() - Self.lineAge).milliseconds))
    }

    static func checksum(_ record: StateRecord) -> Int64 {
        var checksum = Checksum()
        for part in [Array(record.kind.utf8), Array(record.key.utf8), record.body] {
            checksum.add(Int64(part.count))
            checksum.add(part)
        }
        return checksum.value
    }

    static func hash(_ line: HistoryLine, after hash: String) -> String {
        var bytes = Array(hash.utf8)
        bytes += Array("\n\(line.at.milliseconds)\n\(line.kind)\n\(line.subject)\n".utf8)
        return SHA256.hex(bytes + line.body)
    }
}

/// Reading, and what is saved of a file that is damaged.
extension PagerFile {
    private func contents() throws(DatabaseFailure) -> KeptRecords {
        let database = try opened()
        var verdict = "ok"
        try database.forEach("PRAGMA quick_check(1)") { row in verdict = row.text(0) }
        guard verdict == "ok" else {
            throw DatabaseFailure(.damaged, path: path, message: verdict)
        }
        var found = Found()
        try found.read(database, Self.order(isBackwards: false))
        let damage =
            found.damaged == 0
            ? nil : "\(found.damaged) records of \(path) are damaged and were left out"
        return KeptRecords(found.records, damage: damage)
    }

    private static func order(isBackwards: Bool) -> String {
        let order = isBackwards ? "DESC" : "ASC"
        return "SELECT kind, key, body, checksum FROM record ORDER BY kind \(order), key \(order)"
    }

    private struct Found {
        private(set) var records: [StateRecord] = []
        private(set) var damaged = 0
        private var known: Set<StateRecord.ID> = []

        /// `isAgain`: some of the rows may have been read before.
        mutating func read(
            _ database: Database, _ sql: String, isAgain: Bool = false
        ) throws(DatabaseFailure) {
            try database.forEach(sql) { row in
                let record = StateRecord(kind: row.text(0), key: row.text(1), body: row.bytes(2))
                guard PagerFile.checksum(record) == row.integer(3) else { return damaged += 1 }
                if !isAgain || known.insert(record.id).inserted { records.append(record) }
            }
        }
    }

    /// Reads from both ends as far as that goes, sets the file aside and writes what was found anew.
    private func recovered(after failure: DatabaseFailure) throws(RecordFailure) -> KeptRecords {
        database = nil
        var found = Found()
        var lines: [HistoryLine] = []
        if let damaged = try? Database(path: path, isReader: true) {
            for isBackwards in [false, true] {
                try? found.read(damaged, Self.order(isBackwards: isBackwards), isAgain: true)
            }
            try? damaged.forEach("SELECT at, kind, subject, body FROM line ORDER BY id") { row in
                lines.append(
                    HistoryLine(
                        at: Timestamp(milliseconds: row.integer(0)), kind: row.text(1),
                        subject: row.text(2), body: row.bytes(3)))
            }
        }
        let name: String
        do throws(SetAsideFailure) {
            name = try SetAside.move(path, at: now())
        } catch {
            throw RecordFailure("\(failure), and it cannot be moved away: \(error)")
        }
        try commit(RecordBatch(puts: found.records, lines: lines))
        return KeptRecords(
            found.records,
            damage: "\(failure). \(found.records.count) records were saved from it; it is kept as"
                + " \(name)")
    }
}
