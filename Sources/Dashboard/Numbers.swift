import Snapshot
import Terminal

/// A number and its unit in fixed places, so that nothing moves when the value does: the number
/// right-aligned in five columns, the unit left-aligned in `unitWidth`.
func figure(
    _ value: Double?, unit: String, unitWidth: Int = 2, role: Role = .text, isStale: Bool = false
) -> [Span] {
    guard let value, value.isFinite else {
        return [Span(left("–", 5) + String(repeating: " ", count: unitWidth + 1), .dim)]
    }
    let quantity = Quantity(value, unit: unit)
    return [
        Span(left(quantity.number, 5), isStale ? .dim : role),
        Span(" " + right(quantity.unit, unitWidth), .dim),
    ]
}

extension Quantity {
    /// Without a space, and without the part of a rate that the value beside it already says:
    /// "1.5ms", "300", "80MB".
    var shortText: String {
        var number = number
        if number.contains(".") {
            while number.hasSuffix("0") { number.removeLast() }
            if number.hasSuffix(".") { number.removeLast() }
        }
        let isPlain =
            !["ms", "µs", "s", "%", "min", "h", "d"].contains(unit) && !unit.hasSuffix("B")
        return isPlain ? number : number + unit
    }
}

/// "12/97": how many of how many.
func share(_ used: Int, of limit: Int, role: Role = .text) -> [Span] {
    [Span("\(used)", role), Span("/\(limit)", .dim)]
}

/// A fact: a dim label and its value.
func fact(_ label: String, _ value: String, _ role: Role = .text) -> [Span] {
    [Span("\(label) ", .dim), Span(value, role)]
}

/// A fact with a number; nil is "–".
func fact(_ label: String, _ value: Double?, _ unit: String, _ role: Role = .text) -> [Span] {
    fact(label, value.map { Quantity($0, unit: unit).text } ?? "–", value == nil ? .dim : role)
}

/// Padded at the left to this width.
func left(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - columns(of: text))) + text
}

/// Padded at the right to this width.
func right(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - columns(of: text)))
}

/// "0:40", "12:05", "3:04:05": a clock of minutes or hours.
func clock(_ duration: Duration) -> String {
    let seconds = max(0, duration.components.seconds)
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60)
    let tail = "\(minutes < 10 && hours > 0 ? "0" : "")\(minutes):\(rest < 10 ? "0" : "")\(rest)"
    return hours > 0 ? "\(hours):\(tail)" : tail
}

/// "00:40:07": hours, minutes and seconds of a watch; hours go on beyond 24.
func longClock(_ duration: Duration) -> String {
    let seconds = max(0, duration.components.seconds)
    return [seconds / 3600, seconds / 60 % 60, seconds % 60]
        .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
}

/// "42s", "12m", "3h", "2d": in the least room.
func shortAge(_ duration: Duration) -> String {
    let seconds = max(0, duration.components.seconds)
    switch seconds {
    case ..<120: return "\(seconds)s"
    case ..<7200: return "\(seconds / 60)m"
    case ..<172_800: return "\(seconds / 3600)h"
    default: return "\(seconds / 86_400)d"
    }
}

/// "24 h", "90 min", "24 h 30 min": a planned length.
func lengthText(_ duration: Duration) -> String {
    let seconds = max(0, duration.components.seconds)
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
    if hours == 0 { return seconds < 60 ? "\(seconds) s" : "\(minutes) min" }
    return minutes == 0 ? "\(hours) h" : "\(hours) h \(minutes) min"
}

/// The round number that a graph of these values is drawn up to, so that its scale stays the same
/// for a while: 1, 1.5, 2, 3, 4, 6 or 8 times a power of ten, at or above the peak.
func scaleTop(_ values: [Double?], unit: String = "") -> Double? {
    guard let peak = values.compactMap({ $0 }).filter(\.isFinite).max() else { return nil }
    guard peak > 0 else { return unit == "%" ? 0.01 : 1 }
    var power = 1.0
    while power > peak { power /= 10 }
    while power * 10 <= peak { power *= 10 }
    let steps = [1, 1.5, 2, 3, 4, 6, 8, 10]
    return (steps.first { $0 * power >= peak * 0.999_999 } ?? 10) * power
}
