import Glibc
import Synchronization

/// A TCP port of the loopback that nobody listens on at this moment, and that no other test of this
/// process has been given. Below the range from which the system takes the ports of outgoing
/// connections, so that none of these is in the way when the server starts.
public func freePort() throws -> Int {
    for _ in 0..<200 {
        let port = Int.random(in: 12_000..<32_000)
        if given.withLock({ $0.insert(port).inserted }), isFree(port) { return port }
    }
    throw TestFailure("no free port")
}

private let given = Mutex(Set<Int>())

private func isFree(_ port: Int) -> Bool {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { return false }
    defer { close(socket) }
    var address = loopback(port: UInt16(port))
    return withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
}

/// Whether something accepts connections on a port of the loopback.
public func accepts(port: Int) -> Bool {
    var address = loopback(port: UInt16(port))
    return connects(AF_INET, &address, MemoryLayout<sockaddr_in>.size)
}

/// Whether something accepts connections on a Unix socket.
public func accepts(socket path: String) -> Bool {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let name = Array(path.utf8)
    guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    return connects(AF_UNIX, &address, MemoryLayout<sockaddr_un>.size)
}

func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
}

private func connects<Address>(_ family: Int32, _ address: inout Address, _ size: Int) -> Bool {
    let socket = Glibc.socket(family, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { return false }
    defer { close(socket) }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(socket, $0, socklen_t(size)) == 0
        }
    }
}
