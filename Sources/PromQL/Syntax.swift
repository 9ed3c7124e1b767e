import TimeSeries

/// A node of a parsed expression, with its place in the text.
struct Syntax: Sendable {
    indirect enum Kind: Sendable {
        case number(Double)
        case string(String)
        case selector(Selector)
        /// A range of a selector: `up[5m]`; the range in milliseconds.
        case matrix(Selector, range: Int64)
        case subquery(Subquery)
        case unary(isNegative: Bool, Syntax)
        case binary(Binary)
        case aggregate(Aggregate)
        case call(Call)
        case paren(Syntax)
    }

    var kind: Kind { didSet { height = Self.height(of: kind) } }
    var span: Range<Int>
    /// The same number on parts that are the same, nil where there is one only.
    var share: Int?
    /// 1 for a leaf. Bounded by the parser, so that recursion over a tree is.
    private(set) var height: Int

    init(_ kind: Kind, _ span: Range<Int>) {
        self.kind = kind
        self.span = span
        height = Self.height(of: kind)
    }

    private static func height(of kind: Kind) -> Int {
        1 + (Self.children(of: kind).map(\.height).max() ?? 0)
    }
}

/// What kind of value an expression gives.
public enum ValueKind: String, Hashable, Sendable {
    case scalar
    case string
    case vector = "instant vector"
    case matrix = "range vector"
}

/// `offset` and `@`.
struct TimeShift: Hashable, Sendable {
    enum Anchor: Hashable, Sendable {
        /// Milliseconds since the epoch.
        case time(Int64)
        case start, end
    }

    /// Milliseconds into the past; negative into the future. Nil when not written.
    var offset: Int64?
    var anchor: Anchor?
}

struct Selector: Sendable {
    /// The name before or inside the braces, "" when there is none.
    var name: String
    /// All of them, the one on `__name__` included.
    var matchers: [Matcher]
    var shift = TimeShift()
}

struct Subquery: Sendable {
    var inner: Syntax
    /// Milliseconds.
    var range: Int64
    /// Milliseconds, nil for the default of the engine.
    var step: Int64?
    var shift = TimeShift()
}

enum BinaryOperator: String, Hashable, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "%"
    case power = "^"
    case atan2
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case and, or, unless

    var isComparison: Bool {
        switch self {
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: true
        default: false
        }
    }

    var isSet: Bool { self == .and || self == .or || self == .unless }

    /// Higher binds tighter.
    var precedence: Int {
        switch self {
        case .or: 1
        case .and, .unless: 2
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: 3
        case .add, .subtract: 4
        case .multiply, .divide, .modulo, .atan2: 5
        case .power: 6
        }
    }
}

/// How the series of both sides of an operator find each other.
struct Matching: Hashable, Sendable {
    enum Cardinality: Hashable, Sendable { case oneToOne, manyToOne, oneToMany }

    var cardinality = Cardinality.oneToOne
    /// True for `on`, false for `ignoring` and where nothing is written.
    var isOn = false
    /// The labels of `on` or `ignoring`.
    var labels: [String] = []
    /// The labels of `group_left` or `group_right`.
    var include: [String] = []
    /// False where neither `on` nor `ignoring` is written.
    var isWritten = false
}

struct Binary: Sendable {
    var op: BinaryOperator
    var left: Syntax
    var right: Syntax
    var isBool = false
    var matching = Matching()
}

enum Aggregation: String, Hashable, Sendable, CaseIterable {
    case sum, avg, count, min, max, group, stddev, stdvar, topk, bottomk, quantile
    case countValues = "count_values"
    case limitk
    case limitRatio = "limit_ratio"

    /// What the parameter has to be, nil where there is none.
    var parameter: ValueKind? {
        switch self {
        case .topk, .bottomk, .quantile, .limitk, .limitRatio: .scalar
        case .countValues: .string
        default: nil
        }
    }
}

struct Aggregate: Sendable {
    var op: Aggregation
    var parameter: Syntax?
    var inner: Syntax
    /// True for `without`.
    var isWithout = false
    var labels: [String] = []
}

struct Call: Sendable {
    var function: Function
    var arguments: [Syntax]
    /// The pattern of `label_replace`, compiled once; nil for other functions and for a bad one,
    /// which is an error of the evaluation.
    let pattern: Pattern?

    init(function: Function, arguments: [Syntax]) {
        self.function = function
        self.arguments = arguments
        guard function == .labelReplace, case .string(let text) = arguments.last?.unwrapped.kind
        else {
            pattern = nil
            return
        }
        pattern = try? Pattern(text)
    }
}

extension Syntax {
    /// The node below any parentheses.
    var unwrapped: Syntax {
        var node = self
        while case .paren(let inner) = node.kind { node = inner }
        return node
    }

    var valueKind: ValueKind {
        switch kind {
        case .number: .scalar
        case .string: .string
        case .selector, .aggregate: .vector
        case .matrix, .subquery: .matrix
        case .unary(_, let inner), .paren(let inner): inner.valueKind
        case .binary(let binary):
            binary.left.valueKind == .scalar && binary.right.valueKind == .scalar
                ? .scalar : .vector
        case .call(let call): call.function.signature.result
        }
    }

    /// The nodes directly below.
    var children: [Syntax] { Self.children(of: kind) }

    fileprivate static func children(of kind: Kind) -> [Syntax] {
        switch kind {
        case .number, .string, .selector, .matrix: []
        case .subquery(let subquery): [subquery.inner]
        case .unary(_, let inner), .paren(let inner): [inner]
        case .binary(let binary): [binary.left, binary.right]
        case .aggregate(let aggregate):
            (aggregate.parameter.map { [$0] } ?? []) + [aggregate.inner]
        case .call(let call): call.arguments
        }
    }
}
