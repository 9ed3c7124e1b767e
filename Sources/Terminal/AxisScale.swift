import Glibc

/// An axis of values with ticks at round numbers, at its ends too.
public struct AxisScale: Hashable, Sendable {
    public let low: Double
    public let high: Double
    /// From the lowest up, at least two.
    public let ticks: [Double]
    /// False where the values lie so close together, far from zero, that zero would hide them.
    public let hasZero: Bool

    /// Of a range of values, with at most `limit` ticks (at least 2). Zero is on the axis unless the
    /// values spread over less than a tenth of their size.
    public init(_ values: ClosedRange<Double>, ticks limit: Int) {
        var (low, high) = (values.lowerBound, values.upperBound)
        let size = max(abs(low), abs(high))
        let isFlat = high - low <= size * 1e-12
        if isFlat || high - low >= size / 10 {
            low = min(low, 0)
            high = max(high, 0)
        }
        // Differences of the largest numbers must stay finite.
        low = max(low, -1e300)
        high = min(max(high, low), 1e300)
        if high <= low { high = low + 1 }
        let step = AxisScale.step(low, high, intervals: max(1, limit - 1))
        let (first, last) = AxisScale.bounds(low, high, step)
        let count = Int(min(max(last - first, 1), 100))
        ticks = (0...count).map { (first + Double($0)) * step }
        self.low = ticks[0]
        self.high = ticks[count]
        hasZero = self.low <= 0 && self.high >= 0
    }

    /// Where a value lies, 0 at the low end, 1 at the high one; clamped.
    public func share(_ value: Double) -> Double {
        min(max((value - low) / (high - low), 0), 1)
    }

    /// The smallest of 1, 2 and 5 times a power of ten that needs no more intervals.
    private static func step(_ low: Double, _ high: Double, intervals: Int) -> Double {
        let power = pow(10, log10((high - low) / Double(intervals)).rounded(.down))
        let steps = [1, 2, 5, 10, 20, 50].map { $0 * power }
        let fitting = steps.first { step in
            let (first, last) = bounds(low, high, step)
            return last - first <= Double(intervals)
        }
        return fitting ?? 100 * power
    }

    /// The multiples of the step that enclose the values, as numbers of steps.
    private static func bounds(
        _ low: Double, _ high: Double, _ step: Double
    ) -> (first: Double, last: Double) {
        ((low / step + 1e-9).rounded(.down), (high / step - 1e-9).rounded(.up))
    }

    /// The ticks as text: all with the same prefix and as many digits as they need to differ.
    public var labels: [String] {
        let size = max(abs(low), abs(high))
        let (scale, prefix) = AxisScale.prefixes.first { size >= $0.0 * 10 } ?? (1, "")
        let step = (ticks[1] - ticks[0]) / scale
        guard size >= 1e-4, size < 1e18 else {
            return ticks.map { $0 == 0 ? "0" : AxisScale.exponential($0) }
        }
        let places = min(max(0, Int((-log10(step) - 1e-9).rounded(.up))), 15)
        return ticks.map { $0 == 0 ? "0" : AxisScale.fixed($0 / scale, places: places) + prefix }
    }

    private static let prefixes: [(Double, String)] = [
        (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"),
    ]

    private static func exponential(_ value: Double) -> String {
        let exponent = Int(log10(abs(value)).rounded(.down))
        let mantissa = value / pow(10, Double(exponent))
        let digits = (mantissa * 1000).rounded() / 1000
        return digits == digits.rounded() ? "\(Int(digits))e\(exponent)" : "\(digits)e\(exponent)"
    }

    private static func fixed(_ value: Double, places: Int) -> String {
        let scaled = (abs(value) * pow(10, Double(places))).rounded()
        guard scaled < 1e15 else { return "\(value)" }
        let digits = String(Int(scaled))
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        let sign = value < 0 ? "-" : ""
        return places == 0
            ? sign + padded : "\(sign)\(padded.dropLast(places)).\(padded.suffix(places))"
    }
}
