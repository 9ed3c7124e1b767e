import Glibc
import Journal
import Records
import TimeSeries

/// Writes to a pager's file until it is killed: `PagerWriter FILE`. Each batch sets three records to
/// the number of the round and adds a line; the number is printed once the batch is on disk. Goes on
/// where the last run ended.
@main struct PagerWriter {
    static func main() async throws {
        let file = PagerFile(path: CommandLine.arguments[1]) { Timestamp(milliseconds: 0) }
        let kept = try await file.load()
        var round =
            kept.records.compactMap { Int(String(decoding: $0.body, as: UTF8.self)) }.max() ?? 0
        while true {
            round += 1
            let body = Array("\(round)".utf8)
            try await file.commit(
                RecordBatch(
                    puts: ["a", "b", "c"].map { StateRecord(kind: "k", key: $0, body: body) },
                    lines: [
                        HistoryLine(
                            at: Timestamp(milliseconds: Int64(round)), kind: "k", subject: "s",
                            body: body)
                    ]))
            let line = "\(round)\n"
            _ = line.withCString { write(STDOUT_FILENO, $0, strlen($0)) }
        }
    }
}
