/// Parts of addresses.
enum HostText {
    /// "host:port", "[::1]:port"; nil for what has no port.
    static func split(_ text: String) -> (host: String, port: String)? {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let rest = text[text.index(after: end)...]
            guard rest.hasPrefix(":"), !rest.dropFirst().contains(":") else { return nil }
            return (
                String(text[text.index(after: text.startIndex)..<end]), String(rest.dropFirst())
            )
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }

    /// The first label of the host's name; an address stays whole. A port stays behind it.
    static func withoutDomain(_ text: String) -> String {
        let (host, port) = split(text).map { ($0.host, Optional($0.port)) } ?? (text, nil)
        if host.contains(":") || isIPv4(host) { return text }
        let first = host.prefix { $0 != "." }
        return first + (port.map { ":\($0)" } ?? "")
    }

    private static func isIPv4(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    /// What follows host and port in a URL, without a query.
    static func path(of url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return "" }
        let path = url[scheme.upperBound...].drop { $0 != "/" }
        return String(path.prefix { $0 != "?" && $0 != "#" })
    }
}
