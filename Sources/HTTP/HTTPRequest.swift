import Reactor

/// What is asked of a server, and how. Nothing comes from the environment.
public struct HTTPRequest: Sendable, Hashable {
    public var method = "GET"
    /// Absolute, http or https, without credentials.
    public var url: String
    public var headers: [HTTPHeader] = []
    public var body: [UInt8]?
    public var authorization: HTTPCredentials?
    public var tls = TLSOptions()
    /// How many redirects are followed; 0 gives the redirect itself as the answer. The credentials
    /// go only to the URL's own host.
    public var redirects = 0
    public var family = AddressFamily.any
    /// A Unix socket to connect to instead of the URL's host.
    public var unixSocket: String?
    /// `http://host:port` of a proxy; nil connects directly.
    public var proxy: String?
    /// The body is cut there, and the response says so.
    public var maxBodyBytes = 1 << 20
    /// Status line and headers together; a longer head ends the exchange as no HTTP.
    public var maxHeadBytes = 256 << 10
    /// The longest that the look-up of the host may take; nil leaves it the whole deadline.
    public var resolveTimeout: Duration?
    /// The longest that one address may take for connection and handshake.
    public var connectTimeout: Duration?
    /// Whether a connection may be taken from, and left to, later requests. Off for probes: each
    /// measures a connection of its own.
    public var reusesConnection = false
    /// Whether the server may compress the body.
    public var acceptsCompression = false

    public init(url: String) { self.url = url }
}

/// One header line.
public struct HTTPHeader: Sendable, Hashable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// What proves to a server who asks. Prints as dots.
public struct HTTPCredentials: Sendable, Hashable, CustomStringConvertible,
    CustomDebugStringConvertible, CustomReflectable
{
    let header: String

    /// RFC 7617; a colon in the user's name ends it.
    public static func basic(user: String, password: String) -> HTTPCredentials {
        HTTPCredentials(header: "Basic " + base64(Array("\(user):\(password)".utf8)))
    }

    /// RFC 6750.
    public static func bearer(_ token: String) -> HTTPCredentials {
        HTTPCredentials(header: "Bearer " + token)
    }

    public var description: String { "••••" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// RFC 4648, section 4.
public func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let bits = (0..<3).reduce(0) { $0 << 8 | ($1 < group.count ? Int(group[start + $1]) : 0) }
        for position in 0..<4 {
            let isPadding = position > group.count
            result.append(
                isPadding ? UInt8(ascii: "=") : alphabet[bits >> (18 - 6 * position) & 63])
        }
    }
    return String(decoding: result, as: UTF8.self)
}
