/// The parts of a URL that a configuration is checked for. Source: RFC 3986 §3.
struct URLText: Hashable {
    var scheme: String
    /// Before the "@", without the password; nil without an "@".
    var user: String?
    var hasPassword: Bool
    /// Several, when a PostgreSQL URL names several servers.
    var hosts: [HostAndPort]
    /// With its leading "/"; "" without one.
    var path: String
    /// Names and values of the query, as written.
    var query: [(name: String, value: String)] { Self.pairs(of: queryText) }
    private var queryText: String

    /// nil when it is no URL with an authority: a scheme, "://", no spaces, ports in range.
    init?(_ text: String) {
        guard !text.isEmpty, let colon = text.range(of: "://"),
            !text.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F })
        else { return nil }
        scheme = text[..<colon.lowerBound].lowercased()
        guard Self.isScheme(scheme) else { return nil }
        let rest = text[colon.upperBound...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let tail = rest[authority.endIndex...]
        path = String(tail.prefix { $0 != "?" })
        queryText = String(tail.dropFirst(path.count).dropFirst())

        let at = authority.lastIndex(of: "@")
        let userInfo = at.map { authority[..<$0] }
        user = userInfo.map { String($0.prefix { $0 != ":" }) }
        hasPassword = userInfo?.contains(":") ?? false
        let hostText = at.map { authority[authority.index(after: $0)...] } ?? authority
        let parsed = hostText.split(separator: ",", omittingEmptySubsequences: false)
            .map { HostAndPort(String($0)) }
        hosts = parsed.compactMap(\.self)
        guard hosts.count == parsed.count else { return nil }
    }

    private static func isScheme(_ text: String) -> Bool {
        guard let first = text.first, first.isLetter else { return false }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
    }

    private static func pairs(of query: String) -> [(name: String, value: String)] {
        query.split(separator: "&").map { pair in
            let name = pair.prefix { $0 != "=" }
            return (String(name), String(pair.dropFirst(name.count + 1)))
        }
    }
}

/// "host", "host:port", "[address]" or "[address]:port"; the host may be empty.
struct HostAndPort: Hashable {
    var host: String
    /// 1…65535; nil when there is none.
    var port: Int?

    init?(_ text: String) {
        let isBracketed = text.hasPrefix("[")
        let hostEnd =
            isBracketed ? text.firstIndex(of: "]") : text.firstIndex(of: ":") ?? text.endIndex
        guard let hostEnd else { return nil }
        host = String(text[..<hostEnd].dropFirst(isBracketed ? 1 : 0))
        guard !host.contains(where: { " /@[]?#\\\"'<>".contains($0) || $0.isNewline }) else {
            return nil
        }
        var rest = text[hostEnd...].dropFirst(isBracketed ? 1 : 0)
        if rest.isEmpty { return }
        guard rest.removeFirst() == ":", rest.allSatisfy(\.isNumber), let number = Int(rest),
            (1...65535).contains(number)
        else { return nil }
        port = number
    }
}

extension StringProtocol {
    /// Where a text stands in this one; nil when it does not.
    func range(of part: String) -> Range<Index>? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(part) {
                return index..<self.index(index, offsetBy: part.count)
            }
            index = self.index(after: index)
        }
        return nil
    }
}
