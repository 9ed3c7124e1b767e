import Glibc
import Journal
import Logging
import TimeSeries
import Watch

extension History: SampleHistory {}

/// What an earlier owner of the watch left: read, never written.
private struct Past: SampleHistory {
    let store: UnitedStore

    func save(at now: Timestamp, retention: Duration, sizeBytes: Int) -> [String] { [] }

    func close() {}
}

extension World {
    /// Under the samples of a head, those that a history has; nil where there is none.
    func past(of head: Head, path: String) -> (any SampleHistory)? {
        guard access(path, F_OK) == 0 else { return nil }
        do {
            return Past(store: UnitedStore(head, past: try HistoryReader(path: path)))
        } catch {
            log.error("history", metadata: ["notice": "\(error)"])
            return nil
        }
    }
}
