import Alerting
import Testing
import TimeSeries

@Suite("tiers of burn rates")
struct BurnTierTests {
    let level: ServiceLevel
    let fast = BurnTier.standard[0]

    init() throws {
        level = try #require(ServiceLevel(objective: 0.999, window: .seconds(30 * 86_400)))
    }

    /// One observation a second after an hour without errors, all bad from then on until `end`.
    private func outage(seconds: Int, then good: Int = 0, of total: Double = 10) -> EventRings {
        var rings = EventRings([RingSize(bucket: .seconds(1), span: .seconds(21_600))], maxGap: nil)
        for second in 0...(3600 + seconds + good) {
            let isBad = second > 3600 && second <= 3600 + seconds
            rings.record(EventCount(bad: isBad ? total : 0, total: total), at: at(second))
        }
        return rings
    }

    @Test(
        "a total outage fires the fast tier after 51.84 s",
        arguments: [(seconds: 51, fires: false), (seconds: 52, fires: true)])
    func onset(seconds: Int, fires: Bool) {
        let reading = fast.reading(level, outage(seconds: seconds), at: at(3600 + seconds))
        #expect(reading.isFiring == fires)
    }

    @Test(
        "when errors stop it ends after 295.7 s, by the short window",
        arguments: [(seconds: 295, fires: true), (seconds: 296, fires: false)])
    func end(seconds: Int, fires: Bool) {
        let reading = fast.reading(
            level, outage(seconds: 300, then: seconds), at: at(3900 + seconds))
        #expect(reading.isFiring == fires)
    }

    @Test("a tier fires strictly above its factor, and not without events")
    func strictness() throws {
        let level = try #require(ServiceLevel(objective: 0.5, window: .seconds(3600)))
        let tier = BurnTier(
            name: "t", severity: .ticket, long: .seconds(60), short: .seconds(30), factor: 1)
        var rings = EventRings(maxGap: nil)
        for second in stride(from: 0, through: 120, by: 15) {
            rings.record(EventCount(bad: 1, total: 2), at: at(second))
        }
        #expect(tier.reading(level, rings, at: at(120)).long == 1)
        #expect(!tier.reading(level, rings, at: at(120)).isFiring)
        let silent = tier.reading(level, rings, at: at(900))
        #expect(silent.long == nil && !silent.isFiring)
    }

    @Test("few bad events and little observation do not wake anyone, unless nobody asked for that")
    func guards() {
        var rings = EventRings(maxGap: .seconds(40))
        rings.record(EventCount(bad: 0, total: 0), at: at(0))
        for second in [15, 30] { rings.record(EventCount(bad: 1, total: 1), at: at(second)) }
        #expect(!fast.reading(level, rings, at: at(30)).isFiring)
        rings.record(EventCount(bad: 1, total: 1), at: at(45))
        #expect(!fast.reading(level, rings, at: at(45)).isFiring)
        var unguarded = fast
        (unguarded.minBad, unguarded.minCoverage) = (0, 0)
        #expect(unguarded.reading(level, rings, at: at(45)).isFiring)
        for second in stride(from: 60, through: 150, by: 15) {
            rings.record(EventCount(bad: 1, total: 1), at: at(second))
        }
        #expect(fast.reading(level, rings, at: at(150)).isFiring)
    }

    @Test("a tier whose factor no burn rate reaches is refused with the arithmetic")
    func unreachable() throws {
        let cache = try #require(ServiceLevel(objective: 0.8, window: .seconds(30 * 86_400)))
        let refusal = try #require(fast.refusal(cache, eventsPerSecond: nil))
        #expect(refusal == .neverFires(fast, cache))
        #expect("\(refusal)".contains("1 / 0.2 = 5, and its factor is 14.4"))
        #expect(fast.refusal(level, eventsPerSecond: nil) == nil)
    }

    @Test("a page on one bad event is refused, and a guard or more traffic heals that")
    func tooEager() throws {
        var tier = fast
        tier.minBad = 0
        #expect(tier.fewestBad(of: 240, level) == 4)
        let refusal = try #require(tier.refusal(level, eventsPerSecond: 1.0 / 60))
        #expect("\(refusal)".contains("floor(14.4 × 0.001 × 60) + 1 = 1"))
        #expect(tier.refusal(level, eventsPerSecond: 1.0 / 15) == nil)
        #expect(fast.refusal(level, eventsPerSecond: 1.0 / 60) == nil)
    }

    @Test("tiers scale with the window of the promise")
    func scaling() {
        let day = fast.scaled(to: .seconds(86_400))
        #expect(day.long == .seconds(120) && day.short == .seconds(10) && day.factor == 14.4)
    }
}

@Suite("quantiles of a window")
struct HistogramRingTests {
    /// Spec's own figures: 950 of 1,000 at or below 100 ms.
    @Test("growth is merged before the quantile is taken", arguments: [(0.95, 100.0), (0.99, 220)])
    func quantile(share: Double, value: Double) throws {
        var ring = HistogramRing(
            bounds: [10, 25, 50, 100, 250, .infinity],
            RingSize(bucket: .seconds(60), span: .seconds(600)))
        ring.record([5, 5, 5, 5, 5, 5], at: at(0))
        ring.record([105, 255, 405, 480, 505, 505], at: at(60))
        // The target restarted: all counters begin again.
        ring.record([100, 250, 400, 475, 500, 500], at: at(120))
        let found = try #require(ring.quantile(share, over: .seconds(120), endingAt: at(120)))
        #expect(abs(found - value) < 1e-9)
    }

    @Test("a window without growth in time has no value, and one without observations is NaN")
    func nothing() throws {
        var ring = HistogramRing(
            bounds: [1, .infinity], RingSize(bucket: .seconds(60), span: .seconds(600)))
        ring.record([3, 4], at: at(0))
        #expect(ring.quantile(0.5, over: .seconds(60), endingAt: at(0)) == nil)
        ring.record([3, 4], at: at(60))
        #expect(try #require(ring.quantile(0.5, over: .seconds(60), endingAt: at(60))).isNaN)
    }
}
