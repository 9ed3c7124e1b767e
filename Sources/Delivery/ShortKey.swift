import Reactor

/// A key within a receiver's limit: one that is longer ends in a digest of the whole instead.
func shortKey(_ key: String, limit: Int) -> String {
    if key.utf8.count <= limit { return key }
    let digest = MessageCode.sha256(key: Array("dogwatch".utf8), Array(key.utf8)).prefix(16)
    let hexadecimal = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return key.cut(toBytes: limit - hexadecimal.count) + hexadecimal
}
