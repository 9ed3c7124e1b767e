import TimeSeries

/// Who is on call when.
public struct OnCallSchedule: Hashable, Sendable {
    /// Later ones win where they have somebody.
    public var layers: [Layer]
    /// They win over layers, and later ones over earlier ones.
    public var overrides: [Override]

    public init(layers: [Layer], overrides: [Override] = []) {
        self.layers = layers
        self.overrides = overrides
    }

    /// Somebody who takes over for a while.
    public struct Override: Hashable, Sendable {
        public var start: Timestamp
        /// No longer part of it.
        public var end: Timestamp
        public var user: String

        public init(start: Timestamp, end: Timestamp, user: String) {
            self.start = start
            self.end = end
            self.user = user
        }
    }

    /// Nil where nobody is on call: a hole.
    public func person(at instant: Timestamp) -> String? {
        let override = overrides.last { $0.start <= instant && instant < $0.end }
        if let override { return override.user }
        for layer in layers.reversed() {
            if let person = layer.person(at: instant) { return person }
        }
        return nil
    }
}

extension OnCallSchedule {
    /// A stretch of time with one person, or with nobody.
    public struct Shift: Hashable, Sendable {
        public var start: Timestamp
        /// No longer part of it.
        public var end: Timestamp
        /// Nil is a hole.
        public var user: String?
    }

    /// Who is on call from one instant to another, without gaps between the shifts. Gives at most
    /// `limit` of them: the last one ends where looking stopped.
    public func shifts(
        from start: Timestamp, to end: Timestamp, limit: Int = 10_000
    ) -> [Shift] {
        var shifts: [Shift] = []
        var now = start
        while now < end, shifts.count < limit {
            let next = min(end, nextChange(after: now) ?? end)
            let user = person(at: now)
            if let last = shifts.last, last.user == user {
                shifts[shifts.count - 1].end = next
            } else {
                shifts.append(Shift(start: now, end: next, user: user))
            }
            now = next
        }
        return shifts
    }

    private func nextChange(after instant: Timestamp) -> Timestamp? {
        let ofOverrides = overrides.flatMap { [$0.start, $0.end] }.filter { $0 > instant }
        let ofLayers = layers.compactMap { $0.nextChange(after: instant) }
        return (ofOverrides + ofLayers).min()
    }
}
