import TimeSeries

extension Evaluation {
    func tracks(of aggregate: Aggregate, on grid: Grid) throws(QueryError) -> [Track] {
        let inner = try tracks(of: aggregate.inner, on: grid)
        switch aggregate.op {
        case .topk, .bottomk, .limitk, .limitRatio:
            return try chosen(aggregate, inner, on: grid)
        case .countValues: return try countValues(aggregate, inner, on: grid)
        case .quantile: return try quantiles(aggregate, inner, on: grid)
        case .sum, .avg, .count, .min, .max, .group, .stddev, .stdvar:
            return try groups(aggregate, inner).map { (labels, members) throws(QueryError) in
                try charge(grid.count)
                var values = [Double].absent(grid.count)
                try reduce(aggregate.op, members, into: &values)
                return Track(labels, dropsName: members.dropName, values: values)
            }
        }
    }

    /// The tracks of each group, groups in the order in which they first occur.
    private func groups(
        _ aggregate: Aggregate, _ tracks: [Track]
    ) throws(QueryError) -> [(Labels, [Track])] {
        var groups: [(Labels, [Track])] = []
        var index: [Labels: Int] = [:]
        for track in tracks {
            let labels = aggregate.groupLabels(of: track.labels)
            if let known = index[labels] {
                groups[known].1.append(track)
            } else {
                index[labels] = groups.count
                groups.append((labels, [track]))
            }
        }
        return groups
    }

    private func reduce(
        _ op: Aggregation, _ members: [Track], into values: inout [Double]
    ) throws(QueryError) {
        var work = 0
        for step in values.indices {
            values[step] = Self.reduce(op, members, at: step)
            try checkDeadline(&work, adding: members.count)
        }
    }

    private static func reduce(_ op: Aggregation, _ members: [Track], at step: Int) -> Double {
        var isSeen = false
        var (sum, mean, variance) = (Summation(), Mean(), Welford())
        var result = 0.0
        for member in members {
            let value = member.values[step]
            if value.isStale { continue }
            switch op {
            case .sum: isSeen ? sum.add(value) : (sum = Summation(value))
            case .avg: mean.add(value)
            case .stddev, .stdvar: variance.add(value)
            case .min: if !isSeen || value < result || result.isNaN { result = value }
            case .max: if !isSeen || value > result || result.isNaN { result = value }
            case .count: result += 1
            default: result = 1
            }
            isSeen = true
        }
        guard isSeen else { return .stale }
        switch op {
        case .sum: return sum.total
        case .avg: return mean.value
        case .stddev: return variance.value.squareRoot()
        case .stdvar: return variance.value
        default: return result
        }
    }

    private func quantiles(
        _ aggregate: Aggregate, _ tracks: [Track], on grid: Grid
    ) throws(QueryError) -> [Track] {
        guard let parameter = aggregate.parameter else { return [] }
        let ranks = try scalar(parameter, on: grid)
        if !tracks.isEmpty { noteQuantiles(ranks, at: parameter.span) }
        return try groups(aggregate, tracks).map { (labels, members) throws(QueryError) in
            try charge(grid.count)
            var values = [Double].absent(grid.count)
            var work = 0
            for step in 0..<grid.count {
                var present = members.compactMap {
                    $0.values[step].isStale ? nil : $0.values[step]
                }
                if !present.isEmpty { values[step] = Quantile.value(ranks[step], of: &present) }
                try checkDeadline(&work, adding: members.count)
            }
            return Track(labels, dropsName: members.dropName, values: values)
        }
    }

    /// `count_values`: a series for each distinct value, which goes into a label.
    private func countValues(
        _ aggregate: Aggregate, _ tracks: [Track], on grid: Grid
    ) throws(QueryError) -> [Track] {
        guard let parameter = aggregate.parameter else { return [] }
        let name = try string(parameter)
        var result: [Track] = []
        var index: [Labels: Int] = [:]
        for track in tracks {
            try charge(grid.count)
            let group = aggregate.groupLabels(of: track.labels)
            for step in 0..<grid.count where !track.values[step].isStale {
                let labels = group.with(name, track.values[step].plainText)
                let place = index[labels] ?? result.count
                if place == result.count {
                    try charge(grid.count)
                    index[labels] = place
                    result.append(
                        Track(
                            labels, dropsName: track.dropsName, values: .absent(grid.count)))
                }
                let count = result[place].values[step]
                result[place].values[step] = count.isStale ? 1 : count + 1
            }
        }
        return result
    }
}

extension Aggregate {
    /// The labels of the group that a series belongs to.
    func groupLabels(of series: Labels) -> Labels {
        if isWithout { return series.without(labels + [Labels.metricName]) }
        return labels.isEmpty ? Labels() : series.keeping(labels)
    }
}

extension [Track] {
    /// True when the name of one of them is to go.
    fileprivate var dropName: Bool { contains(where: \.dropsName) }
}

/// Mean and variance as the values come.
private struct Welford {
    private var count = 0.0
    private var mean = 0.0
    private var squares = 0.0

    mutating func add(_ value: Double) {
        count += 1
        let delta = value - mean
        mean += delta / count
        squares += count == 1 ? (value.isFinite ? 0 : .nan) : delta * (value - mean)
    }

    /// Of the population.
    var value: Double { squares / count }
}
