import Glibc

/// Why a wait, a connection or a look-up gave nothing.
public enum ReactorFailure: Error, Hashable, Sendable {
    case timedOut
    case cancelled
    /// The other side closed the connection.
    case closed
    /// A system call failed with this error number.
    case system(call: String, errno: Int32)
    /// A name gave no address; the second part is the resolver's own text.
    case resolution(host: String, String)
    /// The handshake failed; OpenSSL's or the verifier's text.
    case tls(String)
}

extension ReactorFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .timedOut: "timed out"
        case .cancelled: "cancelled"
        case .closed: "closed by the other side"
        case .system(let call, let number): "\(call): \(errorText(number))"
        case .resolution(let host, let text): "cannot resolve \(host): \(text)"
        case .tls(let text): "TLS: \(text)"
        }
    }

    /// Whether the fault is on this side: descriptors, memory, ports or buffers have run out.
    public var isOurs: Bool {
        guard case .system(_, let number) = self else { return false }
        return [EMFILE, ENFILE, ENOMEM, ENOBUFS, EADDRNOTAVAIL].contains(number)
    }
}

/// The system's text for an error number: "Connection refused".
public func errorText(_ number: Int32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
        guard let base = buffer.baseAddress, strerror_r(number, base, buffer.count) == 0
        else { return "error \(number)" }
        return String(cString: base)
    }
}
