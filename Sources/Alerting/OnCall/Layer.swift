import TimeSeries

/// One rotation of a schedule: people who hand over to one another, all the time or at some hours.
public struct Layer: Hashable, Sendable {
    /// "" for a layer without a name.
    public var name: String
    public var zone: TimeZoneRules
    public var start: LocalTime
    /// Nobody is on call from here on; nil is never.
    public var end: LocalTime?
    public var rotation: Rotation
    public var participants: [String]
    /// Empty means always.
    public var restrictions: [Restriction]

    public init(
        name: String = "", zone: TimeZoneRules, start: LocalTime, end: LocalTime? = nil,
        rotation: Rotation, participants: [String], restrictions: [Restriction] = []
    ) {
        self.name = name
        self.zone = zone
        self.start = start
        self.end = end
        self.rotation = rotation
        self.participants = participants
        self.restrictions = restrictions
    }

    /// Who is on call in this layer, nil where it has nobody.
    public func person(at instant: Timestamp) -> String? {
        guard !participants.isEmpty, let shift = shift(at: instant) else { return nil }
        if let end, instant >= zone.instant(of: end) { return nil }
        guard isOpen(at: instant) else { return nil }
        return participants[Int(shift % Int64(participants.count))]
    }

    /// When the shift with this number begins.
    public func handoff(_ number: Int64) -> Timestamp {
        zone.instant(of: rotation.start(ofShift: number, from: start))
    }

    private func isOpen(at instant: Timestamp) -> Bool {
        restrictions.isEmpty || restrictions.contains { $0.contains(instant, in: zone) }
    }

    /// The last shift that has begun; nil before the first.
    func shift(at instant: Timestamp) -> Int64? {
        // Clocks can jump, in a few places by a whole day: a later shift may have begun already.
        let ahead = zone.local(at: instant).adding(seconds: 2 * LocalTime.secondsPerDay)
        var number = rotation.shift(beginningAfter: ahead, from: start)
        while number >= 0 {
            if handoff(number) <= instant { return number }
            number -= 1
        }
        return nil
    }

    /// The first instant after this one at which the layer may have somebody else.
    func nextChange(after instant: Timestamp) -> Timestamp? {
        var candidates = [handoff((shift(at: instant) ?? -1) + 1)]
        if let end { candidates.append(zone.instant(of: end)) }
        for restriction in restrictions {
            for window in restriction.windows(around: instant, days: 8, in: zone) {
                candidates += [window.lowerBound, window.upperBound]
            }
        }
        return candidates.filter { $0 > instant }.min()
    }
}
