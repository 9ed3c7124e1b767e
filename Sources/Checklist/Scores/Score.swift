import TimeSeries

/// A share that is never better than its evidence: what counts, of how much, and what is not known.
public struct Score: Sendable, Hashable, Codable {
    public var numerator: Double
    public var denominator: Double
    /// How many parts nothing is known about. They stay in the denominator.
    public var unknowns: Int
    /// When the oldest evidence that counts was seen; nil where none counts.
    public var oldest: Timestamp?

    public init(
        numerator: Double, denominator: Double, unknowns: Int = 0, oldest: Timestamp? = nil
    ) {
        self.numerator = numerator
        self.denominator = denominator
        self.unknowns = unknowns
        self.oldest = oldest
    }

    /// 0…1; nil without anything to judge.
    public var value: Double? { denominator > 0 ? numerator / denominator : nil }

    /// "71 %", rounded down: a score is never rounded up to its target. "unknown" without evidence.
    public var text: String {
        value.map { "\(Int(($0 * 100 + 1e-9).rounded(.down))) %" } ?? "unknown"
    }
}
