import Reactor

/// The stations of an exchange, in their order; also the one at which it failed.
public enum HTTPPhase: String, Sendable, Hashable, CaseIterable {
    case resolve, connect, tls, wait, transfer
}

/// Time spent in each phase, summed over redirects and addresses; nil for one that did not end or
/// was not needed.
public struct HTTPPhases: Sendable, Hashable {
    public var resolve: Duration?
    public var connect: Duration?
    public var tls: Duration?
    /// From the request sent to the first byte of the answer.
    public var wait: Duration?
    public var transfer: Duration?

    public init() {}

    mutating func add(_ other: HTTPPhases) {
        resolve = sum(resolve, other.resolve)
        connect = sum(connect, other.connect)
        tls = sum(tls, other.tls)
        wait = sum(wait, other.wait)
        transfer = sum(transfer, other.transfer)
    }
}

private func sum(_ left: Duration?, _ right: Duration?) -> Duration? {
    if let left, let right { left + right } else { left ?? right }
}

/// Status line and headers of an answer. Texts are the server's: clean them before they are shown.
public struct HTTPHead: Sendable, Hashable {
    public var status = 0
    /// "1.0", "1.1", "2" or "3".
    public var version = ""
    public var headers: [HTTPHeader] = []

    public init() {}

    /// The value of the first header of a name, in any case.
    public subscript(name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// What Content-Length promises; nil when it is missing or no number.
    public var contentLength: Int? { self["Content-Length"].flatMap { Int($0) } }
}

/// A whole answer with what was learned on the way.
public struct HTTPResponse: Sendable {
    public var head: HTTPHead
    public var body: [UInt8]
    /// Whether the body was longer than the request allows; the rest was not read.
    public var isTruncated: Bool
    public var phases: HTTPPhases
    /// Of the last connection; nil without TLS.
    public var tls: TLSFacts?
    /// How many redirects were followed.
    public var redirects: Int
    /// The URL that gave this answer.
    public var url: String
    /// The numeric address that gave this answer; the path for a Unix socket.
    public var address: String
    /// From the call to the last byte.
    public var duration: Duration

    public init(
        head: HTTPHead, body: [UInt8], isTruncated: Bool, phases: HTTPPhases, tls: TLSFacts?,
        redirects: Int, url: String, address: String, duration: Duration
    ) {
        self.head = head
        self.body = body
        self.isTruncated = isTruncated
        self.phases = phases
        self.tls = tls
        self.redirects = redirects
        self.url = url
        self.address = address
        self.duration = duration
    }

    public var status: Int { head.status }
    public var version: String { head.version }
    public var headers: [HTTPHeader] { head.headers }
    public var isSecure: Bool { url.lowercased().hasPrefix("https:") }
}
