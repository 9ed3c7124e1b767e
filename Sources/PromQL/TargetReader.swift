/// Reads the pieces of a target from left to right.
struct TargetReader {
    struct Unit: Hashable {
        var quantity: Target.Quantity
        /// To base units.
        var factor: Double

        /// A number of this unit in base units. What is a fraction of the base unit is divided, as
        /// 82 × 0.01 is not 0.82.
        func inBaseUnits(_ number: Double) -> Double {
            factor < 1 ? number / (1 / factor).rounded() : number * factor
        }
    }

    enum Comparison: String, CaseIterable {
        case lessOrEqual = "<="
        case atMost = "≤"
        case less = "<"
        case greaterOrEqual = ">="
        case atLeast = "≥"
        case greater = ">"
        case equal = "="
        case about = "~"

        func bound(_ limit: Double) -> Target.Bound {
            switch self {
            case .lessOrEqual, .atMost: .atMost(limit)
            case .less: .less(than: limit)
            case .greaterOrEqual, .atLeast: .atLeast(limit)
            case .greater: .greater(than: limit)
            case .equal: .equal(limit)
            case .about: .about(limit)
            }
        }
    }

    private var text: Substring

    init(_ text: String) {
        self.text = Substring(text)
        skipBlanks()
        while let last = self.text.last, last.isWhitespace { self.text.removeLast() }
    }

    var rest: String { String(text) }

    /// True for the words that promise nothing.
    var isNothing: Bool { ["tbd", "n/a", "-", "–", "—"].contains(text.lowercased()) }

    private mutating func skipBlanks() { text = text.drop(while: \.isWhitespace) }

    mutating func skip(_ mark: String) -> Bool {
        guard text.hasPrefix(mark) else { return false }
        text = text.dropFirst(mark.count)
        skipBlanks()
        return true
    }

    mutating func comparison() -> Comparison? {
        Comparison.allCases.first { skip($0.rawValue) }
    }

    mutating func value() throws(TargetError) -> (number: Double, unit: Unit?) {
        let digits = text.prefix { ("0"..."9").contains($0) || $0 == "." || $0 == "," }
        let plain = digits.filter { $0 != "," }
        guard let first = plain.first, first != ".", let number = Double(plain) else {
            throw TargetError(text: "", reason: "expected a number, found \"\(text.prefix(20))\"")
        }
        text = text.dropFirst(digits.count)
        skipBlanks()
        return (number, unit())
    }

    private mutating func unit() -> Unit? {
        for (name, unit) in Self.units where text.hasPrefix(name) {
            let after = text.dropFirst(name.count).first
            let endsInLetter = name.last?.isLetter == true
            if endsInLetter, after?.isLetter == true { continue }
            text = text.dropFirst(name.count)
            skipBlanks()
            return unit
        }
        return nil
    }

    /// Longer names first where one begins another.
    private static let units: [(String, Unit)] = [
        ("%", Unit(quantity: .ratio, factor: 0.01)),
        ("us", Unit(quantity: .seconds, factor: 1e-6)),
        ("µs", Unit(quantity: .seconds, factor: 1e-6)),
        ("μs", Unit(quantity: .seconds, factor: 1e-6)),
        ("ms", Unit(quantity: .seconds, factor: 1e-3)),
        ("min", Unit(quantity: .seconds, factor: 60)),
        ("s", Unit(quantity: .seconds, factor: 1)),
        ("m", Unit(quantity: .seconds, factor: 60)),
        ("h", Unit(quantity: .seconds, factor: 3600)),
        ("d", Unit(quantity: .seconds, factor: 86_400)),
        ("KiB", Unit(quantity: .bytes, factor: 0x1p10)),
        ("MiB", Unit(quantity: .bytes, factor: 0x1p20)),
        ("GiB", Unit(quantity: .bytes, factor: 0x1p30)),
        ("KB", Unit(quantity: .bytes, factor: 1e3)),
        ("MB", Unit(quantity: .bytes, factor: 1e6)),
        ("GB", Unit(quantity: .bytes, factor: 1e9)),
        ("B", Unit(quantity: .bytes, factor: 1)),
        ("rps", Unit(quantity: .perSecond, factor: 1)),
        ("req/s", Unit(quantity: .perSecond, factor: 1)),
        ("/s", Unit(quantity: .perSecond, factor: 1)),
        ("/min", Unit(quantity: .perSecond, factor: 1.0 / 60)),
        ("x", Unit(quantity: .factor, factor: 1)),
    ]
}
