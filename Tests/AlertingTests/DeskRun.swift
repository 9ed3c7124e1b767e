import Alerting
import Records
import TestSupport
import TimeSeries

/// A desk with its disk and its receivers, under a clock of its own.
struct DeskRun {
    var desk: Desk
    var answer: (Attempt) -> DeliveryVerdict = { _ in .accepted }
    /// "0 ntfy trigger #1 name": what was taken.
    private(set) var log: [String] = []
    private(set) var pages: [Page] = []
    private var disk: [StateRecord.ID: StateRecord] = [:]
    private var clock = Timestamp(seconds: 0)
    /// How far the wall clock was set since the start; `second` counts as if it had not been.
    private var offset = Duration.zero
    private var random = SeededGenerator(seed: 1)
    private let plan: PagingPlan

    static let plan = PagingPlan(
        route: Route(
            to: RouteTarget(destinations: [
                .page: [Destination(.receiver, "ntfy")], .ticket: [Destination(.receiver, "mail")],
            ])),
        channels: [
            Outbox.Channel(name: "ntfy", fallback: "mail"), Outbox.Channel(name: "mail"),
        ])

    /// Bea on two ways, two minutes apart, and after five minutes Carlos.
    static let escalating: PagingPlan = {
        var plan = DeskRun.plan
        plan.roster = Roster(
            users: [
                "bea": [Contact("ntfy"), Contact("mail", after: .seconds(120))],
                "carlos": [Contact("mail")],
            ],
            escalations: [
                "main": EscalationPolicy(levels: [
                    .init([Destination(.user, "bea")], wait: .seconds(300)),
                    .init([Destination(.user, "carlos")], wait: .seconds(300)),
                ])
            ])
        plan.route = Route(
            to: RouteTarget(destinations: [.page: [Destination(.escalation, "main")]]))
        return plan
    }()

    init(_ plan: PagingPlan = DeskRun.plan) {
        self.plan = plan
        desk = Desk(instance: "shop", plan: plan)
    }

    static func rule(_ name: String) -> WatchedRule {
        guard let threshold = Threshold(.greater, 1) else {
            preconditionFailure("a limit without a clear is safe")
        }
        return WatchedRule(
            id: "alert/\(name)", name: name, severity: .page, cycle: AlertRule(threshold),
            comparison: ">", threshold: 1)
    }

    func pass(_ name: String, _ values: [(String, Double)], target: String? = nil) -> RulePass {
        RulePass(
            Self.rule(name),
            .elements(
                values.map { instance, value in
                    AlertElement(
                        labels: Labels(["instance": instance]), finding: .value(value),
                        value: value, target: target)
                }))
    }

    private func instant(_ second: Int) -> Timestamp { Timestamp(seconds: Double(second)) + offset }

    mutating func setClock(by step: Duration) {
        offset += step
        clock += step
        desk.clockWasSet(by: step)
    }

    mutating func judge(_ values: [(String, Double)], at second: Int) {
        judge(passes: [pass("high latency", values)], at: second)
    }

    mutating func judge(passes: [RulePass], at second: Int) {
        go(until: second)
        desk.judge(passes, at: instant(second))
        deliver()
    }

    /// Lets time pass, from one thing to do to the next and a second at most at a time.
    mutating func go(until second: Int) {
        let end = instant(second)
        deliver()
        while clock < end {
            let wake = max(desk.nextWake ?? end, clock + .milliseconds(100))
            clock = min(end, wake, clock + .seconds(1))
            desk.advance(at: clock)
            deliver()
        }
    }

    private mutating func deliver() {
        write()
        for attempt in desk.takeDue(at: clock) {
            let outcome = answer(attempt)
            if outcome == .accepted, let page = attempt.entry.page {
                let name = page.alerts.first?.rule ?? "?"
                log.append(
                    "\((clock - offset).milliseconds / 1000) \(attempt.entry.channel) "
                        + "\(attempt.entry.kind.rawValue) #\(attempt.entry.sequence) \(name)")
                pages.append(page)
            }
            desk.finish(attempt, outcome, "refused", at: clock, using: &random)
        }
        write()
    }

    private mutating func write() {
        let batch = desk.takeChanges()
        for put in batch.puts { disk[put.id] = put }
        for id in batch.removals { disk[id] = nil }
    }

    /// The process ends at once and another one takes over; the clock may be set meanwhile.
    mutating func restart(at second: Int, clockSet step: Duration = .zero) {
        offset += step
        clock = instant(second)
        desk = Desk(instance: "shop", plan: plan)
        _ = desk.restore([ReadRecords(disk.values)], at: clock)
    }

    var keys: [String] { pages.map(\.key) }

    /// What is kept, in memory and on disk.
    var kept: (alerts: Int, open: Int, records: Int) {
        (desk.alerts.count, desk.pager.outbox.openCount, disk.count)
    }
}
