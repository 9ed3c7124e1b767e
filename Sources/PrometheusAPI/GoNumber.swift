/// Numbers as Go's strconv writes them with the fewest digits that read back the same.
extension [UInt8] {
    /// Seconds with three digits after the point where there is a fraction: `1435781430.781`.
    mutating func appendSeconds(milliseconds: Int64) {
        if milliseconds < 0 { append(UInt8(ascii: "-")) }
        let (seconds, fraction) = milliseconds.magnitude.quotientAndRemainder(dividingBy: 1000)
        appendDigits(seconds)
        guard fraction > 0 else { return }
        append(UInt8(ascii: "."))
        for unit in [100, 10, 1] as [UInt64] {
            append(UInt8(ascii: "0") + UInt8(fraction / unit % 10))
        }
    }

    /// As elements of vectors and matrices are written: all digits, and an exponent from 1e21 up and
    /// below 1e-6. Source: Prometheus, `jsonutil.MarshalFloat`.
    mutating func appendElement(_ value: Double) {
        let magnitude = value.magnitude
        let isExtreme = magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21)
        if isExtreme { appendExponential(value) } else { appendPlain(value) }
    }

    /// All digits, never an exponent: `0.00000012`, `NaN`, `+Inf`.
    mutating func appendPlain(_ value: Double) {
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53, whole != 0 {
            if whole < 0 { append(UInt8(ascii: "-")) }
            return appendDigits(whole.magnitude)
        }
        guard let (digits, point) = appendSign(value) else { return }
        if point <= 0 {
            append(UInt8(ascii: "0"))
            if digits != [UInt8(ascii: "0")] {
                append(UInt8(ascii: "."))
                append(contentsOf: repeatElement(UInt8(ascii: "0"), count: -point))
                append(contentsOf: digits)
            }
            return
        }
        append(contentsOf: digits.prefix(point))
        append(
            contentsOf: repeatElement(UInt8(ascii: "0"), count: Swift.max(0, point - digits.count)))
        guard digits.count > point else { return }
        append(UInt8(ascii: "."))
        append(contentsOf: digits.dropFirst(point))
    }

    /// Always with an exponent of at least two digits: `2e+00`, `1.5e-09`.
    mutating func appendExponential(_ value: Double) {
        guard let (digits, point) = appendSign(value) else { return }
        append(digits[0])
        if digits.count > 1 {
            append(UInt8(ascii: "."))
            append(contentsOf: digits.dropFirst())
        }
        let exponent = value == 0 ? 0 : point - 1
        append(UInt8(ascii: "e"))
        append(exponent < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
        if abs(exponent) < 10 { append(UInt8(ascii: "0")) }
        appendDigits(UInt64(exponent.magnitude))
    }

    private mutating func appendDigits(_ number: UInt64) {
        let start = count
        var rest = number
        repeat {
            append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        self[start...].reverse()
    }

    /// Appends the sign of a finite number, or all of one that is not; then its digits d₁d₂…, which
    /// stand for 0.d₁d₂… × 10^point, are left to write.
    private mutating func appendSign(_ value: Double) -> (digits: [UInt8], point: Int)? {
        guard value.isFinite else {
            append(contentsOf: (value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf").utf8)
            return nil
        }
        if value.sign == .minus { append(UInt8(ascii: "-")) }
        return Self.decimal(value.magnitude)
    }

    /// Takes Swift's shortest spelling apart: "123.25", "1e-09", "0.0".
    private static func decimal(_ value: Double) -> (digits: [UInt8], point: Int) {
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        var text = value.description
        text.withUTF8 { text in
            for (index, byte) in text.enumerated() {
                switch byte {
                case UInt8(ascii: "."): point = digits.count
                case UInt8(ascii: "e"):
                    exponent = Int(String(decoding: text[(index + 1)...], as: UTF8.self)) ?? 0
                    return
                default: digits.append(byte)
                }
            }
        }
        let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
        let place = (point ?? digits.count) + exponent - zeros
        digits.removeFirst(zeros)
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return digits.isEmpty ? ([UInt8(ascii: "0")], 0) : (digits, place)
    }
}
