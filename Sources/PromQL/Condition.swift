import TimeSeries

/// A comparison whose sides are known apart, so that the value can be shown beside its limit.
///
/// It says whether something *holds*; whether that is good (a KPI's target) or bad (an alert) is
/// for its owner to say.
public struct Condition: Hashable, Sendable {
    public enum Operator: String, Hashable, Sendable, Codable, CaseIterable {
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case equal = "=="
        case notEqual = "!="
    }

    /// What the value is held against.
    public enum Test: Hashable, Sendable {
        case limit(Operator, Double)
        /// The limit is computed, each time anew: `a > 2 * b`.
        case computed(Operator, Expression)
        case inside(ClosedRange<Double>)
        /// No top-level comparison with sides to show: what the expression gives is what holds.
        case present
        /// There is a value and nothing to compare it with.
        case none
    }

    /// The side that is watched, without the limit.
    public let value: Expression
    public let test: Test
    /// The comparison as a whole, for a filter as rule files have it; equal to `value` where
    /// there is none.
    public let whole: Expression

    /// Splits a top-level comparison. The side without series is the limit; where both have some,
    /// the right one is. An expression of another form is watched as a whole.
    public init(_ expression: Expression) {
        whole = expression
        let root = expression.root.unwrapped
        guard case .binary(let binary) = root.kind, !binary.isBool,
            let op = Operator(rawValue: binary.op.rawValue)
        else {
            value = expression
            test = Self.isLogic(root) ? .present : .none
            return
        }
        let isFlipped = binary.left.valueKind == .scalar
        let (watched, limit) =
            isFlipped ? (binary.right, binary.left) : (binary.left, binary.right)
        guard limit.valueKind == .scalar || !binary.matching.isWritten else {
            // Matching rules belong to the comparison: without it they have no meaning.
            value = expression
            test = .present
            return
        }
        value = Expression(root: watched)
        let direction = isFlipped ? op.flipped : op
        if case .number(let number) = limit.unwrapped.kind {
            test = .limit(direction, number)
        } else {
            test = .computed(direction, Expression(root: limit))
        }
    }

    /// A value and what it is promised to be.
    public init(_ value: Expression, _ target: Target) {
        self.value = value
        whole = value
        switch target.bound {
        case .less(let limit): test = .limit(.less, limit)
        case .atMost(let limit): test = .limit(.lessOrEqual, limit)
        case .greater(let limit): test = .limit(.greater, limit)
        case .atLeast(let limit): test = .limit(.greaterOrEqual, limit)
        case .equal(let limit): test = .limit(.equal, limit)
        case .inside(let range): test = .inside(range)
        case .about, .undirected, nil: test = .none
        }
    }

    /// A value above or below a number, as `[[alert]]` has them.
    public init(_ value: Expression, _ op: Operator, _ limit: Double) {
        self.value = value
        whole = value
        test = .limit(op, limit)
    }

    /// True where what holds is the presence of a result: comparisons joined by set operators.
    private static func isLogic(_ syntax: Syntax) -> Bool {
        switch syntax.unwrapped.kind {
        case .binary(let binary): !binary.isBool && (binary.op.isSet || binary.op.isComparison)
        case .call(let call): call.function == .absent || call.function == .absentOverTime
        default: false
        }
    }

    /// The number on the other side, where there is a fixed one.
    public var limit: Double? {
        if case .limit(_, let limit) = test { limit } else { nil }
    }

    public var op: Operator? {
        switch test {
        case .limit(let op, _), .computed(let op, _): op
        case .inside, .present, .none: nil
        }
    }
}

extension Condition.Operator {
    public func holds(_ value: Double, _ limit: Double) -> Bool {
        switch self {
        case .less: value < limit
        case .lessOrEqual: value <= limit
        case .greater: value > limit
        case .greaterOrEqual: value >= limit
        case .equal: value == limit
        case .notEqual: value != limit
        }
    }

