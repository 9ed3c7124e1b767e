import TimeSeries

extension Evaluation {
    /// What a selector of instants reads at each step.
    enum Reading { case value, time }

    /// The newest value of each series within the look-back, or its time in seconds.
    func vector(
        _ selector: Selector, on grid: Grid, reading: Reading = .value
    ) throws(QueryError) -> [Track] {
        let times = shifted(grid, by: selector.shift)
        let lookBack = options.lookBack.milliseconds
        let series = try select(
            selector.matchers, after: times.start.minus(lookBack), through: times.last)
        var result: [Track] = []
        var samples = Samples()
        for one in series {
            try decode(one, into: &samples)
            try charge(grid.count)
            let values = Self.newest(samples, at: times, lookBack: lookBack, reading: reading)
            let track = Track(one.labels, values: spread(values, over: grid))
            if !track.isEmpty { result.append(track) }
        }
        return result
    }

    /// The grid that a selector looks at; one instant when `@` ties it to a time.
    func shifted(_ grid: Grid, by shift: TimeShift) -> Grid {
        let offset = shift.offset ?? 0
        switch shift.anchor {
        case .time(let time): return Grid(instant: time.minus(offset))
        case .start: return Grid(instant: self.grid.start.minus(offset))
        case .end: return Grid(instant: end.minus(offset))
        case nil:
            return Grid(
                from: grid.start.minus(offset), through: grid.last.minus(offset), step: grid.step)
        }
    }

    /// The one value of a grid that `@` made stands at every step.
    func spread(_ values: [Double], over grid: Grid) -> [Double] {
        values.count == grid.count
            ? values : Array(repeating: values.first ?? .stale, count: grid.count)
    }

    func select(
        _ matchers: [Matcher], after lower: Int64, through upper: Int64
    ) throws(QueryError) -> [Series] {
        do {
            return try source.select(
                matchers, from: Timestamp(milliseconds: lower.plus(1)),
                through: Timestamp(milliseconds: upper))
        } catch {
            throw .storage("\(error)")
        }
    }

    func decode(_ series: Series, into samples: inout Samples) throws(QueryError) {
        try charge(0)
        do {
            try series.decode(into: &samples)
        } catch {
            throw .storage("a chunk of \(series.labels) is damaged")
        }
        try charge(samples.count)
    }

    private static func newest(
        _ samples: Samples, at grid: Grid, lookBack: Int64, reading: Reading
    ) -> [Double] {
        var result = [Double].absent(grid.count)
        var next = 0
        samples.times.withUnsafeBufferPointer { times in
            for step in 0..<grid.count {
                let time = grid[step]
                while next < times.count, times[next] <= time { next += 1 }
                guard next > 0, times[next - 1] > time.minus(lookBack) else { continue }
                let value = samples.values[next - 1]
                guard !value.isStale else { continue }
                result[step] = reading == .value ? value : Double(times[next - 1]) / 1000
            }
        }
        return result
    }
}
