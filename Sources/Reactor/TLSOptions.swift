import Glibc

/// How a TLS server is verified, and what it is shown.
public struct TLSOptions: Sendable, Hashable {
    /// Off: any certificate is accepted, and what is wrong with it stands in the facts.
    public var verify = true
    /// Trusted certificates (PEM); nil means the system's.
    public var caFile: String?
    /// Our certificate chain (PEM), for a server that asks for one.
    public var certificateFile: String?
    /// Its key (PEM); nil means that it is in the certificate's file.
    public var keyFile: String?
    /// Refuses what is older than TLS 1.2.
    public var isModern = false
    /// The name to verify and to send (SNI); nil means the endpoint's host.
    public var serverName: String?

    public init() {}

    /// The file of certificates to trust. A folder of them is never used: OpenSSL would list it for
    /// each unknown issuer.
    public var trustedFile: String? { caFile ?? TLSOptions.systemFile }

    /// The system's bundle, nil when there is none: then nothing verifies.
    public static let systemFile: String? = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/cert.pem",
    ].first { access($0, R_OK) == 0 }

    /// The first of the named files that cannot be read: a fault on this side.
    public func unreadableFile() -> String? {
        [caFile, certificateFile, keyFile].compactMap(\.self).first { access($0, R_OK) != 0 }
    }
}
