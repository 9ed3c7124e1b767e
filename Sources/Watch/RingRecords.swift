import Alerting
import Records
import TimeSeries

/// The observations of one SLO as they are written down: a record an hour, fine for the last hours and
/// coarse before, so that a write is small and no more than one bucket is lost.
struct RingRecords: Sendable {
    static let kind = "slo"
    private static let hour: Int64 = 3_600_000
    private static let fine = RingSize.fine.bucket.milliseconds
    private static let coarse = RingSize.coarse.bucket.milliseconds
    /// Hours that stay fine: the span of the fine ring and the hour that is not full.
    private static let fineHours: Int64 = 7
    private static let mostHours = RingSize.coarse.span.milliseconds / hour + 1

    private let name: String
    private var hours: [Int64: [EventRings.Observation]] = [:]
    private var oldest: Int64?
    private var changed: Set<Int64> = []
    private var expired: [Int64] = []

    init(_ name: String) { self.name = name }

    /// Takes the newest observation; it is written once its bucket is over.
    mutating func note(_ observation: EventRings.Observation?) {
        guard let observation else { return }
        let number = observation.time.milliseconds / Self.hour
        let bucket = observation.time.milliseconds / Self.fine
        if let known = hours[number], let last = known.last,
            last.time.milliseconds / Self.fine == bucket
        {
            hours[number]?[known.count - 1] = observation
            return
        }
        if hours[number] == nil { begin(number) }
        // What was there is complete now.
        changed.insert(number)
        hours[number, default: []].append(observation)
    }

    private mutating func begin(_ number: Int64) {
        oldest = oldest ?? number
        hours[number] = []
        if hours[number - 1] != nil { changed.insert(number - 1) }
        for old in hours.keys where old <= number - Self.fineHours {
            hours[old] = Self.thinned(hours[old] ?? [])
            changed.insert(old)
        }
        while let first = oldest, first <= number - Self.mostHours {
            expired.append(first)
            oldest = first + 1
        }
    }

    /// The last observation of each coarse bucket.
    private static func thinned(
        _ observations: [EventRings.Observation]
    ) -> [EventRings.Observation] {
        var kept: [EventRings.Observation] = []
        for one in observations {
            if let last = kept.last,
                last.time.milliseconds / coarse == one.time.milliseconds / coarse
            {
                kept.removeLast()
            }
            kept.append(one)
        }
        return kept
    }

    /// What changed since this was last asked.
    mutating func take() -> (puts: [StateRecord], removals: [StateRecord.ID]) {
        let puts = changed.sorted().map { number in
            StateRecord(
                kind: Self.kind, key: key(number), body: Self.bytes(of: hours[number] ?? []))
        }
        // Hours that are coarse are written and done with.
        if let newest = hours.keys.max() {
            hours = hours.filter { $0.key > newest - Self.fineHours }
        }
        let removals = expired.map { StateRecord.ID(kind: Self.kind, key: key($0)) }
        (changed, expired) = ([], [])
        return (puts, removals)
    }

    /// The observations of this SLO among records, the oldest first. Goes on from there.
    mutating func restore(_ records: [StateRecord]) -> [EventRings.Observation] {
        let prefix = "\(name)/"
        let own = records.compactMap { record -> (Int64, [EventRings.Observation])? in
            guard record.kind == Self.kind, record.key.hasPrefix(prefix),
                let number = Int64(record.key.dropFirst(prefix.count))
            else { return nil }
            return (number, Self.observations(in: record.body))
        }.sorted { $0.0 < $1.0 }
        oldest = own.first?.0
        for (number, observations) in own.suffix(Int(Self.fineHours)) {
            hours[number] = observations
        }
        return own.flatMap(\.1)
    }

    private func key(_ number: Int64) -> String { "\(name)/\(number)" }

    /// Four numbers of eight bytes each, little-endian.
    private static func bytes(of observations: [EventRings.Observation]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(observations.count * 32)
        for one in observations {
            for word in [
                UInt64(bitPattern: one.time.milliseconds), UInt64(bitPattern: one.observed),
                one.bad.bitPattern, one.total.bitPattern,
            ] {
                withUnsafeBytes(of: word.littleEndian) { bytes += $0 }
            }
        }
        return bytes
    }

    private static func observations(in bytes: [UInt8]) -> [EventRings.Observation] {
        stride(from: 0, to: bytes.count / 32 * 32, by: 32).map { start in
            func word(_ index: Int) -> UInt64 {
                bytes[(start + index * 8)..<(start + index * 8 + 8)].reversed()
                    .reduce(0) { $0 << 8 | UInt64($1) }
            }
            return EventRings.Observation(
                time: Timestamp(milliseconds: Int64(bitPattern: word(0))),
                observed: Int64(bitPattern: word(1)), bad: Double(bitPattern: word(2)),
                total: Double(bitPattern: word(3)))
        }
    }
}
