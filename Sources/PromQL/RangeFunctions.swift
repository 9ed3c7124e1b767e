import TimeSeries

/// The functions of one window of samples, without parameters. The formulas are those of
/// Prometheus' `promql/functions.go`.
extension Window {
    /// Nil where the function gives nothing for the window, which is never empty.
    func value(of function: Function) -> Double? {
        switch function {
        case .rate: extrapolated(isCounter: true).map { $0 / (Double(end - start) / 1000) }
        case .increase: extrapolated(isCounter: true)
        case .delta: extrapolated(isCounter: false)
        case .irate: last(isRate: true)
        case .idelta: last(isRate: false)
        case .changes: Double(pairs { $0 != $1 && !($0.isNaN && $1.isNaN) })
        case .resets: Double(pairs { $1 < $0 })
        case .deriv: count < 2 ? nil : regression(around: times[0]).slope
        case .avgOverTime: mean
        case .sumOverTime: sum
        case .countOverTime: Double(count)
        case .minOverTime: values[extreme { $0 < $1 }]
        case .maxOverTime: values[extreme { $0 > $1 }]
        case .tsOfMinOverTime: seconds(extreme { $0 <= $1 })
        case .tsOfMaxOverTime: seconds(extreme { $0 >= $1 })
        case .tsOfFirstOverTime: seconds(0)
        case .tsOfLastOverTime: seconds(count - 1)
        case .stddevOverTime: variance.squareRoot()
        case .stdvarOverTime: variance
        case .lastOverTime: values[count - 1]
        case .firstOverTime: values[0]
        case .presentOverTime: 1
        case .madOverTime: medianDeviation
        default: nil
        }
    }

    private func seconds(_ index: Int) -> Double { Double(times[index]) / 1000 }

    private var sum: Double {
        var summation = Summation()
        for value in values { summation.add(value) }
        return summation.total
    }

    private var mean: Double {
        var mean = Mean()
        for value in values { mean.add(value) }
        return mean.value
    }

    private var variance: Double {
        var variance = Variance()
        for value in values { variance.add(value) }
        return variance.value
    }

    private var medianDeviation: Double {
        var all = Array(values)
        let median = Quantile.value(0.5, of: &all)
        var deviations = values.map { abs($0 - median) }
        return Quantile.value(0.5, of: &deviations)
    }

    /// The value that no other one beats; NaN is beaten by everything.
    private func extreme(_ beats: (Double, Double) -> Bool) -> Int {
        var best = 0
        for index in 1..<max(1, count)
        where beats(values[index], values[best]) || values[best].isNaN {
            best = index
        }
        return best
    }

    /// How many neighbours stand in a relation.
    private func pairs(_ relation: (Double, Double) -> Bool) -> Int {
        var result = 0
        for index in 1..<max(1, count) where relation(values[index - 1], values[index]) {
            result += 1
        }
        return result
    }

    private func last(isRate: Bool) -> Double? {
        guard count >= 2 else { return nil }
        let (before, newest) = (values[count - 2], values[count - 1])
        let change = isRate && newest < before ? newest : newest - before
        guard isRate else { return change }
        return change / (Double(times[count - 1] - times[count - 2]) / 1000)
    }

    /// The change over the whole range: from the first sample to the last, counter resets added,
    /// extended to the ends of the range where the samples come close to them.
    private func extrapolated(isCounter: Bool) -> Double? {
        guard count >= 2 else { return nil }
        var change = values[count - 1] - values[0]
        if isCounter {
            var previous = values[0]
            for value in values {
                if value < previous { change += previous }
                previous = value
            }
        }
        return change * reach(change, isCounter: isCounter)
    }

    /// The length that the change stands for ÷ the length that was sampled.
    private func reach(_ change: Double, isCounter: Bool) -> Double {
        let sampled = Double(times[count - 1] - times[0]) / 1000
        let average = sampled / Double(count - 1)
        let threshold = average * 1.1
        var toStart = Double(times[0] - start) / 1000
        var toEnd = Double(end - times[count - 1]) / 1000
        if toStart >= threshold { toStart = average / 2 }
        if isCounter, change > 0, values[0] >= 0 {
            // A counter does not go below zero.
            toStart = min(toStart, sampled * (values[0] / change))
        }
        if toEnd >= threshold { toEnd = average / 2 }
        return (sampled + toStart + toEnd) / sampled
    }

    /// Least squares. `origin` is where the intercept is taken, in milliseconds.
    private func regression(around origin: Int64) -> (slope: Double, intercept: Double) {
        if values.allSatisfy({ $0 == values[0] }) {
            return values[0].isInfinite ? (.nan, .nan) : (0, values[0])
        }
        var (sumX, sumY, sumXY, sumXX) = (Summation(), Summation(), Summation(), Summation())
        for index in 0..<count {
            let x = Double(times[index] - origin) / 1000
            sumX.add(x)
            sumY.add(values[index])
            sumXY.add(x * values[index])
            sumXX.add(x * x)
        }
        let n = Double(count)
        let x = sumX.sum + sumX.lost
        let y = sumY.sum + sumY.lost
        let covariance = sumXY.sum + sumXY.lost - x * y / n
        let variance = sumXX.sum + sumXX.lost - x * x / n
        let slope = covariance / variance
        return (slope, y / n - slope * x / n)
    }

    /// The value that the trend reaches `seconds` after the instant of evaluation.
    func predicted(after seconds: Double) -> Double? {
        guard count >= 2 else { return nil }
        let trend = regression(around: now)
        return trend.slope * seconds + trend.intercept
    }

    func quantile(_ rank: Double) -> Double {
        var all = Array(values)
        return Quantile.value(rank, of: &all)
    }

    /// Holt's double exponential smoothing.
    func smoothed(smoothing: Double, trend factor: Double) -> Double? {
        guard count >= 2 else { return nil }
        var (before, level) = (0.0, values[0])
        var trend = values[1] - values[0]
        for index in 1..<count {
            if index > 1 { trend = factor * (level - before) + (1 - factor) * trend }
            let next = smoothing * values[index] + (1 - smoothing) * (level + trend)
            (before, level) = (level, next)
        }
        return level
    }
}
