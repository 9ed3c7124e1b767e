import Checklist
import FoundationEssentials
import Records
import TestSupport
import Testing
import TimeSeries

@testable import dogwatch

@Suite("When something is looked at again")
struct PaceTests {
    private let cadence = Duration.seconds(900)
    private var wanted = Wanted()

    private func isDue(
        _ paces: Paces<String>, _ wanted: Wanted? = nil, every cadence: Duration? = nil,
        after seconds: Int
    ) -> Bool {
        paces.isDue(
            "api", every: cadence ?? self.cadence, wanted ?? self.wanted,
            at: start + .seconds(seconds))
    }

    private func looked(_ seconds: Int..., by wanted: Wanted? = nil) -> Paces<String> {
        var paces = Paces<String>()
        for second in seconds {
            paces.note("api", wanted ?? self.wanted, at: start + .seconds(second))
        }
        return paces
    }

    @Test("at once when it never was, or is another thing")
    func first() {
        #expect(isDue(Paces(), after: 0))
        #expect(looked(0).isDue("web", every: cadence, wanted, at: start))
    }

    @Test(
        "soon for the second look, which confirms the first",
        arguments: [(seconds: 4, isDue: false), (5, true)])
    func second(seconds: Int, isDue: Bool) {
        #expect(self.isDue(looked(0), after: seconds) == isDue)
    }

    @Test(
        "then at its cadence",
        arguments: [(seconds: 6, isDue: false), (904, false), (905, true), (5000, true)])
    func later(seconds: Int, isDue: Bool) {
        #expect(self.isDue(looked(0, 5), after: seconds) == isDue)
    }

    @Test("at a cadence that is shorter than the confirmation")
    func quick() {
        #expect(!isDue(looked(0), every: .seconds(2), after: 1))
        #expect(isDue(looked(0), every: .seconds(2), after: 2))
        #expect(isDue(looked(0, 2), every: .seconds(2), after: 4))
    }

    @Test("at once for the confirmation that a command waits for, and only for that")
    func urgent() {
        var urgent = wanted
        urgent.isUrgent = true
        #expect(isDue(looked(0), urgent, after: 0))
        #expect(!isDue(looked(0, 1), urgent, after: 2))
    }

    @Test("anew, with a confirmation, when everything is to be looked at again")
    func again() {
        var again = wanted
        again.since = start + .seconds(100)
        var paces = looked(0, 5)
        #expect(isDue(paces, again, after: 100))
        paces.note("api", again, at: start + .seconds(101))
        #expect(!isDue(paces, again, after: 105))
        #expect(isDue(paces, again, after: 106))
        paces.note("api", again, at: start + .seconds(106))
        #expect(!isDue(paces, again, after: 120))
        #expect(isDue(paces, again, after: 1006))
    }

    @Test("at once where the clock was set back, and then at its cadence")
    func setBack() {
        var paces = looked(3600, 3605)
        #expect(isDue(paces, after: 0))
        paces.note("api", wanted, at: start)
        #expect(!isDue(paces, after: 1))
    }

    @Test("from the beginning when it was gone meanwhile")
    func forgotten() {
        var paces = looked(0, 5)
        paces.keep(["web"])
        #expect(isDue(paces, after: 6))
        var kept = looked(0, 5)
        kept.keep(["api", "web"])
        #expect(!isDue(kept, after: 6))
    }
}

@Suite("How often one host is asked")
struct HostBudgetTests {
    @Test("never more than the limit within any window")
    func limit() async {
        let window = Duration.milliseconds(80)
        let budget = HostBudget(limit: 3, window: window)
        var before: [ContinuousClock.Instant] = []
        var after: [ContinuousClock.Instant] = []
        for _ in 0..<10 {
            before.append(.now)
            #expect(await budget.turn(at: "api"))
            after.append(.now)
        }
        for index in 3..<10 { #expect(after[index] - before[index - 3] >= window) }
    }

    @Test("nor when many ask at once")
    func crowd() async {
        let window = Duration.milliseconds(80)
        let budget = HostBudget(limit: 3, window: window)
        let begin = ContinuousClock.now
        let turns = await withTaskGroup { group in
            for _ in 0..<10 { group.addTask { await budget.turn(at: "api") } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(turns == [Bool](repeating: true, count: 10))
        #expect(ContinuousClock.now - begin >= window * 3)
    }

    @Test("a host that has had its share holds up no other")
    func others() async {
        let budget = HostBudget(limit: 1, window: .seconds(600))
        #expect(await budget.turn(at: "api"))
        let waiting = Task { await budget.turn(at: "api") }
        #expect(await budget.turn(at: "web"))
        waiting.cancel()
        #expect(await waiting.value == false)
    }

    @Test("whoever is cancelled gets no turn, and takes none")
    func cancellation() async {
        let budget = HostBudget(limit: 1, window: .seconds(600))
        let never = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await budget.turn(at: "api")
        }
        #expect(await never.value == false)
        #expect(await budget.turn(at: "api"))
    }
}

@Suite("What is kept of runs")
struct RunBookTests {
    @Test("is read in the order in which it came, whatever the clock was set to")
    func order() throws {
        // The keys of records are sorted as text on disk; the clock was set back after the start.
        let steps = (0..<11).map { "p/step-\($0)" }
        let events =
            [RunEvent(plan: "p.md", run: "1", .started, at: start, by: "bea")]
            + steps.map {
                RunEvent(
                    plan: "p.md", run: "1", .latched, at: start - .seconds(3600), by: "the watch",
                    item: $0)
            }
        let records = try events.enumerated().map { index, event in
            StateRecord(
                kind: "run", key: "\(index)/p.md", body: Array(try JSONEncoder().encode(event)))
        }
        let read = RunBook.events(in: records.sorted { $0.key < $1.key })
        #expect(read == events)
        #expect(read.newestRun(of: "p.md")?.latches.count == steps.count)
    }

    @Test("leaves out what cannot be read")
    func damaged() throws {
        let event = RunEvent(plan: "p.md", run: "1", .started, at: start, by: "bea")
        let good = Array(try JSONEncoder().encode(event))
        let records = [
            StateRecord(kind: "run", key: "0/p.md", body: [1, 2]),
            StateRecord(kind: "run", key: "1/p.md", body: good),
            StateRecord(kind: "run", key: "odd", body: Array("{}".utf8)),
        ]
        #expect(RunBook.events(in: records) == [event])
    }
}
