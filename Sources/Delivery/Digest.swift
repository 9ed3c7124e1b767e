import COpenSSL

/// HMAC with SHA-256 (RFC 2104), 32 bytes.
func hmacSHA256(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    let isDone = dw_hmac_sha256(key, key.count, bytes, bytes.count, &digest)
    // It fails only without memory, or with a key of more than 2 GiB.
    precondition(isDone == 1, "OpenSSL made no HMAC")
    return digest
}

/// A key within a receiver's limit: one that is longer ends in a digest of the whole instead.
func shortKey(_ key: String, limit: Int) -> String {
    if key.utf8.count <= limit { return key }
    let digest = hmacSHA256(key: Array("dogwatch".utf8), Array(key.utf8)).prefix(16)
    let hexadecimal = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return key.cut(toBytes: limit - hexadecimal.count) + hexadecimal
}

/// The bytes of a base64 text, with or without its padding; nil for what is none.
func bytes(ofBase64 text: some StringProtocol) -> [UInt8]? {
    var result: [UInt8] = []
    var bits = 0
    var count = 0
    for byte in text.utf8.prefix(while: { $0 != UInt8(ascii: "=") }) {
        guard let digit = base64Digit(byte) else { return nil }
        bits = (bits << 6 | digit) & 0xff_ffff
        count += 6
        if count >= 8 {
            count -= 8
            result.append(UInt8(bits >> count & 0xff))
        }
    }
    return result
}

private func base64Digit(_ byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte) - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) + 4
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
}
