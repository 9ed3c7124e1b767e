import TestSupport
import Testing
import TimeSeries

@testable import Checklist

/// Three steps, each with a check of its own.
private let steps = ["pg.auth.scram", "pg.roles.public-create", "pg.logging.connections"]

private func stepPlan(anyOrder: Bool = false) throws -> BoundPlan {
    try bound("- [ ] first\n- [ ] second\n- [ ] third") { binding in
        binding.life = .run
        binding.checks = [steps[["p/first", "p/second"].firstIndex(of: binding.anchor) ?? 2]]
        binding.anyOrder = anyOrder && binding.anchor == "p/third"
    }
}

private func verdicts(_ plan: BoundPlan, _ results: [Verdict]) -> [ItemVerdict] {
    let results = zip(steps, results).map { result($0, $1) }
    return PlanVerdict(
        of: plan, by: PlanFacts(results: Dictionary(grouping: results, by: \.check)), at: start
    ).items
}

@Suite("A run")
struct RunTests {
    @Test("latches what was verified once, and says when it is no longer so")
    func latching() throws {
        let plan = try stepPlan()
        var run = Run("1.5.0", started: start)
        run.take(verdicts(plan, [.pass, .unknown, .unknown]), of: plan, at: start)
        let later = verdicts(plan, [.fail, .unknown, .unknown])
        run.take(later, of: plan, at: start + .seconds(60))
        let shown = run.shown(later, of: plan)
        #expect(shown[0].state == .latched(at: start, stillTrue: false))
        #expect(shown[0].notes == ["was verified 03:04, no longer true"])
        #expect(run.latches["p/first"]?.evidence == ["seen"])
    }

    @Test("takes steps in order, unless one says that it may come earlier")
    func order() throws {
        let inOrder = try stepPlan()
        var run = Run("1.5.0", started: start)
        let early = verdicts(inOrder, [.unknown, .pass, .pass])
        run.take(early, of: inOrder, at: start)
        #expect(run.latches.isEmpty)
        let shown = run.shown(early, of: inOrder)
        #expect(shown.map(\.state) == [.unknown, .open, .open])
        #expect(shown[2].notes == ["waits for the steps above it"])
        run.take(verdicts(inOrder, [.pass, .pass, .pass]), of: inOrder, at: start)
        #expect(run.latches.count == 3)

        let loose = try stepPlan(anyOrder: true)
        var other = Run("1.5.0", started: start)
        other.take(verdicts(loose, [.unknown, .pass, .pass]), of: loose, at: start)
        #expect(Array(other.latches.keys) == ["p/third"])
    }

    @Test("goes on from a latch whose evidence has turned false")
    func turned() throws {
        let plan = try stepPlan()
        var run = Run("1.5.0", started: start)
        run.take(verdicts(plan, [.pass, .unknown, .unknown]), of: plan, at: start)
        run.take(verdicts(plan, [.fail, .pass, .unknown]), of: plan, at: start + .seconds(60))
        #expect(Set(run.latches.keys) == ["p/first", "p/second"])
    }

    @Test("that is closed takes nothing more, and keeps what was verified in it")
    func closed() throws {
        let plan = try stepPlan()
        var run = Run("1.5.0", started: start)
        run.take(verdicts(plan, [.pass, .unknown, .unknown]), of: plan, at: start)
        run.closed = start + .seconds(60)
        let later = verdicts(plan, [.fail, .pass, .unknown])
        run.take(later, of: plan, at: start + .seconds(120))
        let shown = run.shown(later, of: plan)
        #expect(shown.map(\.state) == [.latched(at: start, stillTrue: true), .open, .open])
        #expect(
            shown.map(\.notes) == [
                [], ["was not verified in 1.5.0"], ["was not verified in 1.5.0"],
            ])
    }

    @Test("that nobody started leaves every step open, whatever is so now")
    func awaited() throws {
        let plan = try bound("- [ ] step\n- [ ] other") { binding in
            binding.checks = [binding.anchor == "p/step" ? steps[0] : steps[1]]
            binding.life = binding.anchor == "p/step" ? .run : .live
        }
        let shown = Run.awaited(verdicts(plan, [.pass, .pass]), of: plan)
        #expect(shown.map(\.state) == [.open, .verified])
        #expect(shown.map(\.notes) == [["no run has been started"], []])
    }

    @Test("counts no signature on a step from before it was started")
    func own() throws {
        let plan = try bound("- [ ] step\n- [ ] other") { binding in
            binding.itemClass = .attest
            binding.life = binding.anchor == "p/step" ? .run : .live
        }
        let run = Run("1.5.0", started: start)
        let hour = Duration.seconds(3600)
        func signed(_ item: Int, _ time: Timestamp) -> Attestation {
            var signature = signature(on: plan, signed: time)
            signature.item = plan.items[item].item.anchor
            signature.textHash = plan.items[item].item.textHash
            return signature
        }
        let all = [
            signed(0, start - hour), signed(0, start), signed(0, start + hour),
            signed(1, start - hour),
        ]
        #expect(run.own(all, of: plan) == Array(all[1...]))
        // The state follows: an old signature leaves the step open.
        func states(_ signatures: [Attestation]) -> [String] {
            let facts = PlanFacts(attestations: run.own(signatures, of: plan))
            return PlanVerdict(of: plan, by: facts, at: start + hour).items.map(\.state.word)
        }
        #expect(states([all[0], all[3]]) == ["open", "attested"])
        #expect(states([all[0], all[2]]) == ["attested", "open"])
    }

    @Test("knows a step that has moved by its old anchor too")
    func ownOfMoved() throws {
        var plan = try stepPlan()
        plan.items[0].item.anchor = "elsewhere/first"
        var old = signature(on: plan)
        old.item = "p/first"
        #expect(Run("1", started: start).own([old], of: plan).isEmpty)
    }
}

