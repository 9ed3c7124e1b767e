import Glibc

/// A blocking client of a Unix socket that speaks just enough HTTP for these tests.
final class RawClient {
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    /// Connects; every read gives up after five seconds.
    init?(path: String) {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else {
            close(descriptor)
            return nil
        }
    }

    deinit { close(descriptor) }

    func send(_ text: String) {
        _ = text.withCString { write(descriptor, $0, strlen($0)) }
    }

    /// Reads until what came contains `text`; nil when the peer closes or stays silent before.
    func read(until text: String) -> String? {
        while true {
            let soFar = String(decoding: buffer, as: UTF8.self)
            if let range = soFar.firstRange(of: text) {
                buffer = Array(soFar[range.upperBound...].utf8)
                return String(soFar[..<range.upperBound])
            }
            var chunk = [UInt8](repeating: 0, count: 65536)
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            guard count > 0 else { return nil }
            buffer += chunk.prefix(count)
        }
    }
}
