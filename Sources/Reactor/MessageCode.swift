import COpenSSL

/// Codes that only those who share a key can make: what signs a webhook.
public enum MessageCode {
    /// HMAC-SHA256 (RFC 2104), 32 bytes.
    public static func sha256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: 32)
        let isMade = dw_hmac_sha256(key, key.count, message, message.count, &code)
        precondition(isMade == 1, "OpenSSL has no HMAC-SHA256")
        return code
    }
}
