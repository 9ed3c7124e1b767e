import Alerting
import TestSupport
import Testing
import TimeSeries

@Suite("the outbox")
struct OutboxTests {
    /// Runs the outbox from one thing to do to the next; channels answer at once as told.
    private struct Run {
        var outbox: Outbox
        var random = SeededGenerator(seed: 1)
        /// "second channel kind#sequence", of each attempt.
        var log: [String] = []
        var events: [OutboxEvent] = []
        var forms: [Attempt.Form] = []
        private var clock = at(0)

        init(_ outbox: Outbox) { self.outbox = outbox }

        mutating func go(until end: Int, _ answer: (Attempt, Int) -> AttemptOutcome) {
            while let next = outbox.nextWake, next <= at(end) {
                let now = max(next, clock)
                clock = now
                let (attempts, events) = outbox.takeDue(at: now)
                self.events += events
                for attempt in attempts {
                    let entry = attempt.entry
                    log.append(
                        "\(now.milliseconds / 1000) \(entry.channel) \(entry.kind.rawValue)#\(entry.sequence)"
                    )
                    forms.append(attempt.form)
                    self.events += outbox.finish(
                        attempt, answer(attempt, Int(now.milliseconds / 1000)), at: now,
                        using: &random)
                }
            }
        }
    }

    private func run(
        _ channels: [Outbox.Channel] = [.init(name: "a", fallback: "b"), .init(name: "b")]
    )
        -> Run
    { Run(Outbox(channels)) }

    private let down = AttemptOutcome.unreachable(.refused)

    @Test("a page is tried until it is accepted, at growing distances of at most half a minute")
    func backoff() {
        var run = run([.init(name: "a")])
        _ = run.outbox.trigger("k", on: "a", .page, at: at(0))
        var times: [Int64] = []
        while let now = run.outbox.nextWake, now <= at(300) {
            times.append(now.milliseconds)
            for attempt in run.outbox.takeDue(at: now).attempts {
                _ = run.outbox.finish(attempt, down, at: now, using: &run.random)
            }
        }
        let gaps = zip(times.dropFirst(), times).map(-)
        for (index, gap) in gaps.enumerated() {
            let longest = min(Int64(1000) << min(index, 10), 30_000)
            #expect((longest / 2...longest).contains(gap), "gap \(index)")
        }
        #expect(gaps.count > 10)
    }

    @Test("messages to one channel about one episode keep their order, whatever fails")
    func order() {
        var run = run([.init(name: "a")])
        _ = run.outbox.trigger("k", on: "a", .page, at: at(0))
        run.go(until: 1) { _, _ in down }
        run.outbox.acknowledge("k", .page, at: at(2))
        _ = run.outbox.resolve("k", .page, at: at(2))
        run.go(until: 200) { _, second in second < 60 ? down : .accepted }
        let accepted = run.events.compactMap { event in
            if case .accepted(let entry) = event { entry.kind } else { nil }
        }
        #expect(accepted == [.trigger, .acknowledge, .resolve])
        #expect(run.outbox.open.isEmpty && run.outbox.nextWake == nil)
    }

    @Test("a newer update replaces one that was not tried")
    func coalescing() {
        var run = run([.init(name: "a")])
        _ = run.outbox.trigger("k", on: "a", .page, at: at(0))
        _ = run.outbox.update("k", .page, at: at(0))
        #expect(run.outbox.update("k", .page, at: at(0)).count == 1)
        #expect(run.outbox.open.map(\.kind) == [.trigger, .update])
    }

    @Test("what resolved before it could be tried is one message, or a record where one is kept")
    func missed() {
        var run = run([.init(name: "a"), .init(name: "r", keepsRecord: true)])
        for channel in ["a", "r"] { _ = run.outbox.trigger("k", on: channel, .page, at: at(0)) }
        _ = run.outbox.resolve("k", .page, at: at(0))
        run.go(until: 1) { _, _ in .accepted }
        #expect(run.log.sorted() == ["0 a missed#2", "0 r resolve#2", "0 r trigger#1"])
    }

    @Test("nobody hears of the end who did not hear of the beginning")
    func noOrphans() {
        var run = run()
        #expect(run.outbox.resolve("unknown", .page, at: at(0)).isEmpty)
        #expect(run.outbox.open.isEmpty)
        _ = run.outbox.trigger("k", on: "b", .page, at: at(0))
        run.go(until: 10) { _, _ in .status(302, retryAfter: nil) }
        _ = run.outbox.resolve("k", .page, at: at(20))
        #expect(run.outbox.open.isEmpty)
        #expect(run.log == ["0 b trigger#1"])
    }

