/// The secret that a webhook's sender and receiver share. Prints as dots.
public struct SigningKey: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The code of a message under a key: HMAC-SHA256, which the edge gets from its library.
    public typealias MessageCode = (_ key: [UInt8], _ message: [UInt8]) -> [UInt8]

    private let bytes: [UInt8]

    /// "whsec_" and Base64, as Standard Webhooks writes it; the prefix may be left out. Nil for what
    /// is no Base64 or empty.
    public init?(_ text: String) {
        let prefix = "whsec_"
        let encoded = text.hasPrefix(prefix) ? text.dropFirst(prefix.count) : text[...]
        guard let bytes = Base64.decode(encoded), !bytes.isEmpty else { return nil }
        self.bytes = bytes
    }

    /// The header `webhook-signature` of Standard Webhooks: over the id, the time of the attempt and
    /// the body, so that neither can be exchanged.
    public func webhookSignature(
        id: String, unixSeconds: Int64, body: [UInt8], _ code: MessageCode
    ) -> String {
        let message = Array("\(id).\(unixSeconds).".utf8) + body
        return "v1," + Base64.encode(code(bytes, message))
    }

    /// The header `X-PagerDuty-Signature` of PagerDuty's webhooks: over the body alone.
    public func bodySignature(_ body: [UInt8], _ code: MessageCode) -> String {
        let digits = code(bytes, body).map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }
        return "v1=" + digits.joined()
    }

    /// How long the secret is.
    public var byteCount: Int { bytes.count }

    public var description: String { "••••" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// RFC 4648, section 4.
enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")

    static func encode(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let word = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                let digit = alphabet[word >> (18 - 6 * place) & 63]
                result.append(place <= group.count ? digit : padding)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Nil for a text with other characters. The padding may be missing.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var digits = Array(text.utf8)
        while digits.last == padding { digits.removeLast() }
        guard digits.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        var (word, bits) = (0, 0)
        for digit in digits {
            guard let value = alphabet.firstIndex(of: digit) else { return nil }
            word = (word << 6 | value) & 0xffff
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(word >> bits & 0xff))
            }
        }
        return bytes
    }
}
