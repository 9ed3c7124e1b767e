import PromQL
import TimeSeries

extension QueryAPI {
    static let truncated = "results truncated due to limit"

    /// `query`: an expression at one instant.
    func query(
        _ parameters: APIParameters, at now: Timestamp, _ patience: Patience
    ) throws(APIFailure) -> APIReply {
        let limit = try parameters.limit()
        let time = try parameters.time("time") ?? now
        let run = try run(parameters, patience)
        let expression = try parameters.expression()
        let result = try run.evaluate { engine, isOver throws(QueryError) in
            try engine.instant(expression, at: time, isOver: isOver)
        }
        return try reply(result.value, at: time, limit: limit, notices: result.notices)
    }

    /// `query_range`: an expression at every step of a range.
    func queryRange(
        _ parameters: APIParameters, _ patience: Patience
    ) throws(APIFailure) -> APIReply {
        let limit = try parameters.limit()
        let (from, through) = try (
            parameters.requiredTime("start"), parameters.requiredTime("end")
        )
        guard from <= through else {
            throw .parameter("end", "end timestamp must not be before start time")
        }
        let step = try parameters.requiredDuration("step")
        try check(step: step, over: through.duration(since: from))
        let run = try run(parameters, patience)
        let expression = try parameters.expression()
        guard expression.kind == .scalar || expression.kind == .vector else {
            throw .parameter(
                "query",
                "invalid expression type \"\(expression.kind.rawValue)\" for range query, "
                    + "must be Scalar or instant Vector")
        }
        let result = try run.evaluate { engine, isOver throws(QueryError) in
            try engine.range(expression, from: from, through: through, step: step, isOver: isOver)
        }
        return try reply(
            .matrix(result.series), at: through, limit: limit, notices: result.notices)
    }

    private func check(step: Duration, over length: Duration) throws(APIFailure) {
        guard step.milliseconds > 0 else {
            throw .parameter(
                "step",
                "zero or negative query resolution step widths are not accepted. "
                    + "Try a positive integer")
        }
        guard length.milliseconds / step.milliseconds <= limits.points else {
            throw APIFailure(
                .badData,
                "exceeded maximum resolution of \(limits.points.grouped) points per timeseries. "
                    + "Try decreasing the query resolution (?step=XX)")
        }
    }

    /// Samples of exemplars are not kept: an empty list for any good request.
    func queryExemplars(_ parameters: APIParameters) throws(APIFailure) -> APIReply {
        let (from, through) = try parameters.span()
        guard from <= through else {
            throw APIFailure(.badData, "end timestamp must not be before start timestamp")
        }
        _ = try parameters.expression()
        return try APIReply(limit: limits.bytes) { json throws(APIFailure) in
            try json.strings([])
        }
    }

    /// `format_query`: the expression in a uniform spelling, on one line.
    func formatQuery(_ parameters: APIParameters) throws(APIFailure) -> APIReply {
        let expression = try parameters.expression()
        return try APIReply(limit: limits.bytes) { json throws(APIFailure) in
            json.string(expression.text)
        }
    }
}

/// One evaluation with the options that its request asked for.
private struct QueryRun {
    let engine: Engine
    let deadline: ContinuousClock.Instant
    let hasLeft: @Sendable () -> Bool

    func evaluate<Result>(
        _ body: (Engine, @escaping @Sendable () -> Bool) throws(QueryError) -> Result
    ) throws(APIFailure) -> Result {
        guard ContinuousClock.now < deadline else {
            throw APIFailure(.timeout, "query timed out in query queue")
        }
        do {
            return try body(engine) { [deadline, hasLeft] in
                ContinuousClock.now >= deadline || hasLeft()
            }
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: QueryError) -> APIFailure {
        switch error {
        case .deadline where ContinuousClock.now < deadline:
            APIFailure(.canceled, "query was canceled in expression evaluation")
        case .deadline: APIFailure(.timeout, "query timed out in expression evaluation")
        case .sampleLimit, .failed: APIFailure(.execution, error.description)
        case .storage: APIFailure(.internal, error.description)
        }
    }
}

extension QueryAPI {
    private func run(
        _ parameters: APIParameters, _ patience: Patience
    ) throws(APIFailure) -> QueryRun {
        let timeout = try parameters.duration("timeout") ?? limits.time
        var options = EngineOptions(sampleLimit: limits.samples, stepLimit: limits.points + 1)
        if let lookBack = try parameters.duration("lookback_delta"), lookBack > .zero {
            options.lookBack = lookBack
        }
        return QueryRun(
            engine: Engine(sources.store, options: options),
            deadline: patience.arrival + min(timeout, limits.time), hasLeft: patience.hasLeft)
    }

    private func reply(
        _ value: Value, at time: Timestamp, limit: Int?, notices: [Notice]
    ) throws(APIFailure) -> APIReply {
        let (kept, isTruncated) = value.truncated(to: limit)
        let warnings = notices.filter { $0.level == .warning }.map(\.text)
        return try APIReply(
            limit: limits.bytes, warnings: warnings + (isTruncated ? [Self.truncated] : []),
            infos: notices.filter { $0.level == .info }.map(\.text)
        ) { json throws(APIFailure) in
            try json.result(kept, at: time.milliseconds)
        }
    }
}

extension Value {
    /// At most `limit` elements or series, and whether that left some out.
    fileprivate func truncated(to limit: Int?) -> (Value, Bool) {
        guard let limit else { return (self, false) }
        switch self {
        case .vector(let elements) where elements.count > limit:
            return (.vector(Array(elements.prefix(limit))), true)
        case .matrix(let series) where series.count > limit:
            return (.matrix(Array(series.prefix(limit))), true)
        case .scalar, .string, .vector, .matrix: return (self, false)
        }
    }
}

extension Int {
    /// 11000 as "11,000".
    fileprivate var grouped: String {
        self < 1000 ? "\(self)" : "\(self / 1000)," + "\(self % 1000 + 1000)".dropFirst()
    }
}
