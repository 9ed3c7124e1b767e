/// How often the raw condition of a rule changed lately, weighed as Nagios weighs it
/// (`base/flapping.c`): the newest change counts 1.25, the oldest 0.75.
public struct FlapHistory: Hashable, Sendable, Codable {
    /// Outcomes that are looked at; one less is the number of possible changes.
    static let length = 21
    /// Flapping starts at the first share and stops at the second.
    static let start = 0.30
    static let stop = 0.20

    /// One bit an outcome, the newest in the lowest.
    private var outcomes: UInt32 = 0
    private var count = 0
    public private(set) var isFlapping = false

    public init() {}

    public mutating func record(isBreached: Bool) {
        outcomes = (outcomes << 1 | (isBreached ? 1 : 0)) & (1 << Self.length - 1)
        count = min(count + 1, Self.length)
        isFlapping = isFlapping ? share > Self.stop : share >= Self.start
    }

    /// The weighed share of evaluations that changed the outcome, 0…1.
    public var share: Double {
        let possible = Self.length - 1
        guard count > 1 else { return 0 }
        let changes = outcomes ^ (outcomes >> 1)
        var weight = 0.0
        for age in 0..<(count - 1) where changes & (1 << UInt32(age)) != 0 {
            weight += 0.75 + 0.5 * Double(possible - 1 - age) / Double(possible - 1)
        }
        return weight / Double(possible)
    }
}
