import FoundationEssentials
import TestSupport
import Testing
import TimeSeries

@testable import Checklist

@Suite("Judges of opt-in checks")
struct ProbeJudgeTests {
    private func verdict(_ check: String, _ facts: ProbeFacts) throws -> CheckResult {
        var evidence = Evidence(now: start)
        evidence.surveyed.probes = [
            ProbeRun(
                check: check, plan: "p.md", enabledBy: "bea", host: "api.example.com", at: start,
                sent: 1, facts: facts)
        ]
        return try #require(Catalogue[check]?.results(on: evidence).first)
    }

    private func burst(_ change: (inout ProbeFacts.Burst) -> Void) -> ProbeFacts {
        var burst = ProbeFacts.Burst(url: "https://api.example.com/jobs", limit: 100)
        burst.sent = 104
        burst.refused = 101
        burst.retryAfter = 34
        burst.hasRecovered = true
        burst.second = 200
        burst.forged = 429
        change(&burst)
        return .burst(burst)
    }

    @Test("a limit bites where it is planned, or is a reservation, or fails, or is not known")
    func limits() throws {
        let id = "http.ratelimit.burst"
        #expect(try verdict(id, burst { _ in }).verdict == .pass)
        #expect(try verdict(id, burst { $0.refused = 112 }).verdict == .warn)
        #expect(try verdict(id, burst { $0.retryAfter = nil }).verdict == .warn)
        #expect(try verdict(id, burst { $0.hasRecovered = false }).verdict == .warn)
        #expect(try verdict(id, burst { $0.refused = nil }).verdict == .fail)
        #expect(try verdict(id, burst { ($0.refused, $0.ending) = (nil, 503) }).verdict == .fail)
        #expect(try verdict(id, burst { ($0.refused, $0.ending) = (nil, 404) }).verdict == .unknown)
        #expect(try verdict(id, burst { $0.failure = "refused" }).verdict == .unknown)
        #expect(try verdict(id, burst { $0.refused = 1 }).verdict == .unknown, "the control")
        let said = try verdict(id, burst { _ in }).evidence
        #expect(said == "first 429 at request 101 of 201; Retry-After 34")
    }

    @Test("a limit is each user's, or cannot be told without a second identity")
    func keys() throws {
        let id = "http.ratelimit.keying"
        #expect(try verdict(id, burst { _ in }).verdict == .pass)
        #expect(try verdict(id, burst { $0.second = 429 }).verdict == .warn)
        #expect(try verdict(id, burst { $0.forged = 200 }).verdict == .fail)
        #expect(try verdict(id, burst { $0.second = nil }).verdict == .unknown)
        #expect(try verdict(id, burst { $0.second = 500 }).verdict == .unknown)
        #expect(try verdict(id, burst { $0.forged = 500 }).verdict == .unknown)
        #expect(try verdict(id, burst { $0.refused = nil }).verdict == .unknown)
    }

    private func ports(_ wanted: [Int: Bool], _ unwanted: [Int: Bool]) -> ProbeFacts {
        .ports(.init(host: "h", wanted: wanted, unwanted: unwanted, control: 443))
    }

    @Test("only planned ports answer, and the control does")
    func openPorts() throws {
        let id = "net.ports.allowlist"
        let good = ports([443: true, 80: true], [5432: false, 6379: false])
        #expect(try verdict(id, good).verdict == .pass)
        #expect(try verdict(id, good).vantage == "this host")
        #expect(try verdict(id, ports([443: true], [6379: true])).verdict == .fail)
        #expect(try verdict(id, ports([443: false], [6379: false])).verdict == .unknown)
        #expect(try verdict(id, ports([443: true, 80: false], [22: false])).verdict == .unknown)
        #expect(try verdict(id, ports([:], [:])).verdict == .unknown)
    }

    @Test("two runs in a row turn green, also over a restart; an old run is none")
    func confirmed() throws {
        let id = "http.ratelimit.burst"
        func shown(_ runs: [(age: Duration, facts: ProbeFacts)]) -> Verdict? {
            var evidence = Evidence(now: start)
            evidence.surveyed.probes = runs.map { age, facts in
                ProbeRun(
                    check: id, plan: "p.md", enabledBy: "bea", host: "h", at: start - age,
                    sent: 1, facts: facts)
            }
            var memory = ChecklistMemory()
            return memory.look(at: evidence)[id]?.first?.verdict
        }
        let good = burst { _ in }
        let bad = burst { $0.refused = nil }
        #expect(shown([(.hours(1), good)]) == .unknown)
        #expect(shown([(.hours(25), good), (.hours(1), good)]) == .pass)
        #expect(shown([(.hours(25), bad), (.hours(1), good)]) == .unknown)
        #expect(shown([(.hours(25), good), (.hours(1), bad)]) == .fail)
        #expect(shown([(.days(9), good), (.days(8), good)]) == .unknown)
    }

    @Test("runs are written and read as they were")
    func codable() throws {
        for facts in [burst { _ in }, ports([443: true], [22: false])] {
            let run = ProbeRun(
                check: "c", plan: "p", enabledBy: "b", host: "h", at: start, sent: 2, facts: facts)
            let data = try JSONEncoder().encode(run)
            #expect(try JSONDecoder().decode(ProbeRun.self, from: data) == run)
        }
    }
}
