import PromQL
import TimeSeries

/// Where queries are answered: a server, or series that this process can read.
public protocol QuerySource: Sendable {
    func answer(_ expression: String, _ span: QuerySpan) async throws(QueryFailure) -> QueryAnswer

    /// The names of all metrics, to suggest one where a selector's is unknown.
    func metricNames() async throws(QueryFailure) -> [String]
}

/// A result with what is to be said about it.
public struct QueryAnswer: Hashable, Sendable {
    public var value: Value
    public var notices: [Notice]

    public init(value: Value, notices: [Notice] = []) {
        self.value = value
        self.notices = notices
    }
}

/// Why a query has no answer.
public enum QueryFailure: Error, Hashable, Sendable {
    /// The expression is not PromQL; the place is from 1, in characters.
    case expression(message: String, line: Int, column: Int)
    /// The query was understood and failed; what to do about it where that is known.
    case failed(String, remedy: String? = nil)
}

extension QueryFailure {
    /// Lines for a person, the place in the expression marked.
    public func text(for expression: String) -> String {
        switch self {
        case .failed(let reason, let remedy): return reason + (remedy.map { "\n  \($0)" } ?? "")
        case .expression(let message, let line, let column):
            let lines = expression.split(separator: "\n", omittingEmptySubsequences: false)
            guard lines.indices.contains(line - 1) else { return message }
            let text = String(lines[line - 1])
            let before = text.prefix(max(0, column - 1))
            let indent = String(before.map { $0 == "\t" ? "\t" : " " })
            let place = lines.count > 1 ? "line \(line), column \(column)" : "column \(column)"
            return "\(place): \(message)\n  \(text)\n  \(indent)^"
        }
    }
}

/// Answers from a store of series: the head, a history, or both.
public struct StoreSource: QuerySource {
    private let store: any SeriesStore
    private let options: EngineOptions
    private let patience: Duration

    public init(
        _ store: any SeriesStore, options: EngineOptions = EngineOptions(),
        patience: Duration = .seconds(120)
    ) {
        self.store = store
        self.options = options
        self.patience = patience
    }

    public func answer(
        _ expression: String, _ span: QuerySpan
    ) async throws(QueryFailure) -> QueryAnswer {
        let parsed: Expression
        do {
            parsed = try Expression(parsing: expression)
        } catch {
            throw .expression(message: error.message, line: error.line, column: error.column)
        }
        let isOver = Engine.passed(.now + patience)
        let engine = Engine(store, options: options)
        do {
            switch span {
            case .instant(let time):
                let result = try engine.instant(parsed, at: time, isOver: isOver)
                return QueryAnswer(value: result.value, notices: result.notices)
            case .range(let from, let through, let step):
                let result = try engine.range(
                    parsed, from: from, through: through, step: step, isOver: isOver)
                return QueryAnswer(value: .matrix(result.series), notices: result.notices)
            }
        } catch {
            throw .failed(error.description)
        }
    }

    public func metricNames() async throws(QueryFailure) -> [String] {
        do {
            return try store.labelValues(
                Labels.metricName, [], from: .distantPast, through: .distantFuture)
        } catch {
            throw .failed("the names of the metrics cannot be read: \(error)")
        }
    }
}
