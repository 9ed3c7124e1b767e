import CMicrohttpd
import Glibc
import Synchronization

/// One attached dashboard's stream of snapshots: the line that is being sent, and the newest one
/// behind it. A slow reader skips lines; it never makes the owner wait or grow.
final class Feed: Sendable {
    private struct State {
        var line: [UInt8] = []
        var offset = 0
        var newest: [UInt8]?
        var isSuspended = false
        var hasEnded = false
    }

    private let connection: OpaqueConnection
    private let state = Mutex(State())

    init(connection: OpaquePointer) { self.connection = OpaqueConnection(pointer: connection) }

    /// Takes a newer line. The sending thread wakes if it was waiting.
    func offer(_ line: [UInt8]) {
        state.withLock { state in
            guard !state.hasEnded else { return }
            state.newest = line
            resume(&state)
        }
    }

    /// Ends the stream after what is being sent.
    func end() {
        state.withLock { state in
            state.hasEnded = true
            resume(&state)
        }
    }

    /// Fills the library's buffer; with nothing to send the connection sleeps until `offer`.
    func read(into buffer: UnsafeMutablePointer<CChar>, atMost capacity: Int) -> Int {
        state.withLock { state in
            if state.offset == state.line.count, let newest = state.newest {
                (state.line, state.offset, state.newest) = (newest, 0, nil)
            }
            let count = min(capacity, state.line.count - state.offset)
            guard count > 0 else {
                if state.hasEnded { return CMHD_END_OF_STREAM }
                state.isSuspended = true
                MHD_suspend_connection(connection.pointer)
                return 0
            }
            state.line.withUnsafeBytes { line in
                guard let base = line.baseAddress else { return }
                memcpy(buffer, base + state.offset, count)
            }
            state.offset += count
            return count
        }
    }

    private func resume(_ state: inout State) {
        guard state.isSuspended else { return }
        state.isSuspended = false
        MHD_resume_connection(connection.pointer)
    }
}

/// A connection of the library, which locks it itself: suspend and resume may come from any thread.
private struct OpaqueConnection: @unchecked Sendable {
    let pointer: OpaquePointer
}
