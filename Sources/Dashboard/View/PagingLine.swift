import Snapshot
import Targets
import Terminal
import TimeSeries

/// How pages get out: each receiver with its last success or why it fails, what waits, and who is on
/// call.
struct PagingLine {
    var paging: PagingState
    var now: Timestamp

    /// Nobody knows whether a receiver still works that has taken nothing for so long: test it.
    private static let untested = Duration.seconds(7 * 86_400)

    /// A page that nobody was told of for so long rings the terminal's bell, each `alarmInterval`.
    static let alarmAfter = Duration.seconds(180)
    static let alarmInterval = Duration.seconds(30)

    /// The receivers, as many words as fit; "" where not even their glyphs do.
    func receivers(within width: Int) -> [Span] {
        for isLong in [true, false] {
            let spans = joined(isLong: isLong)
            if spans.width <= width { return spans }
        }
        let failing = paging.receivers.count { $0.isBroken || $0.isFailing }
        let short = [
            failing == 0
                ? Span("✓ paging", .ok)
                : Span("✖ \(failing) receiver\(failing > 1 ? "s" : "")", .critical)
        ]
        return short.width <= width ? short : []
    }

    private func joined(isLong: Bool) -> [Span] {
        var spans: [Span] = isLong ? [Span("paging ", .dim)] : []
        for (index, receiver) in paging.receivers.enumerated() {
            if index > 0 { spans.append(Span(" ")) }
            spans += self.spans(of: receiver, isLong: isLong)
        }
        return spans
    }

    /// Refused, failing, never used, to be tested, or well.
    static func look(of receiver: ReceiverState, at now: Timestamp) -> (glyph: String, role: Role) {
        if receiver.isBroken { return ("✖", .critical) }
        if receiver.isFailing { return ("✖", .degraded) }
        guard let last = receiver.lastAccepted else { return ("○", .dim) }
        return now.duration(since: last) > untested ? ("▲", .degraded) : ("✓", .ok)
    }

    private func spans(of receiver: ReceiverState, isLong: Bool) -> [Span] {
        let name = cleaned(receiver.name, limit: 14)
        let look = Self.look(of: receiver, at: now)
        if look.glyph == "✖" {
            let why = isLong ? receiver.failure.map { " \(cleaned($0, limit: 28))" } ?? "" : ""
            let age = receiver.lastFailure.map { " \(shortAge(now.duration(since: $0)))" } ?? ""
            return [Span("✖ \(name)", look.role), Span(why + (isLong ? age : ""), .text)]
        }
        guard let last = receiver.lastAccepted else { return [Span("○ \(name)", .dim)] }
        let isOld = look.role == .degraded
        let age = isLong || isOld ? " \(shortAge(now.duration(since: last)))" : ""
        return [
            Span(look.glyph, look.role), Span(" \(name)", .text),
            Span(age, isOld ? .degraded : .dim),
        ]
    }

    /// What stands before everything else: pages get lost, or reach nobody.
    var alarms: [[Span]] {
        var items: [[Span]] = []
        if let why = paging.notDurable {
            items.append([Span("✖ not on disk: \(cleaned(why))", .critical)])
        }
        if let since = paging.untoldSince, now.duration(since: since) >= Self.alarmAfter {
            items.append([
                Span(
                    "✖ nobody told for \(shortAge(now.duration(since: since)))", .critical)
            ])
        }
        return items
    }

    /// What else there is to know of the pager, and who is on call.
    var items: [[Span]] {
        var items: [[Span]] = []
        if let last = paging.lost.last {
            let name = cleaned(last.receiver, limit: 14)
            items.append([
                Span("▲ \(paging.lost.count) lost by \(name)", .degraded),
                Span(" :seen", .dim),
            ])
        }
        if paging.stormSince != nil {
            items.append([Span("▲ storm: pages are summed up", .degraded)])
        }
        if let since = paging.waitingSince, now.duration(since: since) > .seconds(10) {
            let word = paging.waiting == 1 ? "message waits" : "messages wait"
            items.append([
                Span("▲ \(paging.waiting) \(word)", .degraded),
                Span(", oldest \(shortAge(now.duration(since: since)))", .dim),
            ])
        }
        if let deadMan = paging.deadMan, let complaint = deadMan.complaints.first {
            items.append([Span("▲ \(cleaned(complaint, limit: 40))", .degraded)])
        }
        for state in paging.onCall.prefix(2) { items.append(spans(of: state)) }
        return items
    }

    private func spans(of state: OnCallState) -> [Span] {
        guard let person = state.person else {
            return [Span("✖ nobody on call by \(cleaned(state.schedule, limit: 14))", .critical)]
        }
        var spans = [Span("on call ", .dim), Span(cleaned(person, limit: 14), .text)]
        if let until = state.until, until.duration(since: now) < .seconds(86_400) {
            let next = state.next.map { cleaned($0, limit: 14) } ?? "nobody"
            spans.append(Span(" › \(next) \(until.timeText.prefix(5))", .dim))
        }
        return spans
    }
}
