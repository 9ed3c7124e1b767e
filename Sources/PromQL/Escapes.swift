/// The escapes of quoted strings, which are those of Go.
enum Escapes {
    /// The text of a string's body, nil when it is no valid UTF-8. `offset` is where the body starts
    /// in the expression.
    static func resolve(_ body: [UInt8], at offset: Int) throws(SyntaxFault) -> String? {
        var result: [UInt8] = []
        var index = 0
        while index < body.count {
            guard body[index] == UInt8(ascii: "\\") else {
                result.append(body[index])
                index += 1
                continue
            }
            let length = try resolveOne(body, at: index, into: &result, offset: offset + index)
            index += length
        }
        return String(validating: result, as: UTF8.self)
    }

    /// Appends what the escape at `index` stands for and returns its length.
    private static func resolveOne(
        _ body: [UInt8], at index: Int, into result: inout [UInt8], offset: Int
    ) throws(SyntaxFault) -> Int {
        guard index + 1 < body.count else {
            throw SyntaxFault("this escape is cut off", at: offset)
        }
        let letter = body[index + 1]
        if let plain = plain[letter] {
            result.append(plain)
            return 2
        }
        switch letter {
        case UInt8(ascii: "x"):
            result.append(UInt8(truncatingIfNeeded: try number(body, index + 2, 2, 16, offset)))
            return 4
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let digits = letter == UInt8(ascii: "u") ? 4 : 8
            guard let scalar = Unicode.Scalar(try number(body, index + 2, digits, 16, offset))
            else { throw SyntaxFault("this escape is no Unicode character", at: offset) }
            result.append(contentsOf: Array(String(Character(scalar)).utf8))
            return 2 + digits
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            let value = try number(body, index + 1, 3, 8, offset)
            guard value < 256 else { throw SyntaxFault("this escape is beyond 255", at: offset) }
            result.append(UInt8(value))
            return 4
        default: throw SyntaxFault("unknown escape in this string", at: offset)
        }
    }

    private static let plain: [UInt8: UInt8] = [
        UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10,
        UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11,
        UInt8(ascii: "\\"): 0x5c, UInt8(ascii: "'"): 0x27, UInt8(ascii: "\""): 0x22,
    ]

    private static func number(
        _ body: [UInt8], _ start: Int, _ digits: Int, _ radix: Int, _ offset: Int
    ) throws(SyntaxFault) -> UInt32 {
        guard start + digits <= body.count,
            body[start..<start + digits].allSatisfy(\.isHexDigit),
            let value = UInt32(
                String(decoding: body[start..<start + digits], as: UTF8.self), radix: radix)
        else { throw SyntaxFault("this escape needs \(digits) digits", at: offset) }
        return value
    }
}
