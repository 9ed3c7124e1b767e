/// A number with its unit as a person reads it: three significant digits, a fitting prefix.
///
/// Values come in base units: seconds for "s", bytes for "B" and "B/s", a ratio for "%".
public struct Quantity: Sendable, Equatable {
    /// "10.3", "78.1", "∞"; "–" for a number that is none.
    public var number: String
    /// "ms", "%", "req/s", "MB"; may be empty.
    public var unit: String

    public init(_ value: Double, unit: String = "") {
        switch unit {
        case "s": self = Quantity.time(value)
        case "%": self.init(number: Quantity.digits(value * 100), unit: "%")
        case "B", "B/s": self = Quantity.bytes(value, unit: unit)
        default: self = Quantity.plain(value, unit: unit)
        }
    }

    private init(number: String, unit: String) {
        self.number = number
        self.unit = unit
    }

    /// "10.3 ms", "182 req/s", "78.1 %", "42".
    public var text: String { unit.isEmpty ? number : "\(number) \(unit)" }

    private static func time(_ seconds: Double) -> Quantity {
        switch abs(seconds) {
        case 0: Quantity(number: "0", unit: "s")
        case ..<0.000_999_5: Quantity(number: digits(seconds * 1e6), unit: "µs")
        case ..<0.999_5: Quantity(number: digits(seconds * 1e3), unit: "ms")
        case ..<119.5: Quantity(number: digits(seconds), unit: "s")
        case ..<(119.5 * 60): Quantity(number: digits(seconds / 60), unit: "min")
        case ..<(47.5 * 3600): Quantity(number: digits(seconds / 3600), unit: "h")
        default: Quantity(number: digits(seconds / 86_400), unit: "d")
        }
    }

    /// Powers of 1024, written with the short names that top and docker use.
    private static func bytes(_ value: Double, unit: String) -> Quantity {
        let prefixes = ["", "K", "M", "G", "T", "P"]
        var scaled = value
        var index = 0
        while scaled.isFinite, abs(scaled) >= 999.5, index < prefixes.count - 1 {
            scaled /= 1024
            index += 1
        }
        return Quantity(number: digits(scaled), unit: prefixes[index] + unit)
    }

    private static func plain(_ value: Double, unit: String) -> Quantity {
        let prefixes = ["", "k", "M", "G", "T"]
        var scaled = value
        var index = 0
        while scaled.isFinite, abs(scaled) >= 9_999.5, index < prefixes.count - 1 {
            scaled /= 1000
            index += 1
        }
        return Quantity(number: digits(scaled) + prefixes[index], unit: unit)
    }

    /// At most three significant digits, more only before the point; no trailing zeros for whole
    /// numbers.
    static func digits(_ value: Double) -> String {
        guard !value.isNaN else { return "–" }
        guard value.isFinite else { return value < 0 ? "−∞" : "∞" }
        let magnitude = abs(value)
        let places =
            magnitude >= 99.95 || magnitude == magnitude.rounded() ? 0 : magnitude >= 9.995 ? 1 : 2
        let text = fixed(magnitude, places: places)
        return value < 0 && text.contains { $0 != "0" && $0 != "." } ? "−" + text : text
    }

    /// With exactly so many digits after the point, rounded half away from zero.
    static func fixed(_ magnitude: Double, places: Int) -> String {
        guard magnitude < 1e15 else { return "\(magnitude)" }
        let scale = [1, 10, 100][places]
        let scaled = Int((magnitude * Double(scale)).rounded())
        guard places > 0 else { return "\(scaled)" }
        let fraction = "\(scaled % scale)"
        return "\(scaled / scale)." + String(repeating: "0", count: places - fraction.count)
            + fraction
    }
}

/// "4 s", "12 min", "3 h 05 min", "2 d 4 h": how long ago or how long.
public func ageText(_ duration: Duration) -> String {
    let seconds = max(0, duration.components.seconds)
    switch seconds {
    case ..<120: return "\(seconds) s"
    case ..<7200: return "\(seconds / 60) min"
    case ..<172_800:
        let minutes = seconds / 60 % 60
        return "\(seconds / 3600) h \(minutes < 10 ? "0" : "")\(minutes) min"
    default: return "\(seconds / 86_400) d \(seconds / 3600 % 24) h"
    }
}
