import CSQLite
import Glibc

/// Why a database could not do what it was asked.
public struct DatabaseFailure: Error, Hashable, Sendable {
    public enum Reason: Hashable, Sendable {
        /// What the file holds is not what was written to it, or is no database of ours.
        case damaged
        /// The file may not be opened or written, or is no file.
        case unusable
        /// No room on the device.
        case full
        /// Another process holds the file.
        case busy
        /// A newer dogwatch wrote the file.
        case newer(version: Int64)
        /// More would have been read than one query may.
        case tooMuch
        /// Anything else of SQLite's codes (sqlite.org/rescode.html).
        case other(Int32)
    }

    public var reason: Reason
    public var path: String
    /// SQLite's words, or ours.
    public var message: String

    init(_ reason: Reason, path: String, message: String) {
        self.reason = reason
        self.path = path
        self.message = message
    }

    init(_ code: Int32, path: String, handle: OpaquePointer?) {
        let cause = handle.map(sqlite3_system_errno) ?? 0
        let text = handle.map { sqlite3_errmsg($0) } ?? sqlite3_errstr(code)
        let words = text.map { String(cString: $0) } ?? "error \(code)"
        let reason = Self.reason(code, systemError: cause)
        let isSystems = cause != 0 && reason != .damaged
        self.init(
            reason, path: path,
            message: isSystems ? "\(words): \(Self.words(of: cause))" : words)
    }

    private static func words(of systemError: Int32) -> String {
        strerror(systemError).map { String(cString: $0) } ?? "error \(systemError)"
    }

    /// Our statements fit our tables: where SQLite finds that they do not, the tables are not ours.
    private static func reason(_ code: Int32, systemError: Int32) -> Reason {
        switch code & 0xff {
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_ERROR, SQLITE_CONSTRAINT, SQLITE_MISMATCH,
            SQLITE_FORMAT:
            .damaged
        case SQLITE_FULL: .full
        case SQLITE_IOERR, SQLITE_CANTOPEN: reason(ofIO: code, systemError: systemError)
        case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH: .unusable
        case SQLITE_BUSY, SQLITE_LOCKED: .busy
        default: .other(code)
        }
    }

    private static func reason(ofIO code: Int32, systemError: Int32) -> Reason {
        switch (code, systemError) {
        case (_, ENOSPC), (_, EDQUOT), (_, EFBIG): .full
        // Reading may end early where a file was cut, or fail where the device did.
        case (shortRead, _), (failedRead, _): .damaged
        case (_, EACCES), (_, EPERM), (_, EISDIR), (_, ELOOP), (_, EROFS): .unusable
        // A folder in place of the file has no error of the system's.
        case (SQLITE_CANTOPEN | 2 << 8, _): .unusable
        default: .other(code)
        }
    }

    /// SQLITE_IOERR_SHORT_READ and SQLITE_IOERR_READ, macros that Swift does not import.
    private static let shortRead = SQLITE_IOERR | 2 << 8
    private static let failedRead = SQLITE_IOERR | 1 << 8

    /// Whether the file is to be set aside, so that a new one can begin.
    var endsTheFile: Bool { reason == .damaged || reason == .unusable }
}

extension DatabaseFailure: CustomStringConvertible {
    public var description: String {
        switch reason {
        case .damaged: "\(path) is damaged: \(message)"
        case .unusable: "\(path) cannot be used: \(message)"
        case .full: "there is no room for \(path): free some of the disk"
        case .busy: "\(path) is held by another process: \(message)"
        case .newer(let version):
            "\(path) has format \(version), which a newer dogwatch wrote: run that one, or move the"
                + " file away"
        case .tooMuch: "\(path): \(message)"
        case .other: "\(path): \(message)"
        }
    }
}
