import Glibc
import Synchronization

/// A server that answers as badly as a test asks: each connection is one call of a closure on a
/// thread of its own, blocking.
public final class FaultServer: Sendable {
    public let port: Int
    private let socket: Int32
    private let state = Mutex(State())

    private struct State {
        var isOpen = true
        var open: Set<Int32> = []
        var accepted = 0
    }

    /// Connections that were accepted so far.
    public var accepted: Int { state.withLock { $0.accepted } }

    /// - Parameter port: 0 is any that is free.
    public init(port wanted: Int = 0, _ serve: @escaping @Sendable (Connection) -> Void) throws {
        socket = Glibc.socket(
            AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var on: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = loopback(port: UInt16(wanted))
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = socket
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
                bind(descriptor, general, length) == 0
                    ? getsockname(descriptor, general, &length) : -1
            }
        }
        guard result == 0, listen(socket, 256) == 0 else {
            throw TestFailure("listen: errno \(errno)")
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        onOwnThread { [self] in acceptAll(serve) }
    }

    /// Ends the server and every connection; the test calls it, as the accepting thread keeps the
    /// server alive.
    public func stop() {
        state.withLock { state in
            guard state.isOpen else { return }
            state.isOpen = false
            shutdown(socket, Int32(SHUT_RDWR))
            for connection in state.open { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    private func acceptAll(_ serve: @escaping @Sendable (Connection) -> Void) {
        while case let descriptor = accept(socket, nil, nil), descriptor >= 0 {
            let isOpen = state.withLock { state in
                state.accepted += 1
                if state.isOpen { state.open.insert(descriptor) }
                return state.isOpen
            }
            guard isOpen else {
                close(descriptor)
                break
            }
            onOwnThread { [self] in
                serve(Connection(descriptor: descriptor))
                state.withLock { _ = $0.open.remove(descriptor) }
                close(descriptor)
            }
        }
        close(socket)
    }

    /// One accepted connection; closed when the closure returns.
    public struct Connection: Sendable {
        let descriptor: Int32

        /// Reads once, at most 64 KiB; "" at the end.
        public func read() -> String {
            var buffer = [UInt8](repeating: 0, count: 65536)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            return String(decoding: buffer[..<max(count, 0)], as: UTF8.self)
        }

        /// Reads up to the empty line after an HTTP request's headers.
        @discardableResult
        public func readRequest() -> String {
            var text = ""
            while !text.contains("\r\n\r\n") {
                let more = read()
                if more.isEmpty { break }
                text += more
            }
            return text
        }

        /// Writes everything; false once the other side is gone.
        @discardableResult
        public func write(_ text: String) -> Bool { write(Array(text.utf8)) }

        @discardableResult
        public func write(_ bytes: [UInt8]) -> Bool {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }

        /// Blocks until the other side, or `stop`, closes.
        public func holdUntilClosed() { while !read().isEmpty {} }

        /// Blocks without reading until `stop`, at most a minute.
        public func holdUnread() {
            var wait = pollfd(fd: descriptor, events: 0, revents: 0)
            poll(&wait, 1, 60_000)
        }

        /// Closes with a reset instead of a farewell.
        public func reset() {
            var option = linger(l_onoff: 1, l_linger: 0)
            setsockopt(
                descriptor, SOL_SOCKET, SO_LINGER, &option,
                socklen_t(MemoryLayout<linger>.size))
        }

        /// Says that no more comes, while still reading.
        public func halfClose() { shutdown(descriptor, Int32(SHUT_WR)) }
    }
}
