#if canImport(Glibc)
    import Glibc
#endif

/// The functions of one value.
extension Function {
    func value(of x: Double) -> Double {
        switch self {
        case .abs: Swift.abs(x)
        case .ceil: x.rounded(.up)
        case .floor: x.rounded(.down)
        case .exp: Glibc.exp(x)
        case .sqrt: x.squareRoot()
        case .ln: Glibc.log(x)
        case .log2: Glibc.log2(x)
        case .log10: Glibc.log10(x)
        case .sgn: x > 0 ? 1 : x < 0 ? -1 : x
        case .deg: x * 180 / .pi
        case .rad: x * .pi / 180
        case .dayOfMonth, .dayOfWeek, .dayOfYear, .daysInMonth, .hour, .minute, .month, .year:
            datePart(of: x)
        default: trigonometric(x)
        }
    }

    private func trigonometric(_ x: Double) -> Double {
        switch self {
        case .sin: Glibc.sin(x)
        case .cos: Glibc.cos(x)
        case .tan: Glibc.tan(x)
        case .asin: Glibc.asin(x)
        case .acos: Glibc.acos(x)
        case .atan: Glibc.atan(x)
        case .sinh: Glibc.sinh(x)
        case .cosh: Glibc.cosh(x)
        case .tanh: Glibc.tanh(x)
        case .asinh: Glibc.asinh(x)
        case .acosh: Glibc.acosh(x)
        case .atanh: Glibc.atanh(x)
        default: x
        }
    }

    /// `clamp`, `clamp_min`, `clamp_max` and `round`; no value where the bounds exclude each other.
    func value(of x: Double, _ scalars: [Double]) -> Double {
        switch self {
        case .clampMin: Self.greater(scalars[0], x)
        case .clampMax: Self.lesser(scalars[0], x)
        case .clamp:
            scalars[1] < scalars[0]
                ? .stale : Self.greater(scalars[0], Self.lesser(scalars[1], x))
        default: Self.rounded(x, to: scalars.first ?? 1)
        }
    }

    /// NaN if either is.
    private static func greater(_ a: Double, _ b: Double) -> Double {
        a.isNaN || b.isNaN ? .nan : Swift.max(a, b)
    }

    private static func lesser(_ a: Double, _ b: Double) -> Double {
        a.isNaN || b.isNaN ? .nan : Swift.min(a, b)
    }

    /// Halves go up. The inverse is used as Prometheus does, since 1/0.1 is exact where 0.1 is not.
    private static func rounded(_ x: Double, to nearest: Double) -> Double {
        let inverse = 1 / nearest
        return (x * inverse + 0.5).rounded(.down) / inverse
    }

    /// Of seconds since the epoch, in UTC.
    private func datePart(of seconds: Double) -> Double {
        guard let date = CivilDate(seconds: seconds) else { return .nan }
        switch self {
        case .minute: return Double(date.secondOfDay / 60 % 60)
        case .hour: return Double(date.secondOfDay / 3600)
        case .dayOfWeek: return Double(date.weekday)
        case .dayOfMonth: return Double(date.day)
        case .dayOfYear: return Double(date.dayOfYear)
        case .daysInMonth: return Double(date.daysInMonth)
        case .month: return Double(date.month)
        default: return Double(date.year)
        }
    }
}

/// A date of the Gregorian calendar in UTC. The conversion is Howard Hinnant's `civil_from_days`
/// (chrono-Compatible Low-Level Date Algorithms).
struct CivilDate: Hashable, Sendable {
    let year: Int
    let month: Int
    let day: Int
    let secondOfDay: Int
    /// 0 is Sunday.
    let weekday: Int

    /// Fractions of a second are cut off; nil beyond what makes sense as a date.
    init?(seconds: Double) {
        guard seconds.isFinite, Swift.abs(seconds) < 1e15 else { return nil }
        let whole = Int(seconds)
        let days = Self.floorDivide(whole, 86_400)
        secondOfDay = whole - days * 86_400
        weekday = (days % 7 + 11) % 7
        let shifted = days + 719_468
        let era = Self.floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    private var isLeapYear: Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    private var lengths: [Int] {
        [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    }

    var daysInMonth: Int { lengths[month - 1] }

    /// From 1.
    var dayOfYear: Int { lengths.prefix(month - 1).reduce(0, +) + day }

    private static func floorDivide(_ a: Int, _ b: Int) -> Int {
        a >= 0 ? a / b : (a - b + 1) / b
    }
}
