import TimeSeries

/// One run of one expression. Not shared between threads.
final class Evaluation {
    let source: any SampleSource
    let options: EngineOptions
    /// The grid of the whole query.
    let grid: Grid
    /// What `end()` speaks of: the last step may lie before it.
    let end: Int64
    private let text: String
    private let isOver: @Sendable () -> Bool
    private var budget: Int
    private(set) var notices: Set<Notice> = []
    private var shared: [Shared: Columns] = [:]

    /// A part of the expression that occurs more than once, on one grid.
    private struct Shared: Hashable {
        var number: Int
        var grid: Grid
    }

    /// Notices beyond this many add nothing.
    private static let noticeLimit = 100

    init(
        _ engine: Engine, _ expression: Expression, _ grid: Grid, end: Int64,
        isOver: @escaping @Sendable () -> Bool
    ) throws(QueryError) {
        source = engine.source
        options = engine.options
        self.grid = grid
        self.end = end
        text = expression.source
        self.isOver = isOver
        budget = engine.options.sampleLimit
    }

    /// Counts samples read or points made against the budget, and looks at the deadline.
    func charge(_ samples: Int) throws(QueryError) {
        budget -= samples
        if budget < 0 { throw .sampleLimit(options.sampleLimit) }
        if isOver() { throw .deadline }
    }

    /// Looks at the deadline once enough work has come together.
    func checkDeadline(_ work: inout Int, adding amount: Int) throws(QueryError) {
        work += amount
        guard work > 1 << 18 else { return }
        work = 0
        if isOver() { throw .deadline }
    }

    func note(_ level: Notice.Level, _ text: String, at span: Range<Int>) {
        guard notices.count < Self.noticeLimit else { return }
        let (line, column) = position(of: span.lowerBound, in: self.text)
        notices.insert(Notice(level, "PromQL \(level.rawValue): \(text) (\(line):\(column))"))
    }

    /// The value of the whole expression on a grid of one instant.
    func instantValue(_ root: Syntax) throws(QueryError) -> Value {
        if root.valueKind == .matrix {
            return .matrix(try matrix(root.unwrapped).sorted { $0.labels < $1.labels })
        }
        switch try columns(of: root, on: grid) {
        case .scalar(let values): return .scalar(values[0])
        case .string(let text): return .string(text)
        case .vector(let tracks):
            return .vector(
                try finished(tracks).filter { !$0.values[0].isStale }
                    .map { VectorElement($0.labels, $0.values[0]) })
        }
    }

    func rangeSeries(_ root: Syntax) throws(QueryError) -> [RangeSeries] {
        guard grid.count > 0 else { return [] }
        let tracks: [Track]
        switch root.valueKind {
        case .scalar, .vector:
            switch try columns(of: root, on: grid) {
            case .scalar(let values): tracks = [Track(Labels(), values: values)]
            case .vector(let vector): tracks = try finished(vector)
            case .string: tracks = []
            }
        case .string, .matrix:
            throw .failed(
                "invalid expression type \"\(root.valueKind.rawValue)\" for range query, must be "
                    + "scalar or instant vector")
        }
        return tracks.sorted { $0.labels < $1.labels }.compactMap { track in
            let samples = track.values.indices.compactMap { step in
                track.values[step].isStale
                    ? nil : Sample(Timestamp(milliseconds: grid[step]), track.values[step])
            }
            return samples.isEmpty ? nil : RangeSeries(labels: track.labels, samples: samples)
        }
    }

    /// Drops the names that are to go, which may bring series together.
    private func finished(_ tracks: [Track]) throws(QueryError) -> [Track] {
        var table = TrackTable()
        for var track in tracks {
            if track.dropsName { track.labels = track.labels.withoutMetricName }
            try table.add(track)
        }
        return table.tracks
    }

    /// The values of a node on a grid; those of a part that occurs again are kept for the next time.
    func columns(of syntax: Syntax, on grid: Grid) throws(QueryError) -> Columns {
        try charge(grid.count)
        guard let share = syntax.share else { return try newColumns(of: syntax, on: grid) }
        if let known = shared[Shared(number: share, grid: grid)] { return known }
        let columns = try newColumns(of: syntax, on: grid)
        shared[Shared(number: share, grid: grid)] = columns
        return columns
    }

    private func newColumns(of syntax: Syntax, on grid: Grid) throws(QueryError) -> Columns {
        switch syntax.kind {
        case .number(let value): return .scalar(Array(repeating: value, count: grid.count))
        case .string(let text): return .string(text)
        case .paren(let inner): return try columns(of: inner, on: grid)
        case .selector(let selector): return .vector(try vector(selector, on: grid))
        case .unary(let isNegative, let inner):
            let operand = try columns(of: inner, on: grid)
            return isNegative ? Self.negated(operand) : operand
        case .binary(let binary): return try columns(of: binary, on: grid)
        case .aggregate(let aggregate): return .vector(try tracks(of: aggregate, on: grid))
        case .call(let call): return try columns(of: call, at: syntax.span, on: grid)
        case .matrix, .subquery: throw .failed("a range is no value at an instant")
        }
    }

    /// The values of a node that is known to be a scalar, one a step.
    func scalar(_ syntax: Syntax, on grid: Grid) throws(QueryError) -> [Double] {
        guard case .scalar(let values) = try columns(of: syntax, on: grid) else {
            throw .failed("expected a scalar")
        }
        return values
    }

    func tracks(of syntax: Syntax, on grid: Grid) throws(QueryError) -> [Track] {
        try columns(of: syntax, on: grid).tracks
    }

    func string(_ syntax: Syntax) throws(QueryError) -> String {
        guard case .string(let text) = syntax.unwrapped.kind else {
            throw .failed("expected a string")
        }
        return text
    }

    private static func negated(_ columns: Columns) -> Columns {
        switch columns {
        case .scalar(let values): return .scalar(values.map { -$0 })
        case .string: return columns
        case .vector(let tracks):
            return .vector(
                tracks.map { track in
                    Track(
                        track.labels, dropsName: true,
                        values: track.values.map { $0.isStale ? $0 : -$0 })
                })
        }
    }
}
