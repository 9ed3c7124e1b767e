import Glibc
import Journal
import TimeSeries

/// Writes a history until it is killed: `HistoryWriter FILE`. In each round fifty series take the
/// number of the round, which is printed once it is safe on disk. Goes on where the last run ended.
@main struct HistoryWriter {
    static let start = Timestamp(milliseconds: 1_767_323_045_000)

    static func main() async throws {
        let head = Head(span: .seconds(1800))
        let path = CommandLine.arguments[1]
        let history = History(path: path, head: head, at: start)
        let labels = (0..<50).map { Labels(name: "round", ["id": "\($0)"]) }
        let past = try history.store.select([], from: .distantPast, through: .distantFuture)
        var round = try past.compactMap { try $0.samples().values.last }.max().map { $0 + 1 } ?? 0
        while true {
            let now = start + .seconds(5 * Int(round))
            for one in labels { head.append(one, Sample(now, round)) }
            head.truncate(before: now - head.span)
            let notices = await history.save(
                at: now, retention: .seconds(86_400), sizeBytes: 1 << 30)
            let line = notices.isEmpty ? "\(Int(round))\n" : "\(notices)\n"
            _ = line.withCString { write(STDOUT_FILENO, $0, strlen($0)) }
            round += 1
        }
    }
}
