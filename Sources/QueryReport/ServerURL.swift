/// The parts of a server's URL.
public struct ServerURL: Hashable, Sendable {
    /// Without credentials and without a slash at its end.
    public var base: String
    public var user: String?
    public var password = ""

    /// nil unless it is an http or https URL with a host, without a query.
    public init?(_ text: String) {
        let scheme = ["http://", "https://"].first { text.lowercased().hasPrefix($0) }
        guard let scheme, !text.contains(where: { "?# \t\n".contains($0) }) else { return nil }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        var host = authority
        if let at = authority.lastIndex(of: "@") {
            let info = authority[..<at]
            user = percentDecoded(info.prefix { $0 != ":" })
            password = percentDecoded(info.drop { $0 != ":" }.dropFirst())
            host = authority[authority.index(after: at)...]
        }
        guard !host.isEmpty else { return nil }
        base = scheme + host + rest.dropFirst(authority.count)
        while base.hasSuffix("/") { base.removeLast() }
    }
}

/// RFC 3986 §2.1, for a form.
public func percentEncoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            result.unicodeScalars.append(Unicode.Scalar(byte))
        default:
            result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }
    return result
}

/// A `%` without two digits stays.
private func percentDecoded(_ text: Substring) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
        let digits = bytes.dropFirst(index + 1).prefix(2)
        if bytes[index] == UInt8(ascii: "%"), digits.count == 2, digits.first != UInt8(ascii: "+"),
            let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
        {
            result.append(byte)
            index += 3
        } else {
            result.append(bytes[index])
            index += 1
        }
    }
    return String(decoding: result, as: UTF8.self)
}
