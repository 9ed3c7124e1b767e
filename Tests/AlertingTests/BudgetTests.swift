import Alerting
import TestSupport
import Testing
import TimeSeries

@Suite("error budgets")
struct BudgetTests {
    let level: ServiceLevel

    init() throws {
        level = try #require(ServiceLevel(objective: 0.999, window: .seconds(86_400)))
    }

    @Test("the budget of 99.9 % over a day is 86.4 s of outage")
    func allowance() { #expect(abs(level.allowedOutage.inSeconds - 86.4) < 1e-6) }

    @Test(
        "no objective leaves no budget, and none promises nothing", arguments: [0, 1, -1, 2, .nan])
    func objectives(objective: Double) {
        #expect(ServiceLevel(objective: objective, window: .seconds(60)) == nil)
    }

    @Test("12 bad polls of 5,760 overspend the budget of a day by 108 %")
    func overspent() throws {
        let rings = polls(5760, bad: Set(100..<112))
        let state = try #require(BudgetState(level, rings, at: at(5760 * 15)))
        #expect(abs(state.remaining - -1.083) < 0.001)
        #expect(!state.isEstimate)
        #expect(state.coverage == 1)
        #expect(state.secondsToExhaustion(burnRate: 2, in: level) == 0)
    }

    @Test(
        "a window that has run in part is scaled: 6 h at a burn rate of 2 spend half of a day's budget"
    )
    func partial() throws {
        let rings = polls(1440, bad: [100, 300, 500])
        let state = try #require(BudgetState(level, rings, at: at(1440 * 15)))
        #expect(state.isEstimate)
        #expect(abs(state.remaining - (1 - 3.0 / 1440 / 0.001 / 4)) < 1e-9)
        let seconds = state.secondsToExhaustion(burnRate: 2, in: level)
        #expect(abs(seconds - state.remaining * 43_200) < 1e-6)
        #expect(state.secondsToExhaustion(burnRate: 0, in: level) == .infinity)
    }

    @Test("without events there is no burn rate and no budget to show")
    func nothing() {
        var rings = EventRings(maxGap: nil)
        #expect(BudgetState(level, rings, at: at(0)) == nil)
        for index in 0..<10 {
            rings.record(EventCount(bad: 0, total: 0), at: at(index * 15))
        }
        #expect(BudgetState(level, rings, at: at(150)) == nil)
    }

    /// Polls every 15 s, these of them bad.
    private func polls(_ count: Int, bad: Set<Int>) -> EventRings {
        var rings = EventRings(maxGap: .seconds(38))
        rings.record(EventCount(bad: 0, total: 0), at: at(0))
        for index in 1...count {
            rings.record(
                EventCount(bad: bad.contains(index) ? 1 : 0, total: 1), at: at(index * 15))
        }
        return rings
    }
}

@Suite("rings of events")
struct EventRingsTests {
    @Test("a window is the difference of its ends, exactly, where its edge is a bucket's end")
    func windows() throws {
        var rings = EventRings(maxGap: nil)
        for index in 0...100 {
            rings.record(EventCount(bad: 1, total: 10), at: at(index * 15))
        }
        let window = try #require(rings.window(.seconds(300), endingAt: at(1500)))
        #expect(window.events == EventCount(bad: 20, total: 200))
        #expect(window.coverage == 1)
    }

    @Test("a hole counts what grew in it, and covers nothing")
    func hole() throws {
        var rings = EventRings(maxGap: .seconds(38))
        for seconds in [0, 15, 30, 230, 245, 260] {
            rings.record(EventCount(bad: 0, total: 7), at: at(seconds))
        }
        let window = try #require(rings.window(.seconds(260), endingAt: at(260)))
        #expect(window.events.total == 35)
        #expect(abs(window.coverage - 60.0 / 260) < 1e-9)
    }

