/// The cumulative buckets of one histogram at one instant.
public struct Buckets: Sendable {
    private var all: [(bound: Double, count: Double)]
    /// True once counts that fell had to be raised.
    private(set) var wasForced = false

    /// Differences below this share of the counts are noise of floating-point sums.
    private static let tolerance = 1e-12

    /// Upper bounds with cumulative counts, in any order; counts of equal bounds are added.
    public init(_ buckets: [(Double, Double)]) {
        all = buckets.map { (bound: $0.0, count: $0.1) }.sorted { $0.bound < $1.bound }
        var merged: [(bound: Double, count: Double)] = []
        for bucket in all {
            if let last = merged.last, last.bound == bucket.bound {
                merged[merged.count - 1].count += bucket.count
            } else {
                merged.append(bucket)
            }
        }
        all = merged
    }

    private var isComplete: Bool { all.last?.bound == .infinity }

    /// The value that this share of the observations does not exceed, interpolated within its bucket;
    /// NaN without observations or without a last bucket at +Inf.
    public mutating func quantile(_ share: Double) -> Double {
        guard !share.isNaN else { return .nan }
        if share < 0 { return -.infinity }
        if share > 1 { return .infinity }
        guard isComplete else { return .nan }
        makeMonotonic()
        guard all.count >= 2, let total = all.last?.count, total != 0, !total.isNaN else {
            return .nan
        }
        let rank = share * total
        let inner = all.count - 1
        let index = all[..<inner].firstIndex { $0.count >= rank } ?? inner
        if index == inner { return all[inner - 1].bound }
        if index == 0, all[0].bound <= 0 { return all[0].bound }
        let (lowerBound, below) = index > 0 ? all[index - 1] : (0, 0)
        let part = (rank - below) / (all[index].count - below)
        return lowerBound + (all[index].bound - lowerBound) * part
    }

    private mutating func makeMonotonic() {
        guard var previous = all.first?.count else { return }
        for index in all.indices.dropFirst() {
            let count = all[index].count
            if Self.areAlmostEqual(previous, count) {
                all[index].count = previous
            } else if count < previous {
                all[index].count = previous
                wasForced = true
            } else {
                previous = count
            }
        }
    }

    private static func areAlmostEqual(_ a: Double, _ b: Double) -> Bool {
        if a == b || (a.isNaN && b.isNaN) { return true }
        let sum = abs(a) + abs(b)
        guard a != 0, b != 0, sum >= .leastNormalMagnitude else { return false }
        return abs(a - b) / min(sum, .greatestFiniteMagnitude) < tolerance
    }

    /// The share of observations in (lower, upper], interpolated within buckets.
    mutating func fraction(from lower: Double, through upper: Double) -> Double {
        guard isComplete, let total = all.last?.count, total != 0, !lower.isNaN, !upper.isNaN
        else { return .nan }
        guard lower < upper else { return 0 }
        return (rank(of: upper, total) - rank(of: lower, total)) / total
    }

    /// How many observations are at most `value`.
    private func rank(of value: Double, _ total: Double) -> Double {
        var below = 0.0
        var lowerBound = -Double.infinity
        for (index, bucket) in all.enumerated() {
            if lowerBound >= value { return min(below, total) }
            if bucket.bound > value {
                // Nothing is interpolated in a bucket that is infinitely wide.
                let start = index == 0 && bucket.bound > 0 ? 0 : lowerBound
                if start == -.infinity { return min(bucket.count, total) }
                let inside = max(0, (value - start) / (bucket.bound - start))
                return min(below + (bucket.count - below) * inside, total)
            }
            below = bucket.count
            lowerBound = bucket.bound
        }
        return total
    }
}
