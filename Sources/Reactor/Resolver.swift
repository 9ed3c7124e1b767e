import CSystem

/// Finds the addresses of a host without blocking: numeric addresses, the hosts file, then DNS as
/// resolv.conf says, by c-ares on the I/O loop.
///
/// Nothing is kept between look-ups, so that a probe sees the name service as it is; look-ups of
/// one name at one time share their query. A server that never answers costs its caller the
/// deadline, and nobody else anything.
public struct Resolver: Sendable {
    private let channel: ResolverChannel

    /// With `servers` ("192.0.2.1:53", "[2001:db8::1]:53") only these are asked, not resolv.conf's.
    /// Keep a resolver and share it: each has sockets of its own.
    public init(servers: [String] = []) {
        channel = servers.isEmpty ? Resolver.system : ResolverChannel(servers: servers)
    }

    private static let system = ResolverChannel(servers: [])

    /// Numeric addresses in the order in which they should be tried (RFC 6724); never empty.
    @IO
    public func resolve(
        _ host: String, family: AddressFamily = .any, by deadline: Deadline
    ) async throws(ReactorFailure) -> [String] {
        let literal =
            host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host[...]
        switch (dw_address_family(String(literal)), family) {
        case (4, .any), (4, .ipv4), (6, .any), (6, .ipv6): return [String(literal)]
        case (4, .ipv6): throw .resolution(host: host, "it is an IPv4 address, not IPv6")
        case (6, .ipv4): throw .resolution(host: host, "it is an IPv6 address, not IPv4")
        default: break
        }
        guard !host.isEmpty, host.utf8.count <= 253, host.utf8.allSatisfy({ $0 > 32 }) else {
            throw .resolution(host: host, "it is not a host name")
        }
        return try await channel.resolve(host, family, by: deadline)
    }
}

/// Whether a text is an IPv4 or IPv6 address in numbers.
public func isNumericAddress(_ text: String) -> Bool { dw_address_family(text) != 0 }