    @Test("the interval at the left edge covers its part of the window")
    func edge() throws {
        var rings = EventRings(maxGap: .seconds(100))
        for seconds in [0, 60, 120] {
            rings.record(EventCount(bad: 0, total: 1), at: at(seconds))
        }
        let window = try #require(rings.window(.seconds(90), endingAt: at(120)))
        #expect(window.coverage == 1)
        let late = try #require(rings.window(.seconds(90), endingAt: at(150)))
        #expect(abs(late.coverage - 60.0 / 90) < 1e-9)
    }

    @Test("an observation from the past is dropped")
    func backwards() throws {
        var rings = EventRings(maxGap: nil)
        for seconds in [0, 60, 30, 90] {
            rings.record(EventCount(bad: 1, total: 1), at: at(seconds))
        }
        let window = try #require(rings.window(.seconds(3600), endingAt: at(90)))
        #expect(window.events.total == 2)
    }

    @Test("a ring equals plain differences, off by less than one bucket", arguments: 0..<50)
    func reference(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var rings = EventRings(maxGap: nil)
        var (times, totals) = ([Int](), [0.0])
        var seconds = Int.random(in: 0..<1000, using: &random)
        for _ in 0..<2000 {
            let growth = times.isEmpty ? 0 : Double(Int.random(in: 0...20, using: &random))
            rings.record(EventCount(bad: 0, total: growth), at: at(seconds))
            times.append(seconds)
            totals.append((totals.last ?? 0) + growth)
            let isHole = Int.random(in: 0..<100, using: &random) == 0
            seconds += Int.random(in: 1...(isHole ? 9000 : 20), using: &random)
        }
        totals.removeFirst()
        let now = times[times.count - 1]
        for length in [300, 1800, 3600, 21_600] {
            let left = now - length
            let ring = try #require(rings.window(.seconds(length), endingAt: at(now))).events.total
            let exact = { (edge: Int) -> Double in
                let index = times.lastIndex { $0 <= edge } ?? 0
                return totals[totals.count - 1] - totals[index]
            }
            #expect(exact(left) <= ring && ring <= exact(left - 15), "seed \(seed), \(length) s")
        }
    }

    @Test("35 days of buckets take the memory of the first one")
    func constantMemory() throws {
        var rings = EventRings(maxGap: nil)
        for index in 0..<20_000 {
            rings.record(EventCount(bad: 1, total: 4), at: at(index * 300))
        }
        let now = at(19_999 * 300)
        for days in [1, 3, 30] {
            let window = try #require(rings.window(.seconds(days * 86_400), endingAt: now))
            #expect(
                window.events == EventCount(bad: Double(days) * 288, total: Double(days) * 1152))
        }
    }
}

@Suite("growth of counters")
struct CounterGrowthTests {
    private func series(_ name: String, _ value: Double) -> (labels: Labels, value: Double) {
        (["series": name], value)
    }

    @Test("counting starts with the first collection, and a fall is a restart from zero")
    func resets() {
        var growth = CounterGrowth()
        let values: [(Double, Double)] = [(100, 0), (130, 30), (20, 20), (20, 0), (25, 5)]
        for (value, expected) in values { #expect(growth.add([series("1", value)]) == expected) }
    }

    @Test(
        "a series that appears later was born at zero; one that was missing goes on from where it was"
    )
    func births() {
        var growth = CounterGrowth()
        #expect(growth.add([series("1", 100)]) == 0)
        #expect(growth.add([series("1", 101), series("2", 7)]) == 8)
        #expect(growth.add([series("1", 101)]) == 0)
        #expect(growth.add([series("1", 101), series("2", 9)]) == 2)
        #expect(growth.add([]) == 0)
        #expect(growth.add([series("1", 3), series("2", 9)]) == 3)
    }

    @Test("NaN is no value")
    func nan() {
        var growth = CounterGrowth()
        #expect(growth.add([(Labels(), .nan)]) == 0)
        #expect(growth.add([(Labels(), 3)]) == 3)
    }
}
