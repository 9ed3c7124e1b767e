/// The format of `history.db`, and the steps from each older one to the newest.
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
enum HistorySchema {
    /// "dgwh": what tells the file from other databases (SQLite's `application_id`).
    static let applicationID: Int64 = 0x6467_7768

    /// Each step makes one version out of the one before; the first, out of an empty file.
    static let migrations = [
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
    ]

    /// Brings a file to the newest version, whole or not at all.
    static func prepare(
        _ database: Database, migrations: [String] = migrations
    ) throws(DatabaseFailure) {
        let version = try version(of: database, newest: migrations.count)
        guard version < migrations.count else { return }
        try database.transaction { () throws(DatabaseFailure) in
            for step in migrations[version...] { try database.run(step) }
            try database.run("PRAGMA application_id = \(applicationID)")
            try database.run("PRAGMA user_version = \(migrations.count)")
        }
    }

    /// 0 for an empty file.
    static func version(
        of database: Database, newest: Int = migrations.count
    ) throws(DatabaseFailure) -> Int {
        let id = try database.integer("PRAGMA application_id") ?? 0
        let version = try database.integer("PRAGMA user_version") ?? 0
        let tables = try database.integer("SELECT count(*) FROM sqlite_schema") ?? 0
        guard (id == applicationID && version > 0) || (id == 0 && version == 0 && tables == 0)
        else {
            throw DatabaseFailure(
                .damaged, path: database.path, message: "it is another program's database")
        }
        guard version <= newest else {
            throw DatabaseFailure(.newer(version: version), path: database.path, message: "")
        }
        return Int(version)
    }
}
