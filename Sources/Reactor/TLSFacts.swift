import COpenSSL

/// What a TLS handshake showed, also of a certificate that did not verify.
///
/// The texts come from the peer: clean them before they are shown.
public struct TLSFacts: Sendable, Hashable {
    /// "TLS 1.3"
    public var version: String
    public var cipher: String?
    /// Distinguished names as RFC 2253 writes them: "CN=localhost,O=Example".
    public var subject: String
    public var issuer: String
    /// DNS names of the subject alternatives.
    public var names: [String]
    /// Seconds since the epoch at which the leaf expires.
    public var expires: Double
    /// The earliest expiry of the certificates that the peer sent.
    public var earliestExpiry: Double
    /// The earliest expiry of the chain that was verified, nil when none was.
    public var verifiedExpiry: Double?
    /// SHA-256 of the leaf, lower-case hexadecimal.
    public var sha256: String
    /// Kind and size of the leaf's key: "RSA" and 2048; nil where OpenSSL does not know it.
    public var keyType: String?
    public var keyBits: Int?
    /// "SHA256"; nil for a signature without a hash of its own, as Ed25519's.
    public var signatureHash: String?
    /// What is wrong with the chain or the name, nil when both are good.
    public var verifyError: String?

    public init(
        version: String, cipher: String? = nil, subject: String, issuer: String,
        names: [String] = [], expires: Double, earliestExpiry: Double,
        verifiedExpiry: Double? = nil, sha256: String, verifyError: String? = nil
    ) {
        self.version = version
        self.cipher = cipher
        self.subject = subject
        self.issuer = issuer
        self.names = names
        self.expires = expires
        self.earliestExpiry = earliestExpiry
        self.verifiedExpiry = verifiedExpiry
        self.sha256 = sha256
        self.verifyError = verifyError
    }

    /// Takes the facts of a check, nil when no certificate has come.
    public init?(_ facts: dw_tls_facts) {
        guard facts.is_known != 0 else { return nil }
        let version = text(facts.version)
        self.version = version.hasPrefix("TLSv") ? "TLS " + version.dropFirst(4) : version
        if self.version == "TLS 1" { self.version = "TLS 1.0" }
        let cipher = text(facts.cipher)
        self.cipher = cipher.isEmpty ? nil : cipher
        subject = text(facts.subject)
        issuer = text(facts.issuer)
        names = text(facts.names).split(separator: ",").map(String.init)
        expires = Double(facts.expires)
        earliestExpiry = Double(facts.earliest)
        verifiedExpiry = facts.verified_earliest == 0 ? nil : Double(facts.verified_earliest)
        sha256 = text(facts.sha256)
        let key = text(facts.key_type)
        keyType = key.isEmpty ? nil : key
        keyBits = facts.key_bits > 0 ? Int(facts.key_bits) : nil
        let hash = text(facts.signature_hash)
        signatureHash = hash.isEmpty ? nil : hash
        let error = text(facts.error)
        verifyError = error.isEmpty ? nil : error
    }
}

/// The text in a C array, up to its zero.
private func text<Array>(_ array: Array) -> String {
    withUnsafeBytes(of: array) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
