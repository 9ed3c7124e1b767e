import Glibc

/// A range of IP addresses: "10.0.0.0/8", "fd00::/8", or one address.
public struct Network: Sendable, Hashable, CustomStringConvertible {
    /// 16 bytes; IPv4 stands in the last four behind ::ffff:0:0/96, as in RFC 4291 §2.5.5.2.
    private let prefix: [UInt8]
    /// Bits of `prefix` that count, 0…128.
    private let length: Int
    public let description: String

    /// nil when it is no address, or the length is not one of the address's kind.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = Self.bytes(of: String(parts[0])) else { return nil }
        let isV4 = !parts[0].contains(":")
        let most = isV4 ? 32 : 128
        guard let written = parts.count == 1 ? most : Int(parts[1]), (0...most).contains(written)
        else { return nil }
        prefix = address
        length = isV4 ? written + 96 : written
        description = text
    }

    /// Whether a numeric address is in the range; false for what is no address.
    public func contains(_ address: String) -> Bool {
        Self.bytes(of: address).map { holds($0) } ?? false
    }

    private func holds(_ address: [UInt8]) -> Bool {
        (0..<length).allSatisfy { bit in
            let mask: UInt8 = 0x80 >> UInt8(bit % 8)
            return address[bit / 8] & mask == prefix[bit / 8] & mask
        }
    }

    private static func bytes(of text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET6, text, &bytes) == 1 { return bytes }
        guard inet_pton(AF_INET, text, &bytes) == 1 else { return nil }
        return [UInt8](repeating: 0, count: 10) + [0xff, 0xff] + bytes.prefix(4)
    }
}

extension Network {
    /// Addresses of this machine, of private networks, of cloud metadata services and of nobody.
    /// Sources: RFC 6890, RFC 4193, RFC 6052 (the well-known prefix of NAT64).
    public static let inward: [Network] = {
        let v4 = [
            ("0.0.0.0", 8), ("10.0.0.0", 8), ("100.64.0.0", 10), ("127.0.0.0", 8),
            ("169.254.0.0", 16), ("172.16.0.0", 12), ("192.0.0.0", 24), ("192.168.0.0", 16),
            ("198.18.0.0", 15), ("224.0.0.0", 4), ("240.0.0.0", 4),
        ]
        let translated = v4.map { "64:ff9b::\($0.0)/\($0.1 + 96)" }
        let v6 = ["::/96", "64:ff9b:1::/48", "2002::/16", "fc00::/7", "fe80::/10", "ff00::/8"]
        return (v4.map { "\($0.0)/\($0.1)" } + translated + v6).compactMap { Network($0) }
    }()

    /// Whether a request to an address that somebody else may have chosen is refused: it is inward
    /// and in none of the ranges that were opened, or is no plain address.
    public static func isRefused(_ address: String, opened: [Network]) -> Bool {
        guard bytes(of: address) != nil else { return true }
        return inward.contains { $0.contains(address) } && !opened.contains { $0.contains(address) }
    }
}
