import Alerting
import Testing
import TimeSeries

@Suite("escalations")
struct EscalationTests {
    private let policy = EscalationPolicy(
        levels: [.init(["ana"]), .init([]), .init(["bo", "cy"], wait: .seconds(60))], loops: 2,
        fallback: ["boss", "ana"])

    @Test("levels are told in order, empty ones passed over, then everybody until somebody has it")
    func ladder() {
        var (escalation, told) = Escalation.start(policy, at: at(0))
        #expect(told == ["ana"])
        var log: [String] = []
        for second in stride(from: 0, through: 2600, by: 10) {
            let told = escalation.advance(at: at(second))
            if !told.isEmpty { log.append("\(second) " + told.joined(separator: ",")) }
        }
        #expect(
            log == [
                "300 bo,cy", "360 ana", "660 bo,cy", "720 ana,bo,cy,boss", "1620 ana,bo,cy,boss",
                "2520 ana,bo,cy,boss",
            ])
        escalation.stop()
        #expect(escalation.deadline == nil)
        let late = escalation.advance(at: at(9000))
        #expect(late.isEmpty)
    }

    @Test("after a silence only the level that is due by then is told")
    func restart() {
        var escalation = Escalation.start(policy, at: at(0)).escalation
        let missed = escalation.advance(at: at(370))
        #expect(missed == ["ana"])
        #expect(escalation.deadline == at(660))
        let late = escalation.advance(at: at(50_000))
        #expect(late == ["ana", "bo", "cy", "boss"])
        #expect(escalation.deadline == at(50_900))
    }

    @Test("a level that cannot be reached is passed over at once")
    func unreachable() {
        var escalation = Escalation.start(policy, at: at(0)).escalation
        let next = escalation.skipLevel(at: at(5))
        #expect(next == ["bo", "cy"])
        #expect(escalation.deadline == at(65))
    }

    @Test("a policy without anybody tells the fallback")
    func nobody() {
        let empty = EscalationPolicy<String>(levels: [], fallback: ["boss"])
        #expect(Escalation.start(empty, at: at(0)).told == ["boss"])
    }
}

@Suite("responses")
struct ResponseTests {
    @Test("what runs out is open again, once")
    func expiry() {
        var response = Response.acknowledged(by: "bea", until: at(10))
        let opened = [9, 10, 11].map { response.settle(at: at($0)) }
        #expect(opened == [false, true, false])
        #expect(response == .open)
        response = .acknowledged(by: "bea", until: nil)
        _ = response.settle(at: .distantFuture)
        #expect(response.isTaken)
    }

    @Test("an alert that gets louder is open again")
    func louder() {
        var response = Response.acknowledged(by: "bea", until: nil)
        let lower = response.raise(from: .page, to: .ticket)
        #expect(!lower && response.isTaken)
        let higher = response.raise(from: .ticket, to: .page)
        #expect(higher && response == .open)
    }

    @Test("a snooze ends within a day", arguments: [(0, false), (86_400, true), (86_401, false)])
    func snooze(seconds: Int, isTaken: Bool) {
        #expect((Response.snooze(by: "bea", for: .seconds(seconds), at: at(0)) != nil) == isTaken)
    }
}

@Suite("storms")
struct StormWatchTests {
    @Test("more than 20 pages in a minute are a storm, and fewer than 5 in five minutes its end")
    func storm() {
        var watch = StormWatch()
        for index in 0..<20 { watch.record(at: at(index * 3)) }
        #expect(watch.since == nil)
        watch.record(at: at(60))
        #expect(watch.since == at(60))
        watch.settle(at: at(345))
        #expect(watch.since != nil)
        watch.settle(at: at(350))
        #expect(watch.since == nil)
    }

    @Test("20 pages spread over more than a minute are none")
    func spread() {
        var watch = StormWatch()
        for index in 0..<100 { watch.record(at: at(index * 4)) }
        #expect(watch.since == nil)
    }

    @Test("a storm is summed up at once and every two minutes")
    func summaries() {
        var watch = StormWatch()
        for _ in 0..<21 { watch.record(at: at(0)) }
        let due = stride(from: 0, through: 250, by: 10).filter { watch.takeSummary(at: at($0)) }
        #expect(due == [0, 120, 240])
    }
}

@Suite("the dead man's switch")
struct DeadManSwitchTests {
    private let well = DeadManSwitch(
        lastEvaluationWasOnTime: true, sinceSync: .seconds(30), oldestPage: .seconds(180),
        pageChannels: 2, brokenPageChannels: 1, isClockSane: true, freeBytes: 60_000_000)

    @Test("says that we are well only while everything holds, and else what does not")
    func complaints() {
        #expect(well.complaints.isEmpty)
        let breaks: [(WritableKeyPath<DeadManSwitch, Int>, Int)] = [
            (\.brokenPageChannels, 2), (\.pageChannels, 0),
        ]
        for (path, value) in breaks {
            var state = well
            state[keyPath: path] = value
            #expect(state.complaints == ["no channel takes pages"])
        }
        var state = well
        state.oldestPage = .seconds(181)
        state.freeBytes = 1
        #expect(
            state.complaints == [
                "a page has waited for 181 s", "less than 50 MB are free on the disk",
            ])
    }
}
