import Alerting
import TestSupport
import Testing
import TimeSeries

@Suite("an alert with people and suppressions")
struct IncidentTests {
    static let rule: AlertRule = {
        guard let limit = Threshold(.greater, 90) else { fatalError("no clear limit is unsafe") }
        return AlertRule(limit)
    }()
    let silenced: Set<Suppression> = [.silence("s")]

    private func fired() -> Incident {
        var incident = Incident()
        _ = incident.evaluate(.value(95), by: Self.rule, at: at(0))
        return incident
    }

    @Test("what fires while it is suppressed is held, and released when it fires still")
    func release() {
        var incident = Incident()
        #expect(incident.suppress(silenced).isEmpty)
        #expect(incident.evaluate(.value(95), by: Self.rule, at: at(0)) == [.hold(episode: 1)])
        #expect(incident.suppress(silenced.union([.maintenance("m")])).isEmpty)
        #expect(incident.suppress([]) == [.release(episode: 1)])
        #expect(
            incident.evaluate(.value(1), by: Self.rule, at: at(30))
                == [.stopEscalation, .resolve(episode: 1)])
    }

    @Test("what resolves before anybody was told is cancelled, and its end is not told")
    func cancel() {
        var incident = Incident()
        _ = incident.suppress(silenced)
        _ = incident.evaluate(.value(95), by: Self.rule, at: at(0))
        #expect(incident.evaluate(.value(1), by: Self.rule, at: at(30)) == [.cancel(episode: 1)])
        #expect(incident.suppress([]).isEmpty)
    }

    @Test("the end of what was told is told in spite of a suppression")
    func endUnderSilence() {
        var incident = fired()
        #expect(incident.suppress(silenced).isEmpty)
        #expect(
            incident.evaluate(.value(1), by: Self.rule, at: at(30))
                == [.stopEscalation, .resolve(episode: 1)])
    }

    @Test("what breaches again after its end is a new episode")
    func again() {
        var incident = fired()
        _ = incident.evaluate(.value(1), by: Self.rule, at: at(30))
        let effects = incident.evaluate(.value(95), by: Self.rule, at: at(60))
        #expect(effects == [.trigger(episode: 2)])
    }

    @Test("what a person ended comes back after it was well once, or after five minutes")
    func latch() {
        var incident = fired()
        #expect(incident.endByHand(at: at(10)) == [.stopEscalation, .resolve(episode: 1)])
        var other = incident
        #expect(incident.evaluate(.value(95), by: Self.rule, at: at(30)).isEmpty)
        #expect(incident.evaluate(.error, by: Self.rule, at: at(60)).isEmpty)
        #expect(incident.evaluate(.value(95), by: Self.rule, at: at(309)).isEmpty)
        #expect(
            incident.evaluate(.value(95), by: Self.rule, at: at(310)) == [.trigger(episode: 2)])
        #expect(other.evaluate(.value(1), by: Self.rule, at: at(30)).isEmpty)
        #expect(other.evaluate(.value(95), by: Self.rule, at: at(60)) == [.trigger(episode: 2)])
    }

    @Test("an acknowledgement that runs out asks again, and so does a louder alert")
    func response() {
        var incident = fired()
        let taken: [IncidentEffect] = [.stopEscalation, .acknowledge(episode: 1)]
        #expect(incident.acknowledge(by: "ana", until: at(60)) == taken)
        #expect(incident.settle(at: at(59)).isEmpty)
        #expect(
            incident.evaluate(.value(95), by: Self.rule, at: at(60)) == [.reopen(episode: 1)])
        #expect(incident.unacknowledge().isEmpty)
        #expect(incident.snooze(by: "ana", for: .seconds(90_000), at: at(61)).isEmpty)
        #expect(incident.snooze(by: "ana", for: .seconds(60), at: at(61)) == taken)
        #expect(incident.raise(from: .page, to: .ticket).isEmpty)
        #expect(incident.raise(from: .ticket, to: .page) == [.reopen(episode: 1)])
    }

    @Test("whatever happens, an end follows its beginning and nobody hears of one twice")
    func order() {
        for seed in 1...200 as ClosedRange<UInt64> {
            var random = SeededGenerator(seed: seed)
            var (incident, told, ended) = (Incident(), Set<Int>(), Set<Int>())
            for step in 0..<200 {
                for effect in act(on: &incident, at: at(step * 20), using: &random) {
                    switch effect {
                    case .trigger(let episode), .release(let episode):
                        #expect(told.insert(episode).inserted, "seed \(seed)")
                        #expect(incident.cycle.state.isFiring, "seed \(seed)")
                    case .resolve(let episode):
                        let isInOrder = told.contains(episode) && ended.insert(episode).inserted
                        #expect(isInOrder, "seed \(seed)")
                    case .cancel(let episode):
                        #expect(!told.contains(episode), "seed \(seed)")
                    case .acknowledge(let episode):
                        #expect(told.contains(episode), "seed \(seed)")
                    case .hold, .reopen, .stopEscalation: break
                    }
                }
            }
        }
    }

    private func act(
        on incident: inout Incident, at now: Timestamp, using random: inout SeededGenerator
    ) -> [IncidentEffect] {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: incident.suppress(silenced)
        case 1: incident.suppress([])
        case 2: incident.acknowledge(by: "ana", until: now + .seconds(90))
        case 3: incident.endByHand(at: now)
        case 4: incident.unacknowledge()
        default:
            incident.evaluate(
                Bool.random(using: &random) ? .value(95) : .value(5), by: Self.rule, at: now)
        }
    }
}

@Suite("fingerprints")
struct FingerprintTests {
    @Test("they tell apart rules, names and values, however these are cut")
    func differ() {
        let all = [
            Fingerprint(rule: "a", ["b": "c"]), Fingerprint(rule: "ab", ["c": "c"]),
            Fingerprint(rule: "a", ["bc": "c"]), Fingerprint(rule: "a", ["b": "cc"]),
            Fingerprint(rule: "a", [:]), Fingerprint(rule: "a", ["b": "c", "d": "e"]),
        ]
        #expect(Set(all).count == all.count && all.repeated.isEmpty)
        #expect((all + [all[0]]).repeated == [all[0]])
    }

    /// Computed with another SHA-256 over 00000001 "a" 00000001 "b" 00000001 "c".
    @Test("they are the same on every machine, whatever the order of the labels")
    func stable() {
        let print = Fingerprint(rule: "a", ["b": "c"])
        #expect(
            print.description == "db0a8b920d42f074b0a75e382383d31fe730dd7d49e915a452f71b020e8417dc")
        #expect(
            Fingerprint(rule: "r", ["x": "1", "a": "2"])
                == Fingerprint(rule: "r", ["a": "2", "x": "1"]))
    }

    @Test("a key names the instance and the episode, and stays short")
    func key() {
        let print = Fingerprint(rule: "a", ["b": "c"])
        #expect(print.key(of: 7, instance: "web") == "dogwatch/web/\(print.short)/7")
        #expect(print.key(of: .max, instance: String(repeating: "x", count: 999)).count <= 255)
    }
}
