import TimeSeries

/// One series as the windows of a range see it: no staleness markers.
struct RangeSource {
    var labels: Labels
    var dropsName = false
}

/// What a function of a range sees at one step.
struct Window {
    /// Milliseconds, in order; as many as values.
    let times: UnsafeBufferPointer<Int64>
    let values: UnsafeBufferPointer<Double>
    /// The bounds of the range: left-open, milliseconds.
    let start: Int64
    let end: Int64
    /// The instant of evaluation, which `offset` and `@` do not move.
    let now: Int64

    var count: Int { values.count }
}

extension Evaluation {
    /// The samples below a function of a range: a selector with a range or a subquery.
    struct Ranges {
        /// The ends of the windows.
        var ends: Grid
        /// Milliseconds.
        var range: Int64
        var series: [Series] = []
        /// In place of series when a subquery made them.
        var tracks: [Track] = []
        var trackGrid = Grid(instant: 0)
    }

    func ranges(_ argument: Syntax, on grid: Grid) throws(QueryError) -> Ranges {
        switch argument.unwrapped.kind {
        case .matrix(let selector, let range):
            let ends = shifted(grid, by: selector.shift)
            let series = try select(
                selector.matchers, after: ends.start.minus(range), through: ends.last)
            return Ranges(ends: ends, range: range, series: series)
        case .subquery(let subquery):
            let ends = shifted(grid, by: subquery.shift)
            let inner = try subgrid(subquery, ends: ends)
            let tracks = inner.count > 0 ? try tracks(of: subquery.inner, on: inner) : []
            return Ranges(ends: ends, range: subquery.range, tracks: tracks, trackGrid: inner)
        default: throw .failed("expected a range vector")
        }
    }

    /// The instants of a subquery: multiples of its step, after the start of the first window.
    private func subgrid(_ subquery: Subquery, ends: Grid) throws(QueryError) -> Grid {
        let step = subquery.step ?? options.subqueryStep.milliseconds
        let lower = ends.start.minus(subquery.range)
        var first = step * (lower / step)
        if first <= lower { first = first.plus(step) }
        let grid = Grid(from: first, through: ends.last, step: step)
        if grid.count > options.sampleLimit { throw .sampleLimit(options.sampleLimit) }
        return grid
    }

    /// Calls `body` with each series and its samples, staleness markers removed.
    func forEachSeries(
        of ranges: Ranges, _ body: (RangeSource, Samples) throws(QueryError) -> Void
    ) throws(QueryError) {
        var samples = Samples()
        for series in ranges.series {
            try decode(series, into: &samples)
            samples.removeStale()
            try body(RangeSource(labels: series.labels), samples)
        }
        for track in ranges.tracks {
            samples.removeAll(keepingCapacity: true)
            for step in track.values.indices where !track.values[step].isStale {
                samples.append(time: ranges.trackGrid[step], value: track.values[step])
            }
            try body(RangeSource(labels: track.labels, dropsName: track.dropsName), samples)
        }
    }

    /// Walks the windows of one series once, in order; steps whose window is empty have no value.
    /// `body` gets the step; an `@` makes one window, which is asked at each step if `isTimed`.
    func overWindows(
        _ samples: Samples, _ ranges: Ranges, on grid: Grid, isTimed: Bool,
        _ body: (Int, Window) -> Double?
    ) throws(QueryError) -> [Double] {
        let isTied = ranges.ends.count != grid.count
        let steps = isTied && !isTimed ? 1 : grid.count
        var result = [Double].absent(steps)
        try samples.times.withUnsafeBufferPointer { (times) throws(QueryError) in
            try samples.values.withUnsafeBufferPointer { (values) throws(QueryError) in
                var (lower, upper, work) = (0, 0, 0)
                for step in 0..<steps {
                    let end = ranges.ends[isTied ? 0 : step]
                    let start = end.minus(ranges.range)
                    while upper < times.count, times[upper] <= end { upper += 1 }
                    while lower < upper, times[lower] <= start { lower += 1 }
                    guard lower < upper else { continue }
                    let window = Window(
                        times: UnsafeBufferPointer(rebasing: times[lower..<upper]),
                        values: UnsafeBufferPointer(rebasing: values[lower..<upper]),
                        start: start, end: end, now: grid[step])
                    result[step] = body(step, window) ?? .stale
                    try checkDeadline(&work, adding: window.count)
                }
            }
        }
        return spread(result, over: grid)
    }

    /// The value of an expression that is a range, at the one instant of the query.
    func matrix(_ syntax: Syntax) throws(QueryError) -> [RangeSeries] {
        let ranges = try ranges(syntax, on: grid)
        let (end, start) = (ranges.ends.last, ranges.ends.start.minus(ranges.range))
        var result: [RangeSeries] = []
        try forEachSeries(of: ranges) { (source, samples) throws(QueryError) in
            let inside = samples.filter {
                $0.time.milliseconds > start && $0.time.milliseconds <= end
            }
            guard !inside.isEmpty else { return }
            let labels = source.dropsName ? source.labels.withoutMetricName : source.labels
            result.append(RangeSeries(labels: labels, samples: inside))
        }
        return result
    }
}

extension Samples {
    /// Takes the staleness markers out.
    fileprivate mutating func removeStale() {
        guard values.contains(where: \.isStale) else { return }
        self = Samples(filter { !$0.value.isStale })
    }
}