@Suite("Events of runs")
struct RunEventTests {
    private func event(
        _ what: RunEvent.What, _ seconds: Int, run: String = "1.5.0", plan: String = "p.md",
        item: String? = nil
    ) -> RunEvent {
        RunEvent(
            plan: plan, run: run, what, at: start + .seconds(seconds), by: "bea", item: item,
            evidence: item.map { ["saw \($0)"] } ?? [])
    }

    @Test("come to the run that was started last")
    func newest() {
        let events = [
            event(.started, 0), event(.latched, 10, item: "p/a"), event(.latched, 20, item: "p/b"),
            event(.closed, 30),
        ]
        #expect(events.newestRun(of: "other.md") == nil)
        #expect([RunEvent]().newestRun(of: "p.md") == nil)
        #expect(events.prefix(1).map(\.self).newestRun(of: "p.md") == Run("1.5.0", started: start))
        #expect(
            events.newestRun(of: "p.md")
                == Run(
                    "1.5.0", started: start, closed: start + .seconds(30),
                    latches: [
                        "p/a": .init(at: start + .seconds(10), evidence: ["saw p/a"]),
                        "p/b": .init(at: start + .seconds(20), evidence: ["saw p/b"]),
                    ]))
    }

    @Test("begin anew with a second start, and only those of that run count")
    func second() throws {
        let events = [
            event(.started, 0), event(.latched, 10, item: "p/a"), event(.closed, 20),
            event(.started, 30, run: "1.6.0"), event(.latched, 40, item: "p/b"),
            event(.latched, 50, run: "1.6.0", plan: "other.md", item: "p/c"),
            event(.closed, 60), event(.latched, 70, run: "1.6.0", item: "p/d"),
        ]
        let run = try #require(events.newestRun(of: "p.md"))
        #expect((run.name, run.started, run.closed) == ("1.6.0", start + .seconds(30), nil))
        #expect(Array(run.latches.keys) == ["p/d"])
    }

    @Test("of a step that is verified or a run that is closed already change nothing")
    func repeated() throws {
        let events = [
            event(.started, 0), event(.latched, 10, item: "p/a"), event(.latched, 15, item: "p/a"),
            event(.latched, 18), event(.closed, 20), event(.latched, 30, item: "p/b"),
            event(.closed, 40),
        ]
        let run = try #require(events.newestRun(of: "p.md"))
        #expect(run.latches.mapValues(\.at) == ["p/a": start + .seconds(10)])
        #expect(run.closed == start + .seconds(20))
        #expect([event(.latched, 0, item: "p/a"), event(.closed, 1)].newestRun(of: "p.md") == nil)
    }

    @Test("are made of the latches that came since an earlier state, and come to the same run")
    func latches() throws {
        let plan = try stepPlan()
        var run = Run("1.5.0", started: start)
        run.take(verdicts(plan, [.pass, .unknown, .unknown]), of: plan, at: start)
        let earlier = run
        run.take(verdicts(plan, [.pass, .pass, .pass]), of: plan, at: start + .seconds(60))
        let new = run.newLatches(since: earlier, plan: "p.md")
        #expect(new.map(\.item) == ["p/second", "p/third"])
        #expect(new.allSatisfy { $0.at == start + .seconds(60) && $0.what == .latched })
        #expect(new.allSatisfy { $0.by == "the watch" && $0.evidence == ["seen"] })
        #expect(run.newLatches(since: run, plan: "p.md").isEmpty)
        let all =
            [event(.started, 0)] + earlier.newLatches(since: Run("", started: start), plan: "p.md")
        #expect((all + new).newestRun(of: "p.md") == run)
    }
}
