#if canImport(Glibc)
    import Glibc
#endif
import TimeSeries

/// Quantiles and fractions of classic histograms, whose buckets are series with the label `le`.
extension Evaluation {
    func histogramQuantile(_ call: Call, on grid: Grid) throws(QueryError) -> [Track] {
        let ranks = try scalar(call.arguments[0], on: grid)
        noteQuantiles(ranks, at: call.arguments[0].span)
        return try histograms(call.arguments[1], on: grid) { buckets, step in
            var buckets = buckets
            let result = buckets.quantile(ranks[step])
            return (result, buckets.wasForced)
        }
    }

    func histogramFraction(_ call: Call, on grid: Grid) throws(QueryError) -> [Track] {
        let lower = try scalar(call.arguments[0], on: grid)
        let upper = try scalar(call.arguments[1], on: grid)
        return try histograms(call.arguments[2], on: grid) { buckets, step in
            var buckets = buckets
            return (buckets.fraction(from: lower[step], through: upper[step]), false)
        }
    }

    /// The buckets of one histogram: as many bounds as tracks.
    private struct Group {
        var labels: Labels
        var bounds: [Double] = []
        var tracks: [Track] = []

        func buckets(at step: Int) -> Buckets? {
            let present = tracks.indices.filter { !tracks[$0].values[step].isStale }
            guard !present.isEmpty else { return nil }
            return Buckets(present.map { (bounds[$0], tracks[$0].values[step]) })
        }
    }

    /// Groups bucket series into histograms and asks `value` at each step that has buckets. The
    /// second part of its answer says that counts had to be made monotonic.
    private func histograms(
        _ argument: Syntax, on grid: Grid, _ value: (Buckets, Int) -> (Double, Bool)
    ) throws(QueryError) -> [Track] {
        try groups(argument, on: grid).map { (group) throws(QueryError) in
            try charge(grid.count)
            var values = [Double].absent(grid.count)
            var isForced = false
            var work = 0
            for step in 0..<grid.count {
                guard let buckets = group.buckets(at: step) else { continue }
                let (result, wasForced) = value(buckets, step)
                values[step] = result
                isForced = isForced || wasForced
                try checkDeadline(&work, adding: group.tracks.count)
            }
            if isForced { noteForced(group.labels, at: argument.span) }
            return Track(group.labels, dropsName: true, values: values)
        }
    }

    private func groups(_ argument: Syntax, on grid: Grid) throws(QueryError) -> [Group] {
        var groups: [Group] = []
        var index: [Labels: Int] = [:]
        for track in try tracks(of: argument, on: grid) {
            guard let bound = Self.bound(track.labels["le"]) else {
                noteBadBucket(track.labels, at: argument.span)
                continue
            }
            let labels = track.labels.without("le")
            let group = index[labels] ?? groups.count
            if group == groups.count {
                index[labels] = group
                groups.append(Group(labels: labels))
            }
            groups[group].bounds.append(bound)
            groups[group].tracks.append(track)
        }
        return groups
    }

    /// The upper bound that a label `le` spells, in the words of Go's `ParseFloat`.
    private static func bound(_ text: String) -> Double? {
        switch text.lowercased() {
        case "+inf", "inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        default: return Double(text).flatMap { $0.isNaN ? nil : $0 }
        }
    }

    private func noteBadBucket(_ labels: Labels, at span: Range<Int>) {
        note(
            .warning,
            "bucket label \"le\" is missing or has a malformed value of "
                + "\(labels["le"].quotedForPromQL)" + Self.named(labels), at: span)
    }

    private func noteForced(_ labels: Labels, at span: Range<Int>) {
        note(
            .info,
            "input to histogram_quantile needed to be fixed for monotonicity (see "
                + "https://prometheus.io/docs/prometheus/latest/querying/functions/"
                + "#histogram_quantile)" + Self.named(labels), at: span)
    }

    private static func named(_ labels: Labels) -> String {
        labels.metric.isEmpty ? "" : " for metric name \(labels.metric.quotedForPromQL)"
    }
}

/// The cumulative buckets of one histogram at one instant.
struct Buckets {
    private var all: [(bound: Double, count: Double)]
    /// True once counts that fell had to be raised.
    private(set) var wasForced = false

    /// Differences below this share of the counts are noise of floating-point sums.
    private static let tolerance = 1e-12

    init(_ buckets: [(Double, Double)]) {
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

    mutating func quantile(_ share: Double) -> Double {
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
