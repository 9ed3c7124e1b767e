/// Which kind of address is asked for.
public enum AddressFamily: Sendable, Hashable { case any, ipv4, ipv6 }

/// Where a stream connects to.
public enum Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// A name or a numeric address, without brackets.
    case tcp(host: String, port: Int, family: AddressFamily = .any)
    /// A socket in the file system; its path has at most 107 bytes.
    case unix(path: String)

    public var description: String {
        switch self {
        case .tcp(let host, let port, _):
            host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    /// The name to verify in a certificate, nil for a Unix socket.
    var host: String? {
        guard case .tcp(let host, _, _) = self else { return nil }
        return host
    }
}
