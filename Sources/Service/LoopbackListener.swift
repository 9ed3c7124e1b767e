import Configuration
import Glibc

/// A listening TCP port of the loopback.
struct LoopbackListener {
    let descriptor: Int32

    /// Binds and listens. The address is one that the configuration has let through, in the table of
    /// this name.
    init(_ address: WatchSettings.Address, table: String) throws(ServiceFailure) {
        let isV6 = address.host.contains(":")
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        descriptor = socket(isV6 ? AF_INET6 : AF_INET, Int32(kind), 0)
        guard descriptor >= 0 else { throw Self.failure(address, table, errno) }
        // A port whose last connections are still fading is free for us.
        var isOn: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, size)
        if isV6 { setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &isOn, size) }
        guard (isV6 ? Self.bindV6 : Self.bindV4)(descriptor, address), listen(descriptor, 64) == 0
        else {
            let cause = errno
            close(descriptor)
            throw Self.failure(address, table, cause)
        }
    }

    private static func bindV4(_ socket: Int32, _ address: WatchSettings.Address) -> Bool {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = in_port_t(address.port).bigEndian
        guard inet_pton(AF_INET, address.host, &name.sin_addr) == 1 else { return false }
        return bindTo(socket, &name)
    }

    private static func bindV6(_ socket: Int32, _ address: WatchSettings.Address) -> Bool {
        var name = sockaddr_in6()
        name.sin6_family = sa_family_t(AF_INET6)
        name.sin6_port = in_port_t(address.port).bigEndian
        guard inet_pton(AF_INET6, address.host, &name.sin6_addr) == 1 else { return false }
        return bindTo(socket, &name)
    }

    private static func bindTo<Name>(_ socket: Int32, _ name: inout Name) -> Bool {
        withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<Name>.size)) == 0
            }
        }
    }

    private static func failure(
        _ address: WatchSettings.Address, _ table: String, _ cause: Int32
    ) -> ServiceFailure {
        let remedy =
            switch cause {
            case EADDRINUSE:
                "Another program has this port (ss -ltnp 'sport = \(address.port)' names it): end it"
                    + " or choose another port."
            case EACCES: "Choose a port from 1024 up."
            case EADDRNOTAVAIL: "This machine has no such address: write 127.0.0.1:\(address.port)."
            default: "Choose another port, or leave [\(table)] listen out."
            }
        return ServiceFailure(
            "[\(table)] listen: cannot listen on \(address): \(String(cString: strerror(cause)))."
                + " \(remedy)")
    }
}
