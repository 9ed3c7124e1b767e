import CPostgres
import Dispatch
import Synchronization

/// A request to end a statement, handed to the thread that sends it.
struct PostgresCancel: @unchecked Sendable {
    // Sound: libpq's cancel object shares nothing with its connection and is used by one thread.
    let pointer: OpaquePointer

    /// Requests under way in the whole process, each of which may hang with its server. Beyond it
    /// none is sent: the server ends the statement by its own time-out.
    private static let limit = 4
    private static let underWay = Mutex(0)
    private static let queue = DispatchQueue(
        label: "dogwatch.postgres.cancel", attributes: .concurrent)

    func sendAway() {
        let isAllowed = Self.underWay.withLock { count in
            guard count < Self.limit else { return false }
            count += 1
            return true
        }
        guard isAllowed else { return PQfreeCancel(pointer) }
        Self.queue.async {
            var buffer = [CChar](repeating: 0, count: 256)
            _ = PQcancel(pointer, &buffer, Int32(buffer.count))
            PQfreeCancel(pointer)
            Self.underWay.withLock { $0 -= 1 }
        }
    }
}
