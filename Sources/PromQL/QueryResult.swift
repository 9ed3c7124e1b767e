import TimeSeries

/// Why a query gave no result.
public enum QueryError: Error, Hashable, Sendable {
    /// More samples were read, or points made, than the limit allows.
    case sampleLimit(Int)
    /// The deadline passed.
    case deadline
    /// The expression asks for what its data does not allow, as with two matches where one is
    /// allowed.
    case failed(String)
    /// Samples could not be read.
    case storage(String)
}

extension QueryError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .sampleLimit(let limit): "the query needs more than its limit of \(limit) samples"
        case .deadline: "the query did not end before its deadline"
        case .failed(let reason): reason
        case .storage(let reason): "samples could not be read: \(reason)"
        }
    }
}

/// One element of an instant vector.
public struct VectorElement: Hashable, Sendable {
    public var labels: Labels
    public var value: Double

    public init(_ labels: Labels, _ value: Double) {
        self.labels = labels
        self.value = value
    }
}

/// One series of a range result.
public struct RangeSeries: Hashable, Sendable {
    public var labels: Labels
    /// In order of time; a step without a value has no sample.
    public var samples: [Sample]

    public init(labels: Labels, samples: [Sample]) {
        self.labels = labels
        self.samples = samples
    }
}

/// What an expression gives at one instant.
public enum Value: Hashable, Sendable {
    case scalar(Double)
    case string(String)
    /// In the order that the expression asks for (`sort`, `topk`), else in no particular one.
    case vector([VectorElement])
    case matrix([RangeSeries])

    /// The number of a scalar, or of a vector of one element; nil otherwise.
    public var single: Double? {
        switch self {
        case .scalar(let value): value
        case .vector(let elements): elements.count == 1 ? elements[0].value : nil
        case .string, .matrix: nil
        }
    }
}

/// Something about a result that its reader should know, with Prometheus' words.
public struct Notice: Hashable, Sendable {
    public enum Level: String, Hashable, Sendable { case info, warning }

    public var level: Level
    /// With the place in the expression: `quantile value should be … (1:7)`.
    public var text: String

    public init(_ level: Level, _ text: String) {
        self.level = level
        self.text = text
    }
}

/// A result with what is to be said about it.
public struct InstantResult: Hashable, Sendable {
    public var value: Value
    public var notices: [Notice]
}

/// A result with what is to be said about it; series in the order of their labels.
public struct RangeResult: Hashable, Sendable {
    public var series: [RangeSeries]
    public var notices: [Notice]
}
