/// Why a target cell cannot be read.
public struct TargetError: Error, Hashable, Sendable, CustomStringConvertible {
    public var text: String
    public var reason: String

    public var description: String { "\"\(text)\" is not a target: \(reason)" }
}

/// What a value is promised to be, as people write it: "< 100ms", "50+", "99.9%", "7-9ms".
///
/// Numbers are in base units: seconds, bytes, events per second, ratios for percentages.
public struct Target: Hashable, Sendable {
    public enum Bound: Hashable, Sendable {
        case less(than: Double)
        case atMost(Double)
        case greater(than: Double)
        case atLeast(Double)
        case inside(ClosedRange<Double>)
        case equal(Double)
        /// "~5": a remark, not a promise. Nothing is compared.
        case about(Double)
        /// A bare number whose direction nobody named. Nothing is compared.
        case undirected(Double)
    }

    public enum Quantity: String, Hashable, Sendable {
        case number, ratio, seconds, bytes
        case perSecond
        case factor
    }

    /// Nil for "TBD", "N/A" and "-".
    public var bound: Bound?
    public var quantity = Quantity.number
    /// True when the direction is a guess from the name or the number.
    public var isAssumed = false
    /// "critical", "high", "medium" or "low", for counts of findings.
    public var severity: String?
    /// 0.99 for "<5ms for 99%".
    public var quantile: Double?

    public init(bound: Bound?, quantity: Quantity = .number) {
        self.bound = bound
        self.quantity = quantity
    }

    /// `name` is that of the row or KPI: it tells whether a bare percentage is a floor or a ceiling.
    public init(parsing text: String, name: String = "") throws(TargetError) {
        var reader = TargetReader(text)
        self.init(bound: nil)
        guard !reader.isNothing else { return }
        do {
            try read(&reader, name: name)
        } catch {
            throw TargetError(text: text, reason: error.reason)
        }
    }

    private mutating func read(
        _ reader: inout TargetReader, name: String
    ) throws(TargetError) {
        let comparison = reader.comparison()
        let first = try reader.value()
        let upper = reader.skip("-") ? try reader.value() : nil
        let isLeast = reader.skip("+")
        let unit = first.unit ?? upper?.unit
        let low = unit?.inBaseUnits(first.number) ?? first.number
        quantity = unit?.quantity ?? .number
        if let upper {
            let high = (upper.unit ?? unit)?.inBaseUnits(upper.number) ?? upper.number
            guard comparison == nil, low <= high else {
                throw TargetError(text: "", reason: "a range needs two numbers, the smaller first")
            }
            bound = .inside(low...high)
        } else if isLeast {
            bound = .atLeast(low)
        } else {
            bound = comparison?.bound(low)
        }
        try readQualifier(&reader)
        if bound == nil { assume(low, name: name) }
    }

    private mutating func readQualifier(_ reader: inout TargetReader) throws(TargetError) {
        let rest = reader.rest
        if ["critical", "high", "medium", "low"].contains(rest.lowercased()) {
            severity = rest.lowercased()
        } else if rest.lowercased().hasPrefix("for ") {
            var share = TargetReader(String(rest.dropFirst(4)))
            let value = try share.value()
            guard value.unit?.quantity == .ratio, share.rest.isEmpty else {
                throw TargetError(text: "", reason: "expected a percentage after \"for\"")
            }
            quantile = value.number / 100
        } else if !rest.isEmpty {
            throw TargetError(text: "", reason: "unexpected \"\(rest)\"")
        }
    }

    /// A direction for a bare number, as far as one can be guessed.
    private mutating func assume(_ value: Double, name: String) {
        let bad = ["error", "loss", "drop", "failure", "vulnerabilit"]
        let isBad = bad.contains { name.lowercased().contains($0) }
        isAssumed = true
        if value == 0 {
            bound = .atMost(0)
        } else if quantity == .ratio {
            bound = isBad ? .atMost(value) : .atLeast(value)
        } else {
            bound = .undirected(value)
        }
        // "0 critical" says what it counts: nothing about it is a guess.
        if severity != nil, value == 0 { isAssumed = false }
    }
}

extension Target {
    /// Whether `value` keeps the promise; nil where nothing is promised or `value` is NaN.
    public func holds(_ value: Double) -> Bool? {
        guard !value.isNaN else { return nil }
        return switch bound {
        case .less(let limit): value < limit
        case .atMost(let limit): value <= limit
        case .greater(let limit): value > limit
        case .atLeast(let limit): value >= limit
        case .inside(let range): range.contains(value)
        case .equal(let limit): value == limit
        case .about, .undirected, nil: nil
        }
    }
}
