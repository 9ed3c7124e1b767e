import PromQL
import TimeSeries

extension Judges {
    /// What the watch is judged by itself.
    static let watch: [String: Judge] = [
        "prom.rules.loaded": { $0.judgeWatch(rules) },
        "prom.rules.runbooks": { evidence in
            evidence.judgeWatch { runbooks($0, evidence.surveyed.runbooks, at: $1) }
        },
        "oncall.now": { $0.judgeWatch(shifts) },
        "alert.watchdog": { $0.judgeWatch(farEnd) },
        "deploy.watch-window": { evidence in
            var outcome = watchWindow(evidence)
            outcome.interval = slow["deploy.watch-window"]
            return [Judged(target: "", outcome: outcome)]
        },
    ]

    private static func rules(_ facts: WatchFacts, at now: Timestamp) -> Outcome {
        guard !facts.rules.isEmpty else { return .unknown("no rule is loaded", at: now) }
        guard !facts.kpis.isEmpty else { return .unknown("no KPI is configured", at: now) }
        let count = facts.rules.count
        if let fresh = facts.rules.first(where: { !$0.isEvaluated }) {
            return .unknown("\(fresh.name) was not evaluated yet", at: now)
        }
        if let broken = facts.rules.first(where: { $0.failure != nil }) {
            return Outcome(
                .fail, "\(broken.name): \(broken.failure ?? "")", subjects: count, at: now)
        }
        let read = facts.rules.map { (isOwn: $0.isOwn, metrics: metrics($0.query)) }
        let wanted = facts.kpis.map { (name: $0.name, metrics: metrics($0.query)) }
        let loose = wanted.filter { kpi in
            read.allSatisfy { $0.metrics.isDisjoint(with: kpi.metrics) }
        }.map(\.name)
        let bound = "\(facts.kpis.count - loose.count)/\(facts.kpis.count) KPIs have a rule"
        guard loose.isEmpty else {
            return Outcome(
                .fail, "\(bound); not: \(loose.prefix(3).joined(separator: ", "))",
                subjects: count, at: now)
        }
        let isOwnAlone = wanted.contains { kpi in
            read.allSatisfy { $0.isOwn || $0.metrics.isDisjoint(with: kpi.metrics) }
        }
        return Outcome(
            isOwnAlone ? .warn : .pass,
            "\(count) rules ok; \(bound)\(isOwnAlone ? ", some in config.toml alone" : "")",
            subjects: count, at: now)
    }

    private static func metrics(_ query: String) -> Set<String> {
        Set((try? Expression(parsing: query))?.metrics ?? [])
    }

    private static func runbooks(
        _ facts: WatchFacts, _ reached: [String: Bool], at now: Timestamp
    ) -> Outcome {
        let count = facts.rules.count
        guard count > 0 else { return .unknown("no rule is loaded", at: now) }
        let bare = facts.rules.filter { $0.runbook == nil }.map(\.name)
        guard bare.isEmpty else {
            let more = bare.count > 3 ? " and \(bare.count - 3) more" : ""
            return Outcome(
                .fail, "without a runbook: \(bare.prefix(3).joined(separator: ", "))\(more)",
                subjects: count, at: now)
        }
        let links = Set(facts.rules.compactMap(\.runbook))
        let known = links.filter { reached[$0] != nil }
        guard known.count == links.count else {
            return .unknown("\(known.count) of \(links.count) runbooks were looked for", at: now)
        }
        let dead = links.filter { reached[$0] == false }.sorted()
        let text = "\(count)/\(count) linked, \(links.count - dead.count)/\(links.count) reachable"
        return Outcome(
            dead.isEmpty ? .pass : .warn, dead.first.map { "\(text); not: \($0)" } ?? text,
            subjects: count, at: now)
    }

    private static func shifts(_ facts: WatchFacts, at now: Timestamp) -> Outcome {
        let count = facts.shifts.count
        guard count > 0 else { return .unknown("there is no schedule", at: now) }
        func fail(_ text: String) -> Outcome { Outcome(.fail, text, subjects: count, at: now) }
        if let empty = facts.shifts.first(where: { $0.now == nil }) {
            return fail("\(empty.schedule): nobody is on call now")
        }
        if let holed = facts.shifts.first(where: { $0.hole != nil }), let hole = holed.hole {
            return fail("\(holed.schedule): a hole in \(ageText(hole.duration(since: now)))")
        }
        guard facts.hasSecond else { return fail("no escalation has a second step") }
        let people = facts.shifts.compactMap(\.now).joined(separator: ", ")
        return Outcome(.supports, "now: \(people); 0 holes in 7 d", subjects: count, at: now)
    }

    private static func farEnd(_ facts: WatchFacts, at now: Timestamp) -> Outcome {
        guard let deadMan = facts.deadMan else {
            return .unknown("nobody outside is told that the watch lives: [dead_man]", at: now)
        }
        guard let last = deadMan.lastPing else {
            return .unknown("no sign of life was taken yet", at: now)
        }
        let age = now.duration(since: last)
        let verdict: Verdict =
            age <= deadMan.interval * 2 ? .pass : age <= deadMan.interval * 4 ? .warn : .fail
        return Outcome(verdict, "taken \(ageText(age)) ago", subjects: 1, at: now)
    }
}

extension Evidence {
    fileprivate func judgeWatch(_ body: (WatchFacts, Timestamp) -> Outcome) -> [Judged] {
        guard let watch else { return [] }
        return [Judged(target: "", outcome: body(watch, now))]
    }
}
