import Alerting
import TestSupport
import Testing
import TimeSeries

@Suite("alerts of an SLO")
struct BudgetAlertTests {
    private let level: ServiceLevel
    private let fast = BurnTier(
        name: "fast", severity: .page, long: .seconds(3600), short: .seconds(300), factor: 14.4,
        minBad: 3, minCoverage: 0.5)

    init() throws {
        level = try #require(ServiceLevel(objective: 0.999, window: .seconds(30 * 86_400)))
    }

    /// A poll each 15 s, of which those from `bad` fail; gives "second effect" of the tier.
    private func log(bad: Range<Int>, until end: Int) -> [String] {
        var (rings, alerts) = (EventRings(maxGap: nil), BudgetAlerts(level, [fast]))
        var log: [String] = []
        for second in stride(from: 0, through: end, by: 15) {
            let isBad = bad.contains(second)
            rings.record(EventCount(bad: isBad ? 1 : 0, total: 1), at: at(second))
            for change in alerts.evaluate(rings, at: at(second)) where change.name == .burn("fast")
            {
                log += change.effects.map { "\(second) \($0)" }
            }
        }
        return log
    }

    /// 14.4 × 0.001 of an hour are 51.84 s of a total outage: four polls of 15 s.
    @Test("a total outage pages after 52 s of it, and ends when the short window is clean")
    func outage() {
        let log = log(bad: 7200..<7500, until: 9000)
        #expect(log.first == "7245 trigger(episode: 1)")
        #expect(log.last == "7785 resolve(episode: 1)")
    }

    @Test("two bad polls page nobody, as the tier asks for three")
    func fewBad() { #expect(log(bad: 30..<60, until: 900).isEmpty) }

    @Test("what is left of the budget has a ticket and a page, which end only with more left")
    func budget() throws {
        let day = try #require(ServiceLevel(objective: 0.99, window: .seconds(86_400)))
        var (rings, alerts) = (EventRings(maxGap: nil), BudgetAlerts(day, []))
        var log: [String] = []
        // 57.6 bad polls are the budget of a day: 44 leave 24 %, and 58 nothing. One each five minutes.
        for poll in 0...5760 * 2 {
            let isBad = (4000..<5160).contains(poll) && poll.isMultiple(of: 20)
            let now = at(poll * 15)
            rings.record(EventCount(bad: isBad ? 1 : 0, total: 1), at: now)
            for change in alerts.evaluate(rings, at: now) {
                let (name, effect) = (change.name, change.effects.last)
                log.append("\(name) \(effect.map { "\($0)" } ?? "")")
            }
        }
        #expect(
            log == [
                "low trigger(episode: 1)", "breach trigger(episode: 1)",
                "breach resolve(episode: 1)", "low resolve(episode: 1)",
            ])
        #expect(alerts.severity(of: .breach) == .page && alerts.severity(of: .low) == .ticket)
    }

    @Test("a month of the calendar begins anew with its whole budget")
    func calendar() throws {
        let window = CalendarWindow(.month, in: .utc)
        // 2025-02-28T23:00Z, and the month after.
        let before = try #require(Timestamp(rfc3339: "2025-02-28T23:00:00Z"))
        let range = window.range(containing: before)
        #expect(range.lowerBound.rfc3339 == "2025-02-01T00:00:00Z")
        #expect(range.upperBound.rfc3339 == "2025-03-01T00:00:00Z")
        var rings = EventRings(maxGap: nil)
        rings.record(EventCount(bad: 0, total: 0), at: before)
        rings.record(EventCount(bad: 50, total: 100), at: before + .seconds(1800))
        rings.record(EventCount(bad: 0, total: 100), at: before + .seconds(5400))
        let old = try #require(BudgetState(level, rings, in: window, at: before + .seconds(1800)))
        #expect(old.remaining < 0 && old.isEstimate)
        let new = try #require(BudgetState(level, rings, in: window, at: before + .seconds(5400)))
        #expect(new.remaining == 1)
    }

    @Test("a slice is good when all of it is, and one without measurements is none")
    func slices() throws {
        let limit = try #require(Threshold(.less, 100))
        var counter = try #require(SliceCounter(limit))
        var ended: [String] = []
        let values: [(Int, Double?)] = [
            (0, 50), (30, 60), (60, 50), (90, 150), (120, nil), (200, 70), (240, nil), (300, 1),
        ]
        for (second, value) in values {
            if let (slice, end) = counter.record(value, at: at(second)) {
                ended.append("\(end.milliseconds / 1000) \(slice.bad) of \(slice.total)")
            }
        }
        #expect(ended == ["60 0.0 of 1.0", "120 1.0 of 1.0", "240 0.0 of 1.0"])
        counter.dropOpenSlice()
        #expect(counter.record(1, at: at(360)) == nil)
        #expect(SliceCounter(limit, every: .milliseconds(999)) == nil)
    }
}

@Suite("rings as bytes")
struct RingBytesTests {
    private let sizes = [
        RingSize(bucket: .seconds(15), span: .seconds(600)),
        RingSize(bucket: .seconds(60), span: .seconds(7200)),
    ]

    private func rings(_ polls: Int) -> EventRings {
        var (rings, random) = (EventRings(sizes, maxGap: .seconds(40)), SeededGenerator(seed: 7))
        for poll in 0..<polls {
            let total = Double.random(in: 0...100, using: &random)
            rings.record(
                EventCount(bad: total * 0.1, total: total),
                at: at(poll * 15 + (poll > 100 ? 200 : 0)))
        }
        return rings
    }

    @Test("what was written reads back, and goes on alike", arguments: [0, 1, 30, 1000])
    func roundTrip(polls: Int) throws {
        var before = rings(polls)
        var after = try EventRings(before.bytes, sizes, maxGap: .seconds(40))
        #expect(after.start == before.start && after.bytes == before.bytes)
        for second in stride(from: polls * 15 + 200, to: polls * 15 + 1000, by: 15) {
            for window in [60, 600, 7200].map(Duration.seconds) {
                let (old, new) = (
                    before.window(window, endingAt: at(second)),
                    after.window(window, endingAt: at(second))
                )
                #expect(old?.events == new?.events && old?.coverage == new?.coverage)
            }
            before.record(EventCount(bad: 1, total: 2), at: at(second))
            after.record(EventCount(bad: 1, total: 2), at: at(second))
        }
    }

    @Test("a bit that fell over, and every cut, is noticed")
    func damaged() {
        let bytes = rings(40).bytes
        var random = SeededGenerator(seed: 11)
        for _ in 0..<500 {
            var other = bytes
            other[Int.random(in: 12..<bytes.count, using: &random)] ^=
                1 << UInt8.random(in: 0..<8, using: &random)
            #expect(throws: RingFault.damaged) { try EventRings(other, sizes, maxGap: nil) }
        }
        for count in 0..<bytes.count {
            #expect(throws: RingFault.self) {
                try EventRings(Array(bytes.prefix(count)), sizes, maxGap: nil)
            }
        }
    }

    @Test("another version, other sizes and something else are told apart")
    func others() {
        var bytes = rings(40).bytes
        #expect(throws: RingFault.otherSizes) { try EventRings(bytes, maxGap: nil) }
        bytes[8] = 9
        #expect(throws: RingFault.otherVersion(9)) { try EventRings(bytes, sizes, maxGap: nil) }
        #expect(throws: RingFault.notRings) {
            try EventRings(Array("hello, world".utf8), sizes, maxGap: nil)
        }
    }
}
