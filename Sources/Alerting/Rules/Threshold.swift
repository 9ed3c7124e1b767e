import PromQL

/// A limit on a value, with a second one that ends a breach: the space between keeps an alert from
/// flapping.
public struct Threshold: Hashable, Sendable {
    public let op: Condition.Operator
    public let limit: Double
    /// While an alert fires, the value breaches this one. Nil means the limit itself.
    public let clear: Double?

    /// Nil when `clear` is not on the safe side of `limit`: an alert would end while it breaches.
    public init?(_ op: Condition.Operator, _ limit: Double, clear: Double? = nil) {
        guard Self.isSafe(clear, op, limit) else { return nil }
        self.op = op
        self.limit = limit
        self.clear = clear
    }

    /// Without a second limit, which nothing can be wrong with.
    public init(unguarded op: Condition.Operator, _ limit: Double) {
        (self.op, self.limit, clear) = (op, limit, nil)
    }

    /// For limits in our own code, whose second one is on the safe side.
    init(_ op: Condition.Operator, _ limit: Double, ending clear: Double) {
        precondition(Self.isSafe(clear, op, limit), "an alert must not end while it breaches")
        (self.op, self.limit, self.clear) = (op, limit, clear)
    }

    public func isBreached(by value: Double, isFiring: Bool) -> Bool {
        op.holds(value, isFiring ? clear ?? limit : limit)
    }

    private static func isSafe(
        _ clear: Double?, _ op: Condition.Operator, _ limit: Double
    ) -> Bool {
        guard let clear else { return true }
        switch op {
        case .greater, .greaterOrEqual: return clear <= limit
        case .less, .lessOrEqual: return clear >= limit
        case .equal, .notEqual: return clear == limit
        }
    }
}
