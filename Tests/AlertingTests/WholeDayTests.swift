import Alerting
import Testing
import TestSupport
import TimeSeries

/// A whole watch of 24 hours, on a clock of its own, with receivers that fail and restarts.
@Suite("a day at the desk")
struct WholeDayTests {
    @Test(
        "what is kept does not grow from hour to hour, and in the end all is told", arguments: 0..<2
    )
    func flat(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var plan = DeskRun.plan
        plan.route = Route(
            to: RouteTarget(
                destinations: [.page: [Destination(.receiver, "ntfy")]], groupBy: ["instance"]))
        var desk = DeskRun(plan)
        let names = (0..<12).map { "service \($0)" }
        var bad = Set<String>()
        var kept: [(alerts: Int, open: Int, records: Int)] = []
        var asked = 0
        desk.answer = { attempt in
            // Every third hour the receiver refuses, in others now and then.
            asked += 1
            let isBadHour = attempt.entry.created.milliseconds / 3_600_000 % 3 == 2
            return isBadHour
                ? (asked.isMultiple(of: 3) ? .accepted : .retry)
                : asked.isMultiple(of: 10) ? .retry : .accepted
        }
        for second in stride(from: 0, to: 24 * 3600, by: 60) {
            for name in names where Int.random(in: 0..<100, using: &random) < 4 {
                bad.formSymmetricDifference([name])
            }
            desk.judge(names.map { ($0, bad.contains($0) ? 5 : 0) }, at: second)
            if second % 7200 == 7140 { desk.restart(at: second) }
            if second % 3600 == 3540 { kept.append(desk.kept) }
        }
        #expect(kept.allSatisfy { $0.alerts <= names.count }, "\(kept)")
        let early = kept.prefix(6).map(\.records).max() ?? 0
        let late = kept.suffix(6).map(\.records).max() ?? 0
        #expect(late <= early + names.count, "\(kept.map(\.records))")
        desk.answer = { _ in .accepted }
        desk.judge(names.map { ($0, 0) }, at: 24 * 3600)
        desk.go(until: 24 * 3600 + 900)
        #expect(desk.kept.open == 0)
        var last: [String: String] = [:]
        for page in desk.pages { last[page.key] = page.event.rawValue }
        #expect(last.count > 100 && last.values.allSatisfy { $0 == "resolve" }, "\(last.count)")
    }
}
