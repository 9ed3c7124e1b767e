import Alerting
import PromQL
import TestSupport
import Testing
import TimeSeries

@Suite("the life of an alert")
struct AlertCycleTests {
    /// The states and events of evaluations 30 s apart; nil is no data.
    private func run(
        _ rule: AlertRule, _ values: [Double?], every seconds: Int = 30
    ) -> (states: [String], events: [AlertEvent]) {
        var cycle = AlertCycle()
        var (states, events): ([String], [AlertEvent]) = ([], [])
        for (index, value) in values.enumerated() {
            let event = cycle.evaluate(
                value.map(Finding.value) ?? .noData, by: rule, at: at(index * seconds))
            if let event { events.append(event) }
            states.append(word(cycle.state))
        }
        return (states, events)
    }

    private func word(_ state: AlertState) -> String {
        switch state {
        case .inactive: "-"
        case .pending: "pending"
        case .firing: "firing"
        case .recovering: "recovering"
        }
    }

    @Test("a breach fires once it was observed for the hold, and one good value starts it anew")
    func hold() throws {
        let rule = try rule(hold: 60)
        #expect(run(rule, [95, 95, 95]).states == ["pending", "pending", "firing"])
        #expect(
            run(rule, [95, 95, 50, 95, 95, 95]).events == [
                .pending, .pendingCleared, .pending, .firing,
            ])
    }

    @Test("without a hold the first breach fires, and nobody sees it pending")
    func noHold() throws { #expect(run(try rule(), [95]).events == [.firing]) }

    @Test(
        "an alert ends once it was well for long enough, and a breach in between starts that anew")
    func keepFiring() throws {
        let rule = try rule(hold: 60, keep: 60)
        let life = run(rule, [95, 95, 95, 50, 95, 50, 50, 50, 50])
        #expect(
            life.states == [
                "pending", "pending", "firing", "recovering", "firing", "recovering", "recovering",
                "-", "-",
            ])
        #expect(life.events == [.pending, .firing, .resolved])
    }

    @Test("what fires at a limit ends at the other one")
    func hysteresis() throws {
        let rule = try rule(clear: 80)
        #expect(
            run(rule, [91, 85, 81, 80, 85, 91]).states == [
                "firing", "firing", "firing", "-", "-", "firing",
            ])
    }

    @Test("a limit for the end must be on the safe side")
    func safeSide() {
        #expect(Threshold(.greater, 90, clear: 95) == nil)
        #expect(Threshold(.less, 50, clear: 45) == nil)
        #expect(Threshold(.less, 50, clear: 55) != nil)
        #expect(Threshold(.equal, 1, clear: 2) == nil)
    }

    @Test(
        "each policy says what absent data is",
        arguments: [
            (AlertRule.NoData.ok, ["firing", "-", "-"]), (.alert, ["firing", "firing", "firing"]),
            (.keep, ["firing", "firing", "firing"]),
        ])
    func noData(policy: AlertRule.NoData, states: [String]) throws {
        #expect(run(try rule(noData: policy), [95, nil, nil]).states == states)
    }

    @Test("absent data keeps a state for a quarter of an hour and is a breach after that")
    func keepLimit() throws {
        let rule = try rule(hold: 60)
        let life = run(rule, [50] + [Double?](repeating: nil, count: 33))
        #expect(life.states[29] == "-")
        #expect(life.states[30] == "pending")
        #expect(life.states[32] == "firing")
    }

    @Test("a pending alert makes no progress while nothing is known")
    func pendingKept() throws {
        let life = run(try rule(hold: 60), [95, nil, nil, nil, 95, 95])
        #expect(life.states == ["pending", "pending", "pending", "pending", "pending", "firing"])
    }

    @Test("our own failure changes nothing, and says for how long it has lasted")
    func errors() throws {
        let rule = try rule(noData: .ok)
        var cycle = AlertCycle()
        cycle.evaluate(.value(95), by: rule, at: at(0))
        for index in 1...4 { cycle.evaluate(.error, by: rule, at: at(index * 30)) }
        #expect(cycle.state == .firing)
        #expect(cycle.failing == .seconds(120))
        cycle.evaluate(.value(95), by: rule, at: at(150))
        #expect(cycle.failing == .zero)
    }

    @Test("time that nobody observed counts for nothing")
    func gaps() throws {
        var rule = try rule(hold: 60)
        rule.maxGap = .seconds(75)
        let life = run(rule, [95, 95, 95], every: 7200)
        #expect(life.states == ["pending", "pending", "pending"])
    }

    @Test("after a restart a pending alert starts its hold anew, and a firing one still fires")
    func restart() throws {
        var rule = try rule(hold: 60)
        rule.maxGap = .seconds(75)
        var cycle = AlertCycle()
        for seconds in [0, 30] { cycle.evaluate(.value(95), by: rule, at: at(seconds)) }
        cycle.resume(at: at(4000), by: rule)
        #expect(cycle.state == .pending(breached: .zero))
        for seconds in [4010, 4040, 4070] { cycle.evaluate(.value(95), by: rule, at: at(seconds)) }
        #expect(cycle.state == .firing)
        cycle.resume(at: at(9000), by: rule)
        #expect(cycle.state == .firing)
        #expect(cycle.evaluate(.value(50), by: rule, at: at(9010)) == .resolved)
    }

    @Test(
        "a longer hold does not take back what fires, and each new alert is an episode of its own")
    func episodes() throws {
        var cycle = AlertCycle()
        cycle.evaluate(.value(95), by: try rule(), at: at(0))
        cycle.evaluate(.value(95), by: try rule(hold: 600), at: at(30))
        #expect(cycle.state == .firing)
        cycle.evaluate(.value(1), by: try rule(), at: at(60))
        cycle.evaluate(.value(95), by: try rule(), at: at(90))
        #expect(cycle.episode == 2)
    }

    @Test("an alert that flaps is held open until it is quiet")
    func flapping() throws {
        var rule = try rule()
        rule.holdsFlapping = true
        let values = (0..<20).map { $0.isMultiple(of: 2) ? 95.0 : 50 }
        let life = run(rule, values + [Double](repeating: 50, count: 20))
        #expect(life.events.count { $0 == .firing } < 6)
        #expect(life.events.last == .resolved)
        #expect(life.states.last == "-")
    }
}

