import TimeSeries

/// A PromQL expression, parsed and checked once, evaluated as often as one likes.
///
/// The language is that of Prometheus 3 on floats and classic histograms; what is known but not
/// offered is refused with `ParseError.isUnsupported`.
public struct Expression: Sendable {
    /// As it was written.
    public let source: String
    let root: Syntax

    public init(parsing source: String) throws(ParseError) {
        self.source = source
        do {
            root = Sharing.marked(try Parser.parse(source))
        } catch {
            throw ParseError(
                error.message, at: error.offset, in: source, isUnsupported: error.isUnsupported)
        }
    }

    init(root: Syntax) {
        self.root = root
        source = root.text
    }

    /// The kind of value that evaluation gives.
    public var kind: ValueKind { root.valueKind }

    /// The expression in a uniform spelling, which parses to the same expression.
    public var text: String { root.text }

    /// True for a selector of instants and nothing else, `offset` and `@` not allowed: what an SLO
    /// counts, and what can be given a range by appending one.
    public var isPlainSelector: Bool {
        guard case .selector(let selector) = root.unwrapped.kind else { return false }
        return selector.shift == TimeShift()
    }

    /// One selector with its place in time.
    public struct Reading: Hashable, Sendable {
        /// The metric's name, "" when only matchers choose.
        public var metric: String
        /// All matchers, the one on the name included.
        public var matchers: [Matcher]
        /// The length of a range, `zero` for an instant selector.
        public var range: Duration
        /// How far before an evaluation the oldest sample may lie, the look-back of instant
        /// selectors not counted. Zero for a selector that `@` ties to a time.
        public var reach: Duration
    }

    /// Every selector of the expression, in order of the text.
    public var readings: [Reading] {
        var result: [Reading] = []
        Self.collect(root, reach: 0, into: &result)
        return result
    }

    /// The names of the metrics that are read, sorted, each once.
    public var metrics: [String] {
        Set(readings.map(\.metric)).subtracting([""]).sorted()
    }

    /// How much time before an evaluation its samples come from: the longest sum of a range, the
    /// subqueries around it and their offsets. Zero when only current values are read.
    public var longestRange: Duration { readings.map(\.reach).max() ?? .zero }

    private static func collect(_ syntax: Syntax, reach: Int64, into result: inout [Reading]) {
        switch syntax.kind {
        case .selector(let selector):
            result.append(reading(selector, range: 0, reach: reach))
        case .matrix(let selector, let range):
            result.append(reading(selector, range: range, reach: reach))
        case .subquery(let subquery):
            let isTied = subquery.shift.anchor != nil
            let own = subquery.range + (subquery.shift.offset ?? 0)
            collect(subquery.inner, reach: isTied ? 0 : reach + own, into: &result)
        default:
            for child in syntax.children { collect(child, reach: reach, into: &result) }
        }
    }

    private static func reading(_ selector: Selector, range: Int64, reach: Int64) -> Reading {
        let isTied = selector.shift.anchor != nil
        let total = max(0, reach + range + (selector.shift.offset ?? 0))
        return Reading(
            metric: metric(of: selector), matchers: selector.matchers,
            range: .milliseconds(range), reach: isTied ? .zero : .milliseconds(total))
    }

    private static func metric(of selector: Selector) -> String {
        guard selector.name.isEmpty else { return selector.name }
        let match = selector.matchers.first { $0.name == Labels.metricName && $0.op == .equal }
        return match?.value ?? ""
    }
}

extension Expression: Hashable, CustomStringConvertible {
    public static func == (left: Expression, right: Expression) -> Bool {
        left.source == right.source
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(source) }

    public var description: String { source }
}
