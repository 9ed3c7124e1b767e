import PromQL
import TimeSeries

/// What rules ask and are told while they are evaluated.
public struct RuleSurroundings: Sendable {
    public var engine: Engine
    /// Asked once for each query; its answer ends that query when it becomes true.
    public var deadline: @Sendable () -> (@Sendable () -> Bool)
    /// A monotonic clock, for how long evaluations take; from any start.
    public var uptime: @Sendable () -> Duration
    public var externalLabels: [String: String]
    public var externalURL: String

    public init(
        engine: Engine,
        deadline: @escaping @Sendable () -> (@Sendable () -> Bool) = { { false } },
        uptime: @escaping @Sendable () -> Duration = { .zero },
        externalLabels: [String: String] = [:], externalURL: String = ""
    ) {
        self.engine = engine
        self.deadline = deadline
        self.uptime = uptime
        self.externalLabels = externalLabels
        self.externalURL = externalURL
    }

    /// The elements of an expression's value; a scalar is one element without labels.
    func elements(
        of expression: Expression, at time: Timestamp
    ) throws(RuleFailure) -> [VectorElement] {
        do throws(QueryError) {
            switch try engine.instant(expression, at: time, isOver: deadline()).value {
            case .vector(let elements): return elements
            case .scalar(let value): return [VectorElement(Labels(), value)]
            case .string, .matrix:
                throw QueryError.failed("rule result is not a vector or scalar")
            }
        } catch {
            throw RuleFailure("\(error)")
        }
    }

    /// What the template of an alert is expanded with.
    func templateData(of element: VectorElement, at now: Timestamp) -> TemplateData {
        TemplateData(
            labels: element.labels.dictionary, value: element.value,
            externalLabels: externalLabels, externalURL: externalURL,
            query: { text throws(TemplateData.QueryRefusal) in
                try self.templateSamples(of: text, at: now)
            })
    }

    private func templateSamples(
        of text: String, at now: Timestamp
    ) throws(TemplateData.QueryRefusal) -> [TemplateSample] {
        let expression: Expression
        do throws(ParseError) {
            expression = try Expression(parsing: text)
        } catch {
            throw TemplateData.QueryRefusal("\(error)")
        }
        do throws(RuleFailure) {
            return try elements(of: expression, at: now).map {
                TemplateSample(labels: $0.labels.dictionary, value: $0.value)
            }
        } catch {
            throw TemplateData.QueryRefusal(error.reason)
        }
    }
}

/// Why a rule gave no result.
struct RuleFailure: Error, Hashable {
    var reason: String
    init(_ reason: String) { self.reason = reason }
}

extension Labels {
    var dictionary: [String: String] {
        Dictionary(all.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}
