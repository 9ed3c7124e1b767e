/// A number for people: without a needless fraction, at most four significant digits after it.
func numberText(_ value: Double) -> String {
    if let whole = Int64(exactly: value) { return "\(whole)" }
    guard value.isFinite else { return "\(value)" }
    let digits = abs(value) >= 1 ? 100.0 : 1e6
    let rounded = (value * digits).rounded() / digits
    return Int64(exactly: rounded).map { "\($0)" } ?? "\(rounded)"
}

/// "3 s", "15 min", "2 h", "4 d": the largest unit of which there is at least one, rounded down.
func ageText(_ age: Duration) -> String {
    let seconds = max(0, age.components.seconds)
    switch seconds {
    case ..<60: return "\(seconds) s"
    case ..<3600: return "\(seconds / 60) min"
    case ..<86_400: return "\(seconds / 3600) h"
    default: return "\(seconds / 86_400) d"
    }
}

extension Duration {
    static func minutes(_ count: Int) -> Duration { .seconds(count * 60) }
    static func hours(_ count: Int) -> Duration { .seconds(count * 3600) }
    static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
}