    @Test("a page that is not taken within a minute goes to the fallback, and both hear of the end")
    func fallback() {
        var run = run()
        _ = run.outbox.trigger("k", on: "a", .page, at: at(0))
        run.go(until: 100) { attempt, _ in attempt.entry.channel == "a" ? down : .accepted }
        #expect(run.log.filter { $0.hasSuffix("b trigger#1") } == ["60 b trigger#1"])
        #expect(run.outbox.oldestPage(at: at(100)) == .seconds(100))
        _ = run.outbox.resolve("k", .page, at: at(101))
        run.go(until: 200) { _, _ in .accepted }
        let ends = run.log.filter { $0.contains("resolve") }.map { $0.split(separator: " ")[1] }
        #expect(Set(ends) == ["a", "b"])
    }

    @Test("a page that somebody has, and a ticket, wait for their channel")
    func noFallback() {
        var run = run()
        _ = run.outbox.trigger("page", on: "a", .page, at: at(0))
        run.outbox.acknowledge("page", .page, at: at(5))
        _ = run.outbox.trigger("ticket", on: "a", .ticket, at: at(0))
        run.go(until: 600) { _, _ in down }
        #expect(!run.log.contains { $0.contains(" b ") })
    }

    @Test("two channels that stand in for one another do not pass a page on for ever")
    func noCircle() {
        var run = run([.init(name: "a", fallback: "b"), .init(name: "b", fallback: "a")])
        _ = run.outbox.trigger("k", on: "a", .page, at: at(0))
        run.go(until: 10_000) { _, _ in .status(302, retryAfter: nil) }
        #expect(run.log == ["0 a trigger#1", "0 b trigger#1"])
        #expect(run.outbox.nextWake == nil)
    }

    @Test(
        "what is refused is tried once in another form, and then elsewhere",
        arguments: [
            (400, Attempt.Form.minimal, false), (401, .freshSecret, true),
            (410, .freshSecret, true),
        ])
    func refused(status: Int, form: Attempt.Form, breaks: Bool) {
        var run = run()
        _ = run.outbox.trigger("k", on: "a", .page, at: at(0))
        run.go(until: 10) { attempt, _ in
            attempt.entry.channel == "a" ? .status(status, retryAfter: nil) : .accepted
        }
        #expect(run.forms == [.full, form, .full])
        #expect(run.outbox.brokenChannels == (breaks ? ["a"] : []))
        #expect(run.events.contains { if case .fellBack(_, "b") = $0 { true } else { false } })
    }

    @Test(
        "a channel that refuses us is tried every five minutes for a ticket, and always for a page")
    func broken() {
        var run = run([.init(name: "a")])
        for index in 0..<2 {
            _ = run.outbox.trigger("t\(index)", on: "a", .ticket, at: at(index * 10))
            run.go(until: index * 10 + 9) { _, _ in .status(403, retryAfter: nil) }
        }
        #expect(run.log.count == 2)
        _ = run.outbox.trigger("p", on: "a", .page, at: at(20))
        run.go(until: 20) { _, _ in .accepted }
        #expect(run.log.last == "20 a trigger#1")
        #expect(run.outbox.brokenChannels.isEmpty)
    }

    @Test("what ended before its channel refused it for good is told to the fallback, once")
    func refusedAfterItsEnd() {
        var run = run()
        _ = run.outbox.trigger("k", on: "a", .page, at: at(0))
        run.go(until: 0) { _, _ in down }
        _ = run.outbox.resolve("k", .page, at: at(0))
        run.go(until: 60) { attempt, _ in
            attempt.entry.channel == "a" ? .status(410, retryAfter: nil) : .accepted
        }
        #expect(run.log.filter { $0.contains(" b ") }.map { $0.suffix(8) } == ["missed#2"])
        #expect(run.outbox.openCount == 0)
    }

    @Test("a certificate that does not hold is a case for the fallback at once")
    func tls() {
        var run = run()
        _ = run.outbox.trigger("k", on: "a", .page, at: at(0))
        run.go(until: 40) { attempt, _ in
            attempt.entry.channel == "a" ? .unreachable(.tls) : .accepted
        }
        #expect(run.log == ["0 a trigger#1", "0 b trigger#1", "30 a trigger#1"])
    }

    @Test(
        "the receiver's wish to wait is granted within bounds",
        arguments: [
            ("7", 7.0...7.0), ("0", 1...1), ("31536000", 300...300), ("-5", 15...30),
            ("soon", 15...30), ("Thu, 01 Jan 1970 00:00:42 GMT", 42...42),
            ("Wed, 31 Dec 1969 23:59:59 GMT", 1...1),
        ])
    func retryAfter(text: String, wait: ClosedRange<Double>) throws {
        var run = run([.init(name: "a")])
        _ = run.outbox.trigger("k", on: "a", .page, at: at(0))
        run.go(until: 0) { _, _ in .status(429, retryAfter: text) }
        #expect(wait.contains(try #require(run.outbox.nextWake).seconds))
    }

