import Alerting
import TestSupport
import Testing
import TimeSeries

@Suite("the pager")
struct PagerTests {
    /// Every channel answers at once as told; the clock goes from one thing to do to the next.
    private struct Run {
        var pager: Pager
        var random = SeededGenerator(seed: 3)
        /// "second channel kind key", of each attempt.
        var log: [String] = []
        private var clock = at(0)

        init(_ channels: [Outbox.Channel]) { pager = Pager(Outbox(channels)) }

        mutating func go(
            until end: Int, _ answer: (Attempt) -> AttemptOutcome = { _ in .accepted }
        ) {
            while let next = pager.nextWake, next <= at(end) {
                clock = max(clock, next)
                _ = pager.advance(at: clock)
                for attempt in pager.takeDue(at: clock).attempts {
                    let entry = attempt.entry
                    log.append(
                        "\(clock.milliseconds / 1000) \(entry.channel) \(entry.kind) \(entry.key)")
                    _ = pager.finish(attempt, answer(attempt), at: clock, using: &random)
                }
            }
            clock = at(end)
        }
    }

    private let channels = ["a", "b", "c"].map { Outbox.Channel(name: $0) }
    private let policy = EscalationPolicy<Destination>(
        levels: [
            .init([Destination(.receiver, "a")], wait: .seconds(60)),
            .init([Destination(.receiver, "b")], wait: .seconds(120)),
        ], loops: 2,
        fallback: [Destination(.receiver, "c")])

    @Test("levels are told one after another, those that know are asked again, and then everybody")
    func levels() {
        var run = Run(channels)
        _ = run.pager.begin("k", .page, to: Audience(ladders: [policy]), at: at(0))
        run.go(until: 400)
        #expect(
            run.log == [
                "0 a trigger k", "60 b trigger k", "180 a update k", "240 b update k",
                "360 c trigger k", "360 a update k", "360 b update k",
            ])
    }

    @Test("nobody else is told once somebody has it, and the end is told to all that know")
    func acknowledged() {
        var run = Run(channels)
        _ = run.pager.begin("k", .page, to: Audience(ladders: [policy]), at: at(0))
        run.go(until: 70)
        run.pager.acknowledge("k", .page, at: at(70))
        run.go(until: 900)
        _ = run.pager.end("k", .page, at: at(900))
        run.go(until: 901)
        #expect(
            run.log == [
                "0 a trigger k", "60 b trigger k", "70 a acknowledge k", "70 b acknowledge k",
                "900 a resolve k", "900 b resolve k",
            ])
    }

    @Test("a level of which nobody can be told is passed over at once")
    func deadLevel() {
        var run = Run(channels)
        _ = run.pager.begin("k", .page, to: Audience(ladders: [policy]), at: at(0))
        run.go(until: 30) { $0.entry.channel == "c" ? .accepted : .status(302, retryAfter: nil) }
        #expect(run.log == ["0 a trigger k", "0 b trigger k", "0 c trigger k"])
    }

    @Test("after twenty pages in a minute the others are told together, each is accounted for")
    func storm() {
        var run = Run(channels)
        for number in 1...57 {
            _ = run.pager.begin("k\(number)", .page, to: Audience(ladders: [policy]), at: at(1))
        }
        _ = run.pager.begin(
            "own", .page, to: Audience(ladders: [policy]), isStormExempt: true, at: at(1))
        run.go(until: 2)
        #expect(run.log.count { $0.contains("trigger k") } == 20)
        #expect(run.log.contains("1 a trigger storm/1") && run.log.contains("1 a trigger own"))
        #expect(run.pager.gathered.map(\.count) == [37])

        for number in 1...57 { _ = run.pager.end("k\(number)", .page, at: at(10)) }
        run.go(until: 300)
        #expect(run.pager.gathered.map(\.firing) == [[]])
        #expect(!run.log.contains { $0.hasSuffix("resolve storm/1") })
        run.go(until: 500)
        #expect(run.pager.gathered.isEmpty)
        #expect(run.log.contains { $0.hasSuffix("a resolve storm/1") })
    }

    @Test("a storm is summed up again every two minutes while it lasts")
    func summaries() {
        var run = Run(channels)
        let calm = EscalationPolicy<Destination>(levels: [
            .init([Destination(.receiver, "a")], wait: .seconds(9999))
        ])
        for second in 0..<300 {
            _ = run.pager.begin("k\(second)", .page, to: Audience(ladders: [calm]), at: at(second))
            run.go(until: second)
        }
        let summaries = run.log.filter { $0.hasSuffix("storm/1") }
        #expect(
            summaries == ["20 a trigger storm/1", "140 a update storm/1", "260 a update storm/1"])
    }

    @Test("the dead man's switch is not told that we are well while no channel takes pages")
    func complaints() {
        var run = Run([Outbox.Channel(name: "a")])
        _ = run.pager.begin(
            "k", .page, to: Audience(direct: [Destination(.receiver, "a")]), isStormExempt: true,
            at: at(0))
        run.go(until: 60) { _ in .status(401, retryAfter: nil) }
        #expect(complaints(of: run.pager, at: 60) == ["no channel takes pages"])
    }

    @Test("nor while a page has waited for more than three minutes")
    func oldPage() {
        var run = Run([Outbox.Channel(name: "a")])
        _ = run.pager.begin(
            "k", .page, to: Audience(direct: [Destination(.receiver, "a")]), isStormExempt: true,
            at: at(0))
        run.go(until: 181) { _ in .unreachable(.timeout) }
        #expect(complaints(of: run.pager, at: 180).isEmpty)
        #expect(complaints(of: run.pager, at: 181) == ["a page has waited for 181 s"])
    }

    private func complaints(of pager: Pager, at second: Int) -> [String] {
        pager.deadManSwitch(
            pageChannels: ["a"], lastEvaluationWasOnTime: true, sinceSync: .zero,
            isClockSane: true, freeBytes: .max, at: at(second)
        ).complaints
    }
}

