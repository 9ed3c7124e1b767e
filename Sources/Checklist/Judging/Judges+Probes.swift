import TimeSeries

extension Judges {
    /// The checks that run only where somebody allowed them.
    static let probes: [String: Judge] = [
        "http.ratelimit.burst": { $0.eachBurst(burst) },
        "http.ratelimit.keying": { $0.eachBurst(keying) },
        "net.ports.allowlist": { evidence in
            evidence.eachProbe { run -> (String, Outcome)? in
                guard case .ports(let facts) = run.facts else { return nil }
                return (run.host, ports(facts, at: run.at))
            }
        },
    ]

    private static func burst(_ facts: ProbeFacts.Burst, at seen: Timestamp) -> Outcome {
        if let failure = facts.failure { return .unknown(failure, at: seen) }
        if let status = facts.ending, status < 500 {
            return .unknown("status \(status) ended the run", at: seen)
        }
        if let status = facts.ending {
            return Outcome(
                .fail, "status \(status) at request \(facts.sent)", subjects: 1, at: seen)
        }
        guard let refused = facts.refused else {
            return Outcome(
                .fail, "no 429 in \(facts.sent) requests", subjects: facts.sent, at: seen)
        }
        var text = "first 429 at request \(refused) of \(2 * facts.limit + 1)"
        text += facts.retryAfter.map { "; Retry-After \($0)" } ?? "; no Retry-After"
        if facts.hasRecovered != true { text += "; not served again in the next window" }
        let isPlanned = Double(refused) <= 1.1 * Double(facts.limit) + 1
        let isClean = isPlanned && facts.retryAfter != nil && facts.hasRecovered == true
        return Outcome(isClean ? .pass : .warn, text, subjects: facts.sent, at: seen)
    }

    private static func keying(_ facts: ProbeFacts.Burst, at seen: Timestamp) -> Outcome {
        guard facts.refused != nil, let forged = facts.forged else {
            return .unknown("the burst before it met no limit", at: seen)
        }
        if (200..<400).contains(forged) {
            return Outcome(
                .fail, "a forged X-Forwarded-For was served (\(forged))", subjects: 1, at: seen)
        }
        guard let second = facts.second else {
            return .unknown("there is no second test identity", at: seen)
        }
        guard forged == 429 else {
            return .unknown("the forged header met status \(forged)", at: seen)
        }
        let text = "second identity \(second); forged X-Forwarded-For still \(forged)"
        if second == 429 {
            return Outcome(.warn, "\(text): the limit is not each user's", subjects: 2, at: seen)
        }
        guard (200..<400).contains(second) else { return .unknown(text, at: seen) }
        return Outcome(.pass, text, subjects: 2, at: seen)
    }

    private static func ports(_ facts: ProbeFacts.Ports, at seen: Timestamp) -> Outcome {
        let leaks = facts.unwanted.filter(\.value).keys.sorted()
        let missing = facts.wanted.filter { !$0.value }.keys.sorted()
        let open = facts.wanted.filter(\.value).keys.sorted() + leaks
        let closed = facts.unwanted.filter { !$0.value }.keys.sorted()
        let list = { (ports: [Int]) in ports.map { "\($0)" }.joined(separator: " ") }
        let text = "open \(list(open)); closed \(list(closed))"
        let count = facts.wanted.count + facts.unwanted.count
        var outcome: Outcome
        if !leaks.isEmpty {
            outcome = Outcome(
                .fail, "open but not planned: \(list(leaks))", subjects: count, at: seen)
        } else if !missing.isEmpty {
            outcome = .unknown("planned ports do not answer: \(list(missing))", at: seen)
        } else {
            outcome = Outcome(.pass, text, subjects: count, at: seen)
        }
        outcome.control =
            facts.wanted[facts.control] == true
            ? .held : .lost("port \(facts.control), which must answer, does not")
        outcome.vantage = .init(name: "this host", isInside: true)
        return outcome
    }
}

extension Evidence {
    /// The newest run for each place, confirmed by the one before it where that was as good.
    fileprivate func eachProbe(_ judge: (ProbeRun) -> (place: String, Outcome)?) -> [Judged] {
        var newest: [String: Outcome] = [:]
        var order: [String] = []
        for run in surveyed.probes.sorted(by: { $0.at < $1.at }) {
            guard case (let place, var outcome)? = judge(run) else { continue }
            if let earlier = newest[place] {
                outcome.isConfirmed = earlier.verdict.isFavourable && outcome.verdict.isFavourable
            } else {
                order.append(place)
            }
            newest[place] = outcome
        }
        return order.compactMap { place in
            newest[place].map { Judged(target: place, outcome: $0) }
        }
    }

    fileprivate func eachBurst(
        _ body: (ProbeFacts.Burst, Timestamp) -> Outcome
    ) -> [Judged] {
        eachProbe { run -> (String, Outcome)? in
            guard case .burst(let facts) = run.facts else { return nil }
            var outcome = body(facts, run.at)
            outcome.vantage = .init(name: "this host", isInside: true)
            // What is refused later was served first.
            outcome.control =
                facts.refused ?? 0 > 1 ? .held : .lost("not even the first request was served")
            return (facts.url, outcome)
        }
    }
}

extension Catalogue {
    /// The opt-in checks that can run.
    public static let probeChecks: Set<String> = Set(Judges.probes.keys)
}
