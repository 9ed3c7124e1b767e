/// The escapes of the text formats.
enum Escapes {
    /// `\\`, `\n` and, where quotes are escaped, `\"`; a backslash before anything else stays.
    static func resolved(_ bytes: Bytes, quotes: Bool) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var isEscaped = false
        for byte in bytes {
            if isEscaped {
                isEscaped = false
                switch byte {
                case UInt8(ascii: "n"): result.append(UInt8(ascii: "\n"))
                case backslash: result.append(backslash)
                case quote where quotes: result.append(quote)
                default: result += [backslash, byte]
                }
            } else if byte == backslash {
                isEscaped = true
            } else {
                result.append(byte)
            }
        }
        return isEscaped ? result + [backslash] : result
    }

    /// Appends the text with what `resolved` resolves.
    static func append(_ text: String, quotes: Bool, to result: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\n"): result += [backslash, UInt8(ascii: "n")]
            case backslash: result += [backslash, backslash]
            case quote where quotes: result += [backslash, quote]
            default: result.append(byte)
            }
        }
    }

    private static let backslash = UInt8(ascii: "\\")
    private static let quote = UInt8(ascii: "\"")
}
