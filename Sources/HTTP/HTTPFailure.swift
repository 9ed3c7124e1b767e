import Reactor

/// Why an exchange gave no answer, and how far it came.
public struct HTTPFailure: Error, Sendable, Hashable {
    public enum Reason: Sendable, Hashable {
        /// The request cannot be sent as it is: the URL, a header, a method.
        case invalid(String)
        /// The host has no address; the resolver's text.
        case unresolved(String)
        /// The connection was refused or could not be made; the error number.
        case unconnected(errno: Int32)
        /// The handshake failed; the verifier's or OpenSSL's text.
        case tls(String)
        /// The deadline came in the failure's phase.
        case timedOut
        /// The server closed before its answer was complete.
        case closed(String)
        /// The server's answer is not HTTP.
        case garbage(String)
        /// More redirects than the request allows.
        case redirects(Int)
        case cancelled
        /// The fault is on this side: descriptors, memory, a file that cannot be read.
        case ours(String)
    }

    public var reason: Reason
    public var phase: HTTPPhase
    public var phases = HTTPPhases()
    public var duration = Duration.zero
    /// The numeric address that was tried last, "" when none was.
    public var address = ""
    public var url: String
    public var redirects = 0
    /// Facts of a handshake, also of one that failed by its certificate.
    public var tls: TLSFacts?
    /// Status and headers, when they came before the failure.
    public var head: HTTPHead?

    public init(_ reason: Reason, in phase: HTTPPhase, url: String) {
        self.reason = reason
        self.phase = phase
        self.url = url
    }
}

extension HTTPFailure: CustomStringConvertible {
    /// One line without the URL: "connect: Connection refused".
    public var description: String { "\(phase.rawValue): \(reasonText)" }

    public var reasonText: String {
        switch reason {
        case .invalid(let text), .unresolved(let text), .tls(let text), .garbage(let text),
            .ours(let text):
            text
        case .closed(let text): text.isEmpty ? "closed by the server" : text
        case .unconnected(let number):
            number == 0 ? "no connection" : errorText(number)
        case .timedOut: "timed out"
        case .redirects(let limit): "more than \(limit) redirects"
        case .cancelled: "cancelled"
        }
    }
}
