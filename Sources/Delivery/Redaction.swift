import HTTP
import Targets

/// Replaces secrets in a text, also where they stand percent-encoded or in base64. Those shorter
/// than six characters are left alone: they would take ordinary words with them.
public struct Redaction: Sendable, Hashable {
    static let shortest = 6

    /// The longest first, so that a secret that holds another goes as a whole.
    private let forms: [[UInt8]]

    /// Bytes of the longest form of a secret.
    let longest: Int

    public init(_ secrets: some Sequence<Secret>) {
        let all = secrets.map { $0.reveal() }.filter { $0.count >= Redaction.shortest }
        let written = Set(all.flatMap(Redaction.forms))
        forms = written.sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }.map { Array($0.utf8) }
        longest = forms.first?.count ?? 0
    }

    /// The text with "***" in place of each secret.
    public func callAsFunction(_ text: String) -> String {
        String(decoding: callAsFunction(Array(text.utf8)), as: UTF8.self)
    }

    /// Bytes, not characters: a combining mark behind a secret must not hide it.
    func callAsFunction(_ text: [UInt8]) -> [UInt8] {
        forms.reduce(text) { text, form in replacing(form, with: Array("***".utf8), in: text) }
    }

    private static func forms(of secret: String) -> [String] {
        let percent = percentEncoded(secret)
        let coded = (0..<3).map { base64Part(Array(secret.utf8), behind: $0) }
        let urlSafe = coded.map { String($0.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }) }
        let all = [secret, percent, percent.lowercased()] + coded + urlSafe
        return all.filter { $0.utf8.count >= shortest }
    }

    /// What base64 always makes of the bytes when so many others stand before them in their group of
    /// three, whatever follows: as in the header of HTTP's Basic credentials.
    private static func base64Part(_ bytes: [UInt8], behind count: Int) -> String {
        let coded = base64([UInt8](repeating: 0, count: count) + bytes).prefix { $0 != "=" }
        let isPartial = (count + bytes.count) % 3 != 0
        return String(coded.dropFirst([0, 2, 3][count]).dropLast(isPartial ? 1 : 0))
    }
}

/// The text with every place of `part` replaced.
func replacing(_ part: [UInt8], with other: [UInt8], in text: [UInt8]) -> [UInt8] {
    guard let first = part.first, text.count >= part.count else { return text }
    var result: [UInt8] = []
    var rest = text[...]
    while let index = rest.firstIndex(of: first) {
        result += rest[..<index]
        rest = rest[index...]
        let isThere = rest.starts(with: part)
        if isThere { result += other } else { result.append(first) }
        rest = rest.dropFirst(isThere ? part.count : 1)
    }
    return result.isEmpty && rest.count == text.count ? text : result + rest
}

/// Every byte but letters, digits and "-._~" as %XX. Source: RFC 3986 §2.
func percentEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            result.append(byte)
        default:
            result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
    return String(decoding: result, as: UTF8.self)
}
