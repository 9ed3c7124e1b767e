import TimeSeries

/// How expressions are evaluated.
public struct EngineOptions: Sendable {
    /// How old the newest sample of a series may be to count as its value.
    public var lookBack: Duration
    /// The step of subqueries that name none.
    public var subqueryStep: Duration
    /// Samples read plus points made, for one query.
    public var sampleLimit: Int
    /// Points of one series of a range result.
    public var stepLimit: Int

    public init(
        lookBack: Duration = .seconds(300), subqueryStep: Duration = .seconds(60),
        sampleLimit: Int = 50_000_000, stepLimit: Int = 100_000
    ) {
        self.lookBack = lookBack
        self.subqueryStep = subqueryStep
        self.sampleLimit = sampleLimit
        self.stepLimit = stepLimit
    }
}

/// Evaluates expressions over series. Evaluation is synchronous, holds no lock while it computes,
/// and reads nothing but the source.
///
/// A metric's name is dropped at the end of a query, not on the way: `label_replace` and
/// `by (__name__)` still see it after a `rate`.
public struct Engine: Sendable {
    public let source: any SampleSource
    public var options: EngineOptions

    public init(_ source: any SampleSource, options: EngineOptions = EngineOptions()) {
        self.source = source
        self.options = options
    }

    /// The value at `time`. `isOver` is asked now and then and ends the query with `.deadline`.
    public func instant(
        _ expression: Expression, at time: Timestamp,
        isOver: @escaping @Sendable () -> Bool = { false }
    ) throws(QueryError) -> InstantResult {
        let evaluation = try Evaluation(
            self, expression, Grid(instant: time.milliseconds), end: time.milliseconds,
            isOver: isOver)
        let value = try evaluation.instantValue(expression.root)
        return InstantResult(value: value, notices: evaluation.notices.sorted())
    }

    /// The values at `from`, `from + step`, … up to `through`. The expression must give a scalar
    /// or an instant vector.
    public func range(
        _ expression: Expression, from: Timestamp, through: Timestamp, step: Duration,
        isOver: @escaping @Sendable () -> Bool = { false }
    ) throws(QueryError) -> RangeResult {
        guard step.milliseconds > 0 else {
            throw .failed("the step of a range query must be at least 1 ms")
        }
        let grid = Grid(
            from: from.milliseconds, through: through.milliseconds, step: step.milliseconds)
        guard grid.count <= options.stepLimit else {
            throw .failed("a range query may have \(options.stepLimit) steps, not \(grid.count)")
        }
        let evaluation = try Evaluation(
            self, expression, grid, end: through.milliseconds, isOver: isOver)
        let series = try evaluation.rangeSeries(expression.root)
        return RangeResult(series: series, notices: evaluation.notices.sorted())
    }
}

extension Engine {
    /// A question for `isOver`: whether an instant of the monotonic clock has passed.
    public static func passed(_ deadline: ContinuousClock.Instant) -> @Sendable () -> Bool {
        { ContinuousClock.now >= deadline }
    }
}

extension Notice: Comparable {
    public static func < (left: Notice, right: Notice) -> Bool {
        (left.level.rawValue, left.text) < (right.level.rawValue, right.text)
    }
}
