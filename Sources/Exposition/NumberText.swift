typealias Bytes = UnsafeBufferPointer<UInt8>

/// Numbers as exporters write them.
enum NumberText {
    /// A floating-point number as Go reads it: decimal, `NaN`, `+Inf`, `-Inf`; hexadecimal too. nil
    /// for anything else, and for what is beyond a `Double`.
    static func double(_ token: Bytes) -> Double? {
        var scan = DecimalScan()
        guard scan.run(token) else { return uncommon(token) }
        return scan.exact ?? uncommon(token)
    }

    /// A whole number, with a sign or without.
    static func integer(_ token: Bytes) -> Int64? {
        var value: Int64 = 0
        let sign = token.first == UInt8(ascii: "-") || token.first == UInt8(ascii: "+") ? 1 : 0
        guard (1...18).contains(token.count - sign) else { return nil }
        for byte in token[sign...] {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int64(digit)
        }
        return token.first == UInt8(ascii: "-") ? -value : value
    }

    private static func uncommon(_ token: Bytes) -> Double? {
        guard !token.isEmpty, token.count <= 400 else { return nil }
        let text = String(decoding: token, as: UTF8.self)
        if token.allSatisfy(isPartOfNumber) {
            guard let value = Double(text), value.isFinite else { return nil }
            return value
        }
        return switch text.lowercased() {
        case "nan": .nan
        case "inf", "+inf", "infinity", "+infinity": .infinity
        case "-inf", "-infinity": -.infinity
        default: nil
        }
    }

    private static func isPartOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "x"), UInt8(ascii: "X"),
            UInt8(ascii: "p"), UInt8(ascii: "P"), UInt8(ascii: "."), UInt8(ascii: "+"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

/// A decimal number taken apart: digits without their point, and a power of ten.
private struct DecimalScan {
    private var digits: UInt64 = 0
    private var digitCount = 0
    private var power = 0
    private var isNegative = false

    /// The value, when one multiplication or division gives it correctly rounded: both operands are
    /// then exact. Source: Clinger 1990, "How to read floating point numbers accurately", §1.
    var exact: Double? {
        guard digits <= 1 << 53, abs(power) < DecimalScan.powers.count else { return nil }
        let scale = DecimalScan.powers[abs(power)]
        let value = power < 0 ? Double(digits) / scale : Double(digits) * scale
        return isNegative ? -value : value
    }

    /// False for anything but sign, digits, point and exponent, and for more digits than fit.
    mutating func run(_ token: Bytes) -> Bool {
        var index = 0
        if index < token.count, let sign = DecimalScan.sign(token[index]) {
            isNegative = sign < 0
            index += 1
        }
        takeDigits(token, &index)
        if index < token.count, token[index] == UInt8(ascii: ".") {
            index += 1
            let before = index
            takeDigits(token, &index)
            power = before - index
        }
        guard (1...19).contains(digitCount) else { return false }
        guard index < token.count else { return true }
        return takeExponent(token, &index) && index == token.count
    }

    private mutating func takeDigits(_ token: Bytes, _ index: inout Int) {
        while index < token.count {
            let digit = token[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return }
            digits = digits &* 10 &+ UInt64(digit)
            digitCount += 1
            index += 1
        }
    }

    private mutating func takeExponent(_ token: Bytes, _ index: inout Int) -> Bool {
        guard token[index] | 0x20 == UInt8(ascii: "e") else { return false }
        index += 1
        var sign = 1
        if index < token.count, let written = DecimalScan.sign(token[index]) {
            sign = written
            index += 1
        }
        guard (1...4).contains(token.count - index) else { return false }
        var exponent = 0
        while index < token.count {
            let digit = token[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return false }
            exponent = exponent * 10 + Int(digit)
            index += 1
        }
        power += sign * exponent
        return true
    }

    private static func sign(_ byte: UInt8) -> Int? {
        byte == UInt8(ascii: "-") ? -1 : byte == UInt8(ascii: "+") ? 1 : nil
    }

    /// The powers of ten that a `Double` holds exactly.
    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]
}
