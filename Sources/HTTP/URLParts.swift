import CCurl
import Reactor

/// The parts of an absolute HTTP URL that a connection needs.
public struct URLParts: Sendable, Hashable {
    public var isSecure: Bool
    /// A name in ASCII, or a numeric address without brackets.
    public var host: String
    public var port: Int
    /// Path and query as they go into the request line.
    public var target: String

    /// Takes a URL apart. Throws a text that says what is wrong; credentials in it are refused, as
    /// they would be shown wherever the URL is.
    public init(_ text: String) throws(InvalidURL) {
        var parts = dw_url()
        guard !text.utf8.contains(where: { $0 <= 32 || $0 == 127 }) else {
            throw InvalidURL(reason: "a space or control character in the URL")
        }
        if let fault = dw_url_parse(text, &parts) {
            throw InvalidURL(reason: String(cString: fault))
        }
        guard parts.has_credentials == 0 else {
            throw InvalidURL(reason: "credentials in the URL; give them apart from it")
        }
        isSecure = parts.is_secure != 0
        port = Int(parts.port)
        host = string(parts.host)
        target = string(parts.target)
    }

    /// As it stands in a Host header: brackets around an IPv6 address, no default port.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    func hasSameOrigin(as other: URLParts) -> Bool {
        isSecure == other.isSecure && host == other.host && port == other.port
    }
}

/// Where a proxy is and what it speaks. Behind a SOCKS proxy, the proxy looks the host up.
struct ProxyParts {
    var scheme: String
    var host: String
    var port: Int

    /// Takes `http://…`, `socks5://…` and `socks5h://…`.
    init(_ text: String) throws(InvalidURL) {
        let name = text.prefix { $0 != ":" }.lowercased()
        guard ["http", "socks5", "socks5h"].contains(name) else {
            throw InvalidURL(reason: "the proxy's scheme is not http, socks5 or socks5h")
        }
        scheme = name == "http" ? name : "socks5h"
        let parts = try URLParts("http" + text.dropFirst(name.count))
        host = parts.host
        let hasPort = text.dropFirst(name.count + 3).drop { $0 != "]" && $0 != ":" }.contains(":")
        port = hasPort ? parts.port : name == "http" ? 3128 : 1080
    }
}

public struct InvalidURL: Error, Hashable { public var reason: String }

/// The text in a C array, up to its zero.
func string<Array>(_ array: Array) -> String {
    withUnsafeBytes(of: array) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
