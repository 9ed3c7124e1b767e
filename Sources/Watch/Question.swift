import PromQL
import TimeSeries

/// A PromQL expression that is asked again and again: parsed once, bounded each time.
struct Question {
    struct Element {
        var labels: Labels
        var value: Double
    }

    struct Failure: Error {
        var text: String
        init(_ text: String) { self.text = text }
    }

    /// How much of the expression's longest range has been observed.
    struct Coverage: Equatable {
        var observed: Duration
        var needed: Duration

        /// Judged from 80 % on.
        var isWarming: Bool { observed < needed * 0.8 }
    }

    /// The longest that one query may take, and the most samples it may read.
    static let timeLimit = Duration.milliseconds(500)
    static let options = EngineOptions(sampleLimit: 5_000_000)

    private let expression: Swift.Result<Expression, Failure>

    init(_ text: String) {
        do {
            expression = .success(try Expression(parsing: text))
        } catch {
            expression = .failure(Failure("\(error)"))
        }
    }

    /// The elements of the value now; a scalar is one element without labels.
    func ask(
        _ store: any SeriesStore, at now: Timestamp
    ) -> Swift.Result<[Element], Failure> {
        expression.flatMap { expression in
            let engine = PromQL.Engine(store, options: Question.options)
            let isOver = PromQL.Engine.passed(.now + Question.timeLimit)
            do {
                let value = try engine.instant(expression, at: now, isOver: isOver).value
                return Question.elements(of: value)
            } catch {
                return .failure(Failure("\(error)"))
            }
        }
    }

    /// The worst-covered selector decides; one that reads only current values needs nothing.
    func coverage(of store: any SeriesStore, at now: Timestamp) -> Coverage {
        guard case .success(let expression) = expression else {
            return Coverage(observed: .zero, needed: .zero)
        }
        var worst = Coverage(observed: .zero, needed: .zero)
        for reading in expression.readings where reading.reach > .zero {
            let observed = Question.observed(reading, on: store, at: now)
            let coverage = Coverage(observed: observed, needed: reading.reach)
            if coverage.isWarming, coverage.missing > worst.missing { worst = coverage }
        }
        return worst
    }

    /// From the first sample of its metric in reach to now, whatever the other labels: a status
    /// code that never occurred has been observed too. Of a metric that is not there at all, for as
    /// long as anything was collected.
    private static func observed(
        _ reading: Expression.Reading, on store: any SeriesStore, at now: Timestamp
    ) -> Duration {
        let from = now - reading.reach
        func firstSample(_ metric: String) throws -> Timestamp? {
            try store.earliest(
                [Matcher(Labels.metricName, equals: metric)], from: from, through: now)
        }
        do {
            guard let first = try firstSample(reading.metric) ?? firstSample("up") else {
                return .zero
            }
            return now.duration(since: first)
        } catch {
            // What cannot be read is not warming: asking will say why.
            return reading.reach
        }
    }

    private static func elements(of value: Value) -> Swift.Result<[Element], Failure> {
        switch value {
        case .scalar(let value): .success([Element(labels: Labels(), value: value)])
        case .vector(let elements):
            .success(elements.map { Element(labels: $0.labels, value: $0.value) })
        case .matrix:
            .failure(Failure("a range instead of a value: use rate() or another function"))
        case .string: .failure(Failure("a text instead of a number"))
        }
    }
}

extension Question.Coverage {
    fileprivate var missing: Duration { needed - observed }
}