@Suite("flapping")
struct FlapHistoryTests {
    /// Weights from Nagios' formula: a change at place i of 20, oldest first, weighs
    /// 0.75 + 0.5 (i − 1) / 19.
    @Test(
        "changes weigh more the newer they are",
        arguments: [
            (changes: 20, share: 1.0), (changes: 3, share: 0.184), (changes: 7, share: 0.410),
        ])
    func share(changes: Int, share: Double) {
        var history = FlapHistory()
        for _ in 0..<21 { history.record(isBreached: false) }
        for index in 0..<changes { history.record(isBreached: index.isMultiple(of: 2)) }
        #expect(abs(history.share - share) < 0.001)
    }

    @Test("it starts at 30 % and stops at 20 %")
    func thresholds() {
        var history = FlapHistory()
        for index in 0..<21 { history.record(isBreached: index.isMultiple(of: 2)) }
        #expect(history.isFlapping)
        var quiet = 0
        while history.isFlapping {
            history.record(isBreached: false)
            quiet += 1
        }
        #expect(history.share <= 0.20)
        #expect((10...20).contains(quiet))
    }
}

@Suite("every history of an alert")
struct AlertHistoryTests {
    /// What may follow what, in the events that people see.
    private static let legal: [AlertEvent?: Set<AlertEvent>] = [
        nil: [.pending, .firing], .pending: [.firing, .pendingCleared], .firing: [.resolved],
        .pendingCleared: [.pending, .firing], .resolved: [.pending, .firing],
    ]

    @Test("is legal, whatever is found and whenever", arguments: 0..<200)
    func legality(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var rule = try rule(
            clear: Bool.random(using: &random) ? 80 : nil,
            hold: Int.random(in: 0...3, using: &random) * 40,
            keep: Int.random(in: 0...3, using: &random) * 40,
            noData: AlertRule.NoData.allCases.randomElement(using: &random) ?? .keep)
        rule.maxGap = Bool.random(using: &random) ? .seconds(90) : nil
        rule.holdsFlapping = Bool.random(using: &random)
        var cycle = AlertCycle()
        var (seconds, last, breach) = (0, AlertEvent?.none, 0)
        for _ in 0..<300 {
            let step = Int.random(in: 1...120, using: &random)
            seconds += step
            let finding = Self.finding(&random)
            let event = cycle.evaluate(finding, by: rule, at: at(seconds))
            if case .value(let value) = finding, value <= 80 { breach = 0 } else { breach += step }
            guard let event else { continue }
            #expect(
                Self.legal[last]?.contains(event) == true,
                "seed \(seed): \(event) after \(String(describing: last))")
            if event == .firing { #expect(.seconds(breach) >= rule.hold, "seed \(seed)") }
            last = event
        }
    }

    private static func finding(_ random: inout SeededGenerator) -> Finding {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: .noData
        case 1: .error
        case 2: .value(.nan)
        case 3, 4, 5, 6: .value(95)
        default: .value(Double.random(in: 0...100, using: &random))
        }
    }
}

func at(_ seconds: Int) -> Timestamp { Timestamp(milliseconds: Int64(seconds) * 1000) }

/// Above 90.
func rule(
    clear: Double? = nil, hold: Int = 0, keep: Int = 0, noData: AlertRule.NoData = .keep
) throws -> AlertRule {
    AlertRule(
        try #require(Threshold(.greater, 90, clear: clear)), hold: .seconds(hold),
        keepFiringFor: .seconds(keep), noData: noData)
}