    /// For the sides exchanged.
    var flipped: Condition.Operator {
        switch self {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        case .equal, .notEqual: self
        }
    }
}

extension Condition {
    /// What one series of the value says.
    public struct Finding: Hashable, Sendable {
        public var labels: Labels
        public var value: Double
        /// Nil where there is none to compare with.
        public var limit: Double?
        /// Nil where there is nothing to compare, and for NaN.
        public var holds: Bool?

        /// How far the value is from its limit, as a factor above 1 on the side where it holds:
        /// 9.7 is nearly ten times clear. Nil without a limit, for values or limits that are not
        /// positive, and for equalities.
        public var headroom: Double?
    }

    /// One finding for each series of the value. None means unknown: there is nothing to judge,
    /// except for `.present`, where nothing found is what does not hold.
    public func findings(
        in engine: Engine, at time: Timestamp, isOver: @escaping @Sendable () -> Bool = { false }
    ) throws(QueryError) -> [Finding] {
        let elements = try Self.elements(value, in: engine, at: time, isOver: isOver)
        switch test {
        case .limit(let op, let limit): return elements.map { Self.finding($0, op, limit) }
        case .computed(let op, let expression):
            let limits = try Self.elements(expression, in: engine, at: time, isOver: isOver)
            return Self.paired(elements, op, limits, isScalar: expression.kind == .scalar)
        case .inside(let range):
            return elements.map {
                Finding(
                    labels: $0.labels, value: $0.value, limit: nil,
                    holds: $0.value.isNaN ? nil : range.contains($0.value))
            }
        case .present:
            return elements.map { Finding(labels: $0.labels, value: $0.value, holds: true) }
        case .none: return elements.map { Finding(labels: $0.labels, value: $0.value) }
        }
    }

    private static func elements(
        _ expression: Expression, in engine: Engine, at time: Timestamp,
        isOver: @escaping @Sendable () -> Bool
    ) throws(QueryError) -> [VectorElement] {
        switch try engine.instant(expression, at: time, isOver: isOver).value {
        case .scalar(let value): return [VectorElement(Labels(), value)]
        case .vector(let elements): return elements
        case .string, .matrix: return []
        }
    }

    private static func finding(
        _ element: VectorElement, _ op: Operator, _ limit: Double
    ) -> Finding {
        let isNumber = !element.value.isNaN && !limit.isNaN
        return Finding(
            labels: element.labels, value: element.value, limit: limit,
            holds: isNumber ? op.holds(element.value, limit) : nil,
            headroom: headroom(element.value, op, limit))
    }

    /// Values with the limits of the series that match but for the metric's name.
    private static func paired(
        _ elements: [VectorElement], _ op: Operator, _ limits: [VectorElement], isScalar: Bool
    ) -> [Finding] {
        var byLabels: [Labels: Double] = [:]
        for limit in limits { byLabels[limit.labels.withoutMetricName] = limit.value }
        return elements.compactMap { element in
            let key = isScalar ? Labels() : element.labels.withoutMetricName
            return byLabels[key].map { finding(element, op, $0) }
        }
    }

    static func headroom(_ value: Double, _ op: Operator, _ limit: Double) -> Double? {
        guard value > 0, limit > 0, value.isFinite, limit.isFinite else { return nil }
        switch op {
        case .less, .lessOrEqual: return limit / value
        case .greater, .greaterOrEqual: return value / limit
        case .equal, .notEqual: return nil
        }
    }
}

extension Condition: CustomStringConvertible {
    /// The condition in one line: `up < 1`.
    public var description: String {
        switch test {
        case .limit(let op, let limit): "\(value.text) \(op.rawValue) \(limit.plainText)"
        case .computed(let op, let limit): "\(value.text) \(op.rawValue) \(limit.text)"
        case .inside(let range):
            "\(value.text) in \(range.lowerBound.plainText)…\(range.upperBound.plainText)"
        case .present, .none: whole.text
        }
    }
}
