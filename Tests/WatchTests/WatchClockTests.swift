import TestSupport
import Testing
import TimeSeries

@testable import Watch

@Suite("the clock of a watch")
struct WatchClockTests {
    private let time = FakeTime(start)

    @Test("is the time of day while nobody sets it, and jumps with it to a later one")
    func forward() {
        let clock = WatchClock(time.source)
        #expect(clock.now() == start)
        time.pass(.seconds(10))
        #expect(clock.now() == start + .seconds(10))
        time.set(by: .seconds(3600))
        #expect(clock.now() == start + .seconds(3610) && clock.lead == .zero)
    }

    @Test("never goes back: it runs on a little slower until the clock has caught up")
    func backward() {
        let clock = WatchClock(time.source)
        _ = clock.now()
        time.set(by: .seconds(-3600))
        var last = clock.now()
        #expect(last == start && clock.lead == .seconds(3600))
        for _ in 0..<(50 * 3600) {
            time.pass(.seconds(1))
            let now = clock.now()
            #expect(now >= last)
            last = now
        }
        #expect(clock.lead < .seconds(1))
        time.pass(.seconds(60))
        #expect(clock.now() == time.source.wall())
        // Looked at many times a second it goes on, too.
        time.set(by: .seconds(-60))
        let before = clock.now()
        for _ in 0..<1000 {
            time.pass(.milliseconds(10))
            _ = clock.now()
        }
        #expect(clock.now().duration(since: before) == .milliseconds(9800))
    }

    @Test("goes on after what was kept, unless that is of another day")
    func begin() {
        let clock = WatchClock(time.source)
        clock.begin(after: start + .seconds(3600))
        #expect(clock.now() > start + .seconds(3600))
        let other = WatchClock(time.source)
        other.begin(after: start + .seconds(365 * 86_400))
        #expect(other.now() == start)
        other.begin(after: start - .seconds(60))
        #expect(other.now() == start)
    }

    @Test("a machine that slept, a clock that was set and time that passed are told apart")
    func looks() {
        var watch = ClockWatch()
        func look() -> ClockWatch.Look { watch.look(at: time.source) }
        _ = look()
        time.pass(.seconds(1))
        var seen = look()
        #expect(seen.passed == .seconds(1) && seen.slept == .zero && seen.step == .zero)
        time.sleep(.seconds(7200))
        seen = look()
        #expect(seen.slept == .seconds(7200) && seen.step == .zero)
        for step in [3600, -3600, 365 * 86_400, -365 * 86_400] {
            time.pass(.seconds(1))
            time.set(by: .seconds(step))
            seen = look()
            #expect(seen.step == .seconds(step) && seen.slept == .zero)
        }
        time.set(by: .seconds(-1))
        #expect(look().step == .zero)
    }
}
