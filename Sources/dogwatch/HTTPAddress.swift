/// Parts of a URL, as surveys need them.
enum HTTPAddress {
    /// "https://api.example.com:8443" of a URL.
    static func origin(of url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        return String(url[..<scheme.upperBound])
            + url[scheme.upperBound...].prefix { !"/?#".contains($0) }
    }

    /// "api.example.com:8443" of a URL, in lower case. A user's name before it is no part of it.
    static func authority(of url: String) -> String {
        origin(of: url).drop { $0 != ":" }.dropFirst(3).split(separator: "@").last?.lowercased()
            ?? ""
    }

    /// "api.example.com" of a URL; with the port where that is on this machine.
    static func host(of url: String) -> String {
        let authority = authority(of: url)
        let host =
            authority.hasPrefix("[")
            ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
        let isHere = ["127.0.0.1", "[::1]", "localhost"].contains(String(host))
        return isHere ? authority : String(host)
    }
}
