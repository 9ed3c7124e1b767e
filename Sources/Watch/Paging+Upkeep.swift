import Alerting
import Snapshot
import TimeSeries

/// What nobody waits for.
extension Paging {
    /// Forgets once an hour what was long quiet, and says once a day in the log what is silenced.
    func upkeepLoop() async {
        var hours = 0
        while (try? await Task.sleep(for: .seconds(3600), tolerance: .seconds(60))) != nil {
            desk.forgetOld(at: now())
            bell.ring()
            hours += 1
            if hours % 24 == 0 { logSilences() }
        }
    }

    private func logSilences() {
        for (id, silence) in desk.silences.sorted(by: { $0.key < $1.key }) where !silence.isEnded {
            log.info(
                "silenced",
                metadata: [
                    "id": "\(id)", "until": "\(silence.end.text)", "by": "\(silence.author)",
                    "what": "\(silence.matchers.map(\.description).joined(separator: " "))",
                    "why": "\(silence.comment)",
                ])
        }
    }
}

/// The service outside that notices when we are gone.
extension Paging {
    func deadManLoop() async {
        var failures = 0
        while !Task.isCancelled {
            if let ping = ports.makeDeadMan(configuration) {
                let complaints = complaints(at: now())
                let refusal = await ping.ping(complaints)
                failures = refusal == nil ? 0 : failures + 1
                deadMan = DeadManState(
                    lastPing: refusal == nil ? now() : deadMan?.lastPing,
                    complaints: complaints + (refusal.map { [$0] } ?? []))
            } else {
                deadMan = nil
            }
            let pause: Duration = (1...2).contains(failures) ? .seconds(5) : DeadManSwitch.interval
            guard (try? await Task.sleep(for: pause)) != nil else { return }
        }
    }

    func complaints(at now: Timestamp) -> [String] {
        // A watch that begins looks at everything first, which takes a minute at most.
        let patience = max(.seconds(120), configuration.watch.interval * 3)
        let isLate = meter.lastJudged.map { now.duration(since: $0) > patience } ?? false
        let sinceSync = notDurable == nil ? .zero : syncedAt.map { now.duration(since: $0) }
        var state = desk.pager.deadManSwitch(
            pageChannels: Set(configuration.paging.pageReceivers), lastEvaluationWasOnTime: !isLate,
            sinceSync: sinceSync ?? .seconds(3600), isClockSane: isClockSane(at: now),
            freeBytes: ports.freeBytes(), at: now)
        if configuration.paging.pageReceivers.isEmpty { state.pageChannels = 1 }
        return state.complaints
    }

    /// A clock that was never set, or that is a day behind what was kept, dates everything wrongly.
    private func isClockSane(at now: Timestamp) -> Bool {
        now >= DeadManSwitch.firstDate && clock.lead < Timestamp.longestLead
    }
}
