import CNcurses
import Dispatch
import Glibc

/// Moves bytes to the terminal without ever blocking: what it does not take at once waits here and
/// goes out as it drains.
@MainActor
final class Outlet {
    /// All that was ever written.
    private(set) var bytesWritten = 0
    /// Called when everything that waited has gone out.
    var onDrained: (() -> Void)?

    let descriptor: Int32
    private let isNonBlocking: Bool
    private var waiting: [UInt8] = []
    private var source: (any DispatchSourceWrite)?

    init(terminal: Int32) {
        let own = dw_reopen(terminal)
        isNonBlocking = own >= 0
        descriptor = own >= 0 ? own : dup(terminal)
    }

    var isDrained: Bool { waiting.isEmpty }

    /// Takes all that the curses library has put into its file.
    func send() {
        collect()
        write()
        if !waiting.isEmpty { watch() }
    }

    /// Writes what waits, for at most this long; what is left then is discarded.
    func finish(within limit: Duration) {
        stopWatching()
        collect()
        let end = ContinuousClock.now + limit
        write()
        while !waiting.isEmpty, ContinuousClock.now < end, isWritable(milliseconds: 50) { write() }
        if !waiting.isEmpty {
            waiting.removeAll()
            tcflush(descriptor, TCOFLUSH)
        }
    }

    func append(_ text: String) { waiting.append(contentsOf: text.utf8) }

    func close() {
        stopWatching()
        _ = Glibc.close(descriptor)
    }

    private func collect() {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while dw_pending() > 0 {
            let count = dw_take(&buffer, buffer.count)
            guard count > 0 else { return }
            waiting.append(contentsOf: buffer[..<count])
        }
    }

    private func write() {
        var offset = 0
        while offset < waiting.count, isNonBlocking || isWritable(milliseconds: 0) {
            // A blocking terminal that has room takes a small piece without waiting.
            let piece = isNonBlocking ? waiting.count - offset : min(256, waiting.count - offset)
            let count = waiting.withUnsafeBytes { bytes in
                Glibc.write(descriptor, bytes.baseAddress.map { $0 + offset }, piece)
            }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno != EAGAIN {
                // The terminal is gone: nobody waits for these bytes any more.
                offset = 0
                waiting.removeAll()
            }
            guard count > 0 else { break }
            offset += count
        }
        bytesWritten += offset
        waiting.removeFirst(offset)
        if waiting.isEmpty, waiting.capacity > 64 << 10 { waiting = [] }
    }

    private func isWritable(milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&entry, 1, milliseconds) > 0 && entry.revents & Int16(POLLOUT) != 0
    }

    private func watch() {
        guard source == nil else { return }
        let source = DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: .main)
        source.setEventHandler { [weak self] in MainActor.assumeIsolated { self?.drain() } }
        self.source = source
        source.activate()
    }

    private func drain() {
        write()
        guard waiting.isEmpty else { return }
        stopWatching()
        onDrained?()
    }

    private func stopWatching() {
        source?.cancel()
        source = nil
    }
}
