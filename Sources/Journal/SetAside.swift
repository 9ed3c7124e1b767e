import Glibc
import TimeSeries

/// The system's reason why a file could not be moved.
struct SetAsideFailure: Error, CustomStringConvertible {
    let cause: Int32

    var description: String { strerror(cause).map { String(cString: $0) } ?? "error \(cause)" }
}

/// Moves a database out of the way, with what SQLite keeps beside it.
enum SetAside {
    /// Renames it to `<path>.damaged-<UTC time>` and gives that name without its folder. Not even a
    /// file of the same second is overwritten.
    static func move(_ path: String, at now: Timestamp) throws(SetAsideFailure) -> String {
        let base = "\(path).damaged-\(compact(now))"
        let names = [base] + (2..<100).map { "\(base)-\($0)" }
        let free = names.first { access($0, F_OK) != 0 } ?? base
        // The log goes first: left behind, it would be taken for that of the new file.
        for suffix in ["-wal", "-shm", ""] {
            guard rename(path + suffix, free + suffix) != 0 else { continue }
            guard errno == ENOENT else { throw SetAsideFailure(cause: errno) }
        }
        return String(free[(free.lastIndex(of: "/").map(free.index(after:)) ?? free.startIndex)...])
    }

    /// As ISO 8601 has it without its separators: `20260102T030405Z`.
    private static func compact(_ time: Timestamp) -> String {
        var seconds = time_t(time.milliseconds / 1000)
        var date = tm()
        gmtime_r(&seconds, &date)
        var text = [CChar](repeating: 0, count: 32)
        let count = strftime(&text, text.count, "%Y%m%dT%H%M%SZ", &date)
        return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