    @Test("an end that nobody takes is given up after a day")
    func endOfEnds() {
        var run = run([.init(name: "a")])
        _ = run.outbox.trigger("k", on: "a", .page, at: at(0))
        run.go(until: 0) { _, _ in .accepted }
        _ = run.outbox.resolve("k", .page, at: at(10))
        run.go(until: 200_000) { _, _ in down }
        #expect(run.outbox.open.isEmpty)
        #expect(run.events.contains { if case .dead = $0 { true } else { false } })
    }

    @Test("few attempts are under way at a time, and a slow channel does not hold up another")
    func parallel() {
        var run = run()
        for index in 0..<50 {
            _ = run.outbox.trigger("k\(index)", on: "a", .page, at: at(0))
        }
        #expect(run.outbox.takeDue(at: at(0)).attempts.count == 4)
        #expect(run.outbox.takeDue(at: at(1)).attempts.isEmpty)
        #expect(run.outbox.nextWake == at(60), "only the fallback is left to do")
        _ = run.outbox.trigger("k", on: "b", .ticket, at: at(1))
        #expect(run.outbox.takeDue(at: at(1)).attempts.map(\.entry.channel) == ["b"])
    }

    @Test("pages go before tickets that came first")
    func priority() {
        var run = run([.init(name: "a")])
        for index in 0..<8 { _ = run.outbox.trigger("t\(index)", on: "a", .ticket, at: at(0)) }
        _ = run.outbox.trigger("p", on: "a", .page, at: at(1))
        #expect(run.outbox.takeDue(at: at(1)).attempts.first?.entry.key == "p")
    }

    @Test("when there are too many, the oldest ticket makes room, and never a page")
    func capacity() {
        var run = run([.init(name: "a")])
        _ = run.outbox.trigger("page", on: "a", .page, at: at(0))
        for index in 1..<Outbox.capacity {
            _ = run.outbox.trigger("t\(index)", on: "a", .ticket, at: at(index))
        }
        let events = run.outbox.trigger("one more", on: "a", .page, at: at(20_000))
        #expect(events.count == 1)
        if case .cancelled(let entry)? = events.first { #expect(entry.key == "t1") }
        #expect(run.outbox.open.count == Outbox.capacity)
    }

    @Test(
        "whatever fails, no end comes before its beginning and no page is lost", arguments: 0..<30)
    func invariants(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var run = run([
            .init(name: "a", fallback: "b", keepsRecord: seed.isMultiple(of: 2)),
            .init(name: "b", fallback: "c"), .init(name: "c"),
        ])
        var (begun, told): (Set<String>, [String: [MessageKind]]) = ([], [:])
        for step in 0..<200 {
            let key = "k\(Int.random(in: 0..<5, using: &random))"
            let now = at(step * 20)
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                let name = "\(key)-\(step)"
                begun.insert(name)
                _ = run.outbox.trigger(name, on: "a", .page, at: now)
            case 2: begun.forEach { _ = run.outbox.update($0, .page, at: now) }
            default:
                for name in begun.prefix(2) {
                    _ = run.outbox.resolve(name, .page, at: now)
                    begun.remove(name)
                }
            }
            run.go(until: step * 20 + 19) { attempt, _ in
                let outcome = Self.outcome(&random)
                if outcome == .accepted {
                    told["\(attempt.entry.channel) \(attempt.entry.key)", default: []]
                        .append(attempt.entry.kind)
                }
                return outcome
            }
        }
        begun.forEach { _ = run.outbox.resolve($0, .page, at: at(5000)) }
        run.go(until: 20_000) { attempt, _ in
            told["\(attempt.entry.channel) \(attempt.entry.key)", default: []].append(
                attempt.entry.kind)
            return .accepted
        }
        #expect(run.outbox.nextWake == nil, "seed \(seed)")
        for (who, kinds) in told where kinds != [.missed] {
            #expect(kinds.first == .trigger, "seed \(seed): \(who)")
            #expect(kinds.last == .resolve, "seed \(seed): \(who)")
            #expect(kinds.count { $0 == .trigger } == 1, "seed \(seed): \(who)")
        }
    }

    private static func outcome(_ random: inout SeededGenerator) -> AttemptOutcome {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: .status(500, retryAfter: nil)
        case 1: .status(429, retryAfter: "5")
        case 2: .unreachable(AttemptOutcome.Failure.allCases.randomElement(using: &random) ?? .dns)
        case 3: .badBody
        default: .accepted
        }
    }
}
