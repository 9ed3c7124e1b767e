import Glibc

/// A TCP socket that listens on a free port of 127.0.0.1.
func listenOnLoopback() throws(DemoFailure) -> (socket: Int32, port: UInt16) {
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let listener = socket(AF_INET, kind, 0)
    var address = loopback(port: 0)
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withSocketAddress(&address) { bind(listener, $0, size) } == 0
    guard listener >= 0, isBound, listen(listener, 128) == 0 else {
        throw DemoFailure("cannot listen on 127.0.0.1", errno: errno)
    }
    var actual = size
    _ = withSocketAddress(&address) { getsockname(listener, $0, &actual) }
    return (listener, UInt16(bigEndian: address.sin_port))
}

/// A port of 127.0.0.1 that is free now, for a server that must be told its port. Another program could
/// take it before; then that server says so and the demo does not start.
func freePort() throws(DemoFailure) -> UInt16 {
    let (listener, port) = try listenOnLoopback()
    close(listener)
    return port
}

func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    address.sin_port = port.bigEndian
    return address
}

/// The address of a Unix socket; nil when the path is longer than the system takes.
func unixAddress(_ path: String) -> sockaddr_un? {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    return address
}

func withSocketAddress<Address, Answer>(
    _ address: inout Address, _ body: (UnsafeMutablePointer<sockaddr>) -> Answer
) -> Answer {
    withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
    }
}

/// Limits how long a read or write on `socket` may wait.
func setTimeouts(_ socket: Int32, seconds: Int) {
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
}
