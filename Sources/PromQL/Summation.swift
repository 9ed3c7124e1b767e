#if canImport(Glibc)
    import Glibc
#endif

/// A sum that keeps what rounding loses: Kahan's method with Neumaier's improvement.
struct Summation: Sendable {
    private(set) var sum: Double
    private(set) var lost = 0.0

    init(_ first: Double = 0) { sum = first }

    mutating func add(_ value: Double) {
        let next = sum + value
        if next.isInfinite {
            lost = 0
        } else if abs(sum) >= abs(value) {
            lost += (sum - next) + value
        } else {
            lost += (value - next) + sum
        }
        sum = next
    }

    mutating func scale(_ factor: Double) {
        sum *= factor
        lost *= factor
    }

    var total: Double { sum.isInfinite ? sum : sum + lost }
}

/// A mean by summing and dividing, which turns to a running mean when the sum would overflow.
struct Mean: Sendable {
    private(set) var count = 0.0
    private var summation = Summation()
    private var isRunning = false

    mutating func add(_ value: Double) {
        count += 1
        guard count > 1 else {
            summation = Summation(value)
            return
        }
        if !isRunning {
            var next = summation
            next.add(value)
            guard next.sum.isInfinite else {
                summation = next
                return
            }
            isRunning = true
            summation.scale(1 / (count - 1))
        }
        summation.scale((count - 1) / count)
        summation.add(value / count)
    }

    var value: Double {
        isRunning
            ? summation.sum + summation.lost
            : summation.sum / count + summation.lost / count
    }
}

/// Variance in one pass.
struct Variance: Sendable {
    private var count = 0.0
    private var mean = Summation()
    private var squares = Summation()

    mutating func add(_ value: Double) {
        count += 1
        let delta = value - (mean.sum + mean.lost)
        mean.add(delta / count)
        squares.add(delta * (value - (mean.sum + mean.lost)))
    }

    /// Of the population.
    var value: Double { (squares.sum + squares.lost) / count }
}

enum Quantile {
    /// The `rank` quantile of values, interpolated; NaN sorts before everything. Sorts `values`.
    static func value(_ rank: Double, of values: inout [Double]) -> Double {
        guard !values.isEmpty, !rank.isNaN else { return .nan }
        if rank < 0 { return -.infinity }
        if rank > 1 { return .infinity }
        values.sort { $0 < $1 || ($0.isNaN && !$1.isNaN) }
        let place = rank * Double(values.count - 1)
        let lower = max(0, Int(place.rounded(.down)))
        let upper = min(values.count - 1, lower + 1)
        let weight = place - place.rounded(.down)
        return values[lower] * (1 - weight) + values[upper] * weight
    }
}
