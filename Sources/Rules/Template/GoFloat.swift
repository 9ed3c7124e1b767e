import Glibc

/// Floating-point numbers as Go's `strconv` and `fmt` write them.
enum GoFloat {
    /// `%v`: the fewest digits that read back as the same number; from 1e+06 on, and below 1e-04,
    /// with an exponent.
    static func shortest(_ value: Double) -> String { general(value, exponentFrom: 6) }

    /// `%g` and the like with a precision, `%e` and `%f`; `verb` is a letter of C's printf.
    /// Without a precision `%g` is the shortest, the others have six places.
    static func text(_ value: Double, verb: Character, precision: Int?) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }
        let isGeneral = verb == "g" || verb == "G"
        guard precision != nil || !isGeneral else {
            let text = shortest(value)
            return verb == "G" ? text.uppercased() : text
        }
        return printed(value, verb: verb, precision: min(precision ?? 6, 100))
    }

    private static func printed(_ value: Double, verb: Character, precision: Int) -> String {
        var buffer = [CChar](repeating: 0, count: 512)
        let length = withVaList([value]) {
            vsnprintf(&buffer, buffer.count, "%.\(precision)\(verb)", $0)
        }
        let bytes = buffer.prefix(min(max(0, Int(length)), buffer.count - 1))
        return String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func general(_ value: Double, exponentFrom limit: Int) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }
        guard value != 0 else { return value.sign == .minus ? "-0" : "0" }
        let (digits, point) = shortestDigits(value.magnitude)
        let sign = value < 0 ? "-" : ""
        let exponent = point - 1
        if exponent < -4 || exponent >= limit {
            let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
            let power = "\(abs(exponent))"
            return "\(sign)\(digits.prefix(1))\(fraction)e\(exponent < 0 ? "-" : "+")"
                + (power.count < 2 ? "0" : "") + power
        }
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        let whole = digits.prefix(point)
        let zeros = String(repeating: "0", count: max(0, point - digits.count))
        let fraction = digits.dropFirst(point)
        return sign + whole + zeros + (fraction.isEmpty ? "" : "." + fraction)
    }

    /// The fewest significant digits, and where the point stands in them: 12.5 is ("125", 2).
    private static func shortestDigits(_ value: Double) -> (digits: String, point: Int) {
        let parts = value.description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".")
        let whole = mantissa[0]
        let fraction = mantissa.count > 1 ? mantissa[1] : ""
        var digits = String(whole + fraction)
        var point = whole.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        while digits.count > 1, digits.hasPrefix("0") {
            digits.removeFirst()
            point -= 1
        }
        while digits.count > 1, digits.hasSuffix("0") { digits.removeLast() }
        return (digits, point)
    }
}
