import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Watch

@Suite("when a target is collected")
struct ScheduleTests {
    private func schedule(_ kind: TargetKind = .http, name: String = "api") -> Schedule {
        Schedule(
            spec: TargetSpec(
                id: TargetID(kind, name), interval: .seconds(5),
                settings: .http(HTTPSettings(url: "http://127.0.0.1"))))
    }

    @Test("starts lie on a grid of the interval, whatever a collection took")
    func grid() {
        let schedule = schedule()
        var next = schedule.phase
        for took in [10, 900, 4_000, 30] {
            let after = schedule.next(after: next + .milliseconds(took), failures: 0)
            #expect(after - next == .seconds(5))
            next = after
        }
    }

    @Test("a collection that overran takes the next grid point, not two at once")
    func overrun() {
        let schedule = schedule()
        let next = schedule.next(after: schedule.phase + .seconds(12), failures: 0)
        #expect(next == schedule.phase + .seconds(15))
    }

    @Test("ids spread over the interval")
    func spread() {
        let phases = (0..<1000).map { schedule(name: "t\($0)").phase / .seconds(5) }
        let halves = phases.count { $0 < 0.45 }
        #expect((400...600).contains(halves))
        #expect(phases.allSatisfy { (0..<0.9).contains($0) })
    }

    @Test(
        "a failing connection is tried less often, a failing probe as ever",
        arguments: [
            (TargetKind.postgres, 1, 5), (.postgres, 2, 10), (.postgres, 3, 15), (.redis, 60, 15),
            (.http, 60, 5), (.tcp, 3, 5),
        ])
    func backOff(kind: TargetKind, failures: Int, seconds: Int) {
        let schedule = schedule(kind)
        let next = schedule.next(after: schedule.phase + .milliseconds(1), failures: failures)
        #expect(next - schedule.phase == .seconds(seconds))
    }
}

@Suite("short histories")
struct HistoryRingTests {
    @Test("jitter leaves no gap, a missed step does")
    func gaps() {
        var ring = HistoryRing(step: .seconds(5))
        for (index, offset) in [0.0, 5.9, 9.1, 20].enumerated() {
            ring.record(Double(index), at: start + .seconds(offset))
        }
        #expect(ring.history.values == [0, 1, 2, nil, 3])
    }

    @Test("a failed step is a gap, and the ring is bounded")
    func bounds() {
        var ring = HistoryRing(step: .seconds(1))
        for index in 0..<1000 { ring.record(index == 999 ? nil : 1, at: start + .seconds(index)) }
        #expect(ring.history.values.count == HistoryRing.capacity)
        #expect(ring.history.values.last == .some(nil))
    }

    @Test("a clock that went back starts over")
    func clockBack() {
        var ring = HistoryRing(step: .seconds(1))
        ring.record(1, at: start)
        ring.record(2, at: start - .seconds(3600))
        #expect(ring.history.values == [2])
    }
}
