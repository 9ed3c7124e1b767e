import FoundationEssentials

/// What a base64 text stands for; nil for what is none.
func bytes(ofBase64 text: some StringProtocol) -> [UInt8]? {
    Data(base64Encoded: String(text)).map { Array($0) }
}
