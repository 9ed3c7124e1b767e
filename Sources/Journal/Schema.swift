/// The format of a database of ours, and the steps from each older one to the newest.
struct Schema: Sendable {
    /// What tells the file from other databases (SQLite's `application_id`).
    let applicationID: Int64
    /// Each step makes one version out of the one before; the first, out of an empty file.
    var migrations: [String]

    /// Brings a file to the newest version, whole or not at all.
    func prepare(_ database: Database) throws(DatabaseFailure) {
        let version = try version(of: database)
        guard version < migrations.count else { return }
        try database.transaction { () throws(DatabaseFailure) in
            for step in migrations[version...] { try database.run(step) }
            try database.run("PRAGMA application_id = \(applicationID)")
            try database.run("PRAGMA user_version = \(migrations.count)")
        }
    }

    /// 0 for an empty file.
    func version(of database: Database) throws(DatabaseFailure) -> Int {
        let id = try database.integer("PRAGMA application_id") ?? 0
        let version = try database.integer("PRAGMA user_version") ?? 0
        let tables = try database.integer("SELECT count(*) FROM sqlite_schema") ?? 0
        guard (id == applicationID && version > 0) || (id == 0 && version == 0 && tables == 0)
        else {
            throw DatabaseFailure(
                .damaged, path: database.path, message: "it is another program's database")
        }
        guard version <= migrations.count else {
            throw DatabaseFailure(.newer(version: version), path: database.path, message: "")
        }
        return Int(version)
    }
}

/// `history.db`:
///
/// - `recent`: the samples of a few seconds as they came, a row a commit (`RecentRow`).
/// - `block`: half an hour of all series, made out of the rows of `recent`; times in milliseconds
///   since the epoch.
/// - `chunk`: the samples of one series in one block, compressed (`Chunk`). Its id is that of the
///   block, then that of the series in the low 32 bits: in that order they are written, read and
///   expired, and need no index.
/// - `series`: the labels (`Labels.init(stored:)`), and between which blocks there are chunks of it.
///   The metric's name comes first, so that the index on labels is one on metrics too.
/// - `metadata`: type and help text of each metric.
///
/// What a number depends on has a checksum (`Checksum`).
extension Schema {
    static let history = Schema(
        applicationID: 0x6467_7768,  // "dgwh"
        migrations: [
            """
            CREATE TABLE series (
                id INTEGER PRIMARY KEY, labels BLOB NOT NULL UNIQUE, checksum INTEGER NOT NULL,
                first_block INTEGER NOT NULL, last_block INTEGER NOT NULL);
            CREATE TABLE block (
                id INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL);
            CREATE TABLE chunk (
                id INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL,
                count INTEGER NOT NULL, checksum INTEGER NOT NULL, bytes BLOB NOT NULL);
            CREATE TABLE recent (
                id INTEGER PRIMARY KEY, checksum INTEGER NOT NULL, bytes BLOB NOT NULL);
            CREATE TABLE metadata (name TEXT PRIMARY KEY, type TEXT NOT NULL, help TEXT NOT NULL)
                WITHOUT ROWID;
            """
        ])

    /// `pager.db`:
    ///
    /// - `record`: what is known now, replaced as a whole; its checksum is over kind, key and body.
    /// - `line`: what happened, never changed. Each line's hash covers the one before it, so that
    ///   a line that was cut out or changed shows.
    static let pager = Schema(
        applicationID: 0x6467_7770,  // "dgwp"
        migrations: [
            """
            CREATE TABLE record (
                kind TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL,
                checksum INTEGER NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
            CREATE TABLE line (
                id INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL,
                subject TEXT NOT NULL, body BLOB NOT NULL, hash TEXT NOT NULL);
            CREATE INDEX line_subject ON line (subject, id);
            CREATE TRIGGER line_stays BEFORE UPDATE ON line
                BEGIN SELECT raise(ABORT, 'history is never changed'); END;
            """
        ])
}