@Suite("limits of channels")
struct RateLimitTests {
    private func outbox(burst: Int, every: Duration) throws -> Outbox {
        let limit = try #require(RateLimit(burst: burst, every: every))
        return Outbox([Outbox.Channel(name: "a", limit: limit)])
    }

    private func taken(_ outbox: inout Outbox, at now: Timestamp) -> [String] {
        var random = SeededGenerator(seed: 1)
        var keys: [String] = []
        while case let attempts = outbox.takeDue(at: now).attempts, !attempts.isEmpty {
            for attempt in attempts {
                keys.append(attempt.entry.key)
                _ = outbox.finish(attempt, .accepted, at: now, using: &random)
            }
        }
        return keys
    }

    @Test("a burst goes at once, then one each interval, pages first")
    func burst() throws {
        var outbox = try outbox(burst: 2, every: .seconds(5))
        for key in ["t1", "t2", "t3"] { _ = outbox.trigger(key, on: "a", .ticket, at: at(0)) }
        _ = outbox.trigger("p", on: "a", .page, at: at(0))
        #expect(taken(&outbox, at: at(0)) == ["p", "t1"])
        #expect(outbox.nextWake == at(5))
        #expect(taken(&outbox, at: at(4)).isEmpty)
        #expect(taken(&outbox, at: at(5)) == ["t2"])
        #expect(taken(&outbox, at: at(60)) == ["t3"])
    }

    @Test("a clock that jumps back stops nobody for longer than a burst takes")
    func jump() throws {
        var outbox = try outbox(burst: 1, every: .seconds(5))
        _ = outbox.trigger("k", on: "a", .page, at: at(100_000))
        #expect(taken(&outbox, at: at(100_000)) == ["k"])
        _ = outbox.trigger("l", on: "a", .page, at: at(0))
        #expect(taken(&outbox, at: at(0)).isEmpty)
        #expect(taken(&outbox, at: at(5)) == ["l"])
    }

    @Test("no limit lets nothing through", arguments: [(0, 5), (-1, 5), (1, 0), (1, -5)])
    func refused(burst: Int, seconds: Int) {
        #expect(RateLimit(burst: burst, every: .seconds(seconds)) == nil)
    }
}
