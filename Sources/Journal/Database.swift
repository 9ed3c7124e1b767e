import CSQLite

/// One connection to an SQLite file, used by one thread at a time.
final class Database {
    private let handle: OpaquePointer
    let path: String
    private var statements: [String: Statement] = [:]

    /// What every connection sets. Pages are checked as they are read, and few are kept: a watch has
    /// better uses for memory.
    private static let settings = """
        PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF; PRAGMA mmap_size = 0;
        PRAGMA cache_size = -1024;
        """

    /// Opens the file, and makes it unless `isReader`.
    init(path: String, isReader: Bool = false) throws(DatabaseFailure) {
        var opened: OpaquePointer?
        let flags =
            SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
            | (isReader ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            defer { sqlite3_close_v2(opened) }
            throw DatabaseFailure(code, path: path, handle: opened)
        }
        handle = opened
        self.path = path
        sqlite3_busy_timeout(opened, 2000)
        try run(Database.settings)
    }

    deinit {
        statements = [:]
        sqlite3_close_v2(handle)
    }

    /// Runs statements that give no rows, separated by semicolons.
    func run(_ sql: String) throws(DatabaseFailure) {
        try check(sqlite3_exec(handle, sql, nil, nil, nil))
    }

    /// Runs one statement with values; what it gives is not looked at.
    func run(_ sql: String, _ values: SQLValue...) throws(DatabaseFailure) {
        let statement = try prepared(sql, values)
        defer { statement.reset() }
        while try statement.step() {}
    }

    /// The first column of the first row as an integer; nil without a row, or where it is NULL.
    func integer(_ sql: String, _ values: SQLValue...) throws(DatabaseFailure) -> Int64? {
        let statement = try prepared(sql, values)
        defer { statement.reset() }
        return try statement.step() && !statement.isNull(0) ? statement.integer(0) : nil
    }

    /// Hands over each row.
    func forEach(
        _ sql: String, _ values: SQLValue...,
        take: (Statement) throws(DatabaseFailure) -> Void
    ) throws(DatabaseFailure) {
        let statement = try prepared(sql, values)
        defer { statement.reset() }
        while try statement.step() { try take(statement) }
    }

    /// All of `body` or nothing of it; on disk when this returns.
    func transaction<Result>(
        _ body: () throws(DatabaseFailure) -> Result
    ) throws(DatabaseFailure) -> Result {
        try bracket("BEGIN IMMEDIATE", body)
    }

    /// Everything that `body` reads is of one moment.
    func snapshot<Result>(
        _ body: () throws(DatabaseFailure) -> Result
    ) throws(DatabaseFailure) -> Result {
        try bracket("BEGIN", body)
    }

    private func bracket<Result>(
        _ begin: String, _ body: () throws(DatabaseFailure) -> Result
    ) throws(DatabaseFailure) -> Result {
        try run(begin)
        do throws(DatabaseFailure) {
            let result = try body()
            try run("COMMIT")
            return result
        } catch {
            sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
            throw error
        }
    }

    /// Rows that the last statement changed.
    var changes: Int { Int(sqlite3_changes(handle)) }

    var lastRowID: Int64 { sqlite3_last_insert_rowid(handle) }

    private func prepared(
        _ sql: String, _ values: [SQLValue]
    ) throws(DatabaseFailure) -> Statement {
        let statement = try statement(sql)
        try statement.bind(values)
        return statement
    }

    /// The prepared form of one statement, which is kept.
    private func statement(_ sql: String) throws(DatabaseFailure) -> Statement {
        if let known = statements[sql] { return known }
        var prepared: OpaquePointer?
        try check(
            sqlite3_prepare_v3(
                handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil))
        guard let prepared else { throw failure(SQLITE_MISUSE) }
        let made = Statement(prepared, of: self)
        statements[sql] = made
        return made
    }

    fileprivate func check(_ code: Int32) throws(DatabaseFailure) {
        guard code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE else {
            throw failure(code)
        }
    }

    private func failure(_ code: Int32) -> DatabaseFailure {
        DatabaseFailure(code, path: path, handle: handle)
    }
}

/// A value that a statement is given.
enum SQLValue {
    case integer(Int64)
    case text(String)
    case bytes([UInt8])
}

/// A prepared statement, reset after each use. Its database keeps it and outlives it.
final class Statement {
    private let handle: OpaquePointer
    private unowned let database: Database

    init(_ handle: OpaquePointer, of database: Database) {
        self.handle = handle
        self.database = database
    }

    deinit { sqlite3_finalize(handle) }

    func bind(_ values: [SQLValue]) throws(DatabaseFailure) {
        for (index, value) in values.enumerated() {
            let place = Int32(index + 1)
            let code =
                switch value {
                case .integer(let number): sqlite3_bind_int64(handle, place, number)
                case .text(let text): bind(Array(text.utf8), at: place, isText: true)
                case .bytes(let bytes): bind(bytes, at: place, isText: false)
                }
            try database.check(code)
        }
    }

    private func bind(_ bytes: [UInt8], at place: Int32, isText: Bool) -> Int32 {
        bytes.withUnsafeBytes {
            dw_sqlite_bind(handle, place, $0.baseAddress, Int32($0.count), isText ? 1 : 0)
        }
    }

    /// True when there is a row.
    func step() throws(DatabaseFailure) -> Bool {
        let code = sqlite3_step(handle)
        try database.check(code)
        return code == SQLITE_ROW
    }

    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func bytes(_ column: Int32) -> [UInt8] {
        let count = Int(sqlite3_column_bytes(handle, column))
        guard count > 0, let base = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: base, count: count))
    }

    func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }
}
