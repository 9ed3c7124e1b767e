/// The versions of TLS that a server can be asked for.
public enum TLSVersion: UInt16, Sendable, Hashable, CaseIterable, Comparable {
    case ssl3 = 0x0300
    case tls10 = 0x0301
    case tls11 = 0x0302
    case tls12 = 0x0303
    case tls13 = 0x0304

    public static func < (left: TLSVersion, right: TLSVersion) -> Bool {
        left.rawValue < right.rawValue
    }

    /// "1.3", "SSL 3"
    public var name: String { self == .ssl3 ? "SSL 3" : "1.\(rawValue - 0x0301)" }
}

/// The first message of a handshake, written by hand: a library that cannot offer an old version would
/// call every server clean. Source: RFC 8446 and RFC 5246, sections on ClientHello.
public enum TLSHello {
    /// A record that asks for one version and no other, with a broad list of cipher suites.
    ///
    /// - Parameter name: The host's name for servers of several; left out for numeric addresses.
    public static func record(
        for version: TLSVersion, name: String?, using random: inout some RandomNumberGenerator
    ) -> [UInt8] {
        let asked = min(version, .tls12)
        var body = bytes(of: asked.rawValue)
        body += noise(32, &random)
        // Middle boxes want a session's id with 1.3.
        body += version == .tls13 ? [32] + noise(32, &random) : [0]
        body += sized(suites(for: version).flatMap(bytes(of:)))
        body += [1, 0]
        if version != .ssl3 { body += sized(extensions(for: version, name, &random)) }
        let length = body.count
        let message =
            [1, UInt8(length >> 16), UInt8(length >> 8 & 0xff), UInt8(length & 0xff)] + body
        let outer = min(asked, .tls10)
        return [22] + bytes(of: outer.rawValue) + sized(message)
    }

    /// The first message to PostgreSQL: whether it speaks TLS. It answers `S` or `N`.
    public static let postgresRequest: [UInt8] = [0, 0, 0, 8, 4, 210, 22, 47]

    private static func suites(for version: TLSVersion) -> [UInt16] {
        if version == .tls13 { return [0x1301, 0x1302, 0x1303] }
        return [
            0xc02b, 0xc02c, 0xc02f, 0xc030, 0xcca8, 0xcca9, 0xccaa, 0xc023, 0xc024, 0xc027, 0xc028,
            0xc009, 0xc00a, 0xc013, 0xc014, 0x009e, 0x009f, 0x0067, 0x006b, 0x0033, 0x0039, 0x009c,
            0x009d, 0x003c, 0x003d, 0x002f, 0x0035, 0x000a, 0x0016, 0xc012, 0x0005, 0x0004,
            // No renegotiation.
            0x00ff,
        ]
    }

    private static func extensions(
        for version: TLSVersion, _ name: String?, _ random: inout some RandomNumberGenerator
    ) -> [UInt8] {
        var all: [UInt8] = []
        if let name {
            all += piece(0, sized([0] + sized(Array(name.utf8))))
        }
        // x25519 and the three curves of NIST.
        all += piece(10, sized([0x001d, 0x0017, 0x0018, 0x0019].flatMap(bytes(of:))))
        all += piece(11, [1, 0])
        if version >= .tls12 { all += piece(13, sized(signatures.flatMap(bytes(of:)))) }
        if version == .tls13 {
            all += piece(43, [2] + bytes(of: version.rawValue))
            // Every 32 bytes are a point of x25519.
            all += piece(51, sized(bytes(of: 0x001d) + sized(noise(32, &random))))
        }
        return all
    }

    private static let signatures: [UInt16] = [
        0x0403, 0x0503, 0x0603, 0x0807, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203,
        0x0201,
    ]

    private static func piece(_ kind: UInt16, _ body: [UInt8]) -> [UInt8] {
        bytes(of: kind) + sized(body)
    }

    /// The bytes after their number, in two bytes.
    private static func sized(_ body: [UInt8]) -> [UInt8] { bytes(of: UInt16(body.count)) + body }

    private static func bytes(of number: UInt16) -> [UInt8] {
        [UInt8(number >> 8), UInt8(number & 0xff)]
    }

    private static func noise(_ count: Int, _ random: inout some RandomNumberGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }
}
