import Snapshot
import TimeSeries

extension Scenes {
    /// In trouble, with people: one page that somebody has, one that nobody has, a silence, a receiver
    /// that refuses us, an error budget that burns.
    public static func paged(at now: Timestamp = start) -> Snapshot {
        var snapshot = trouble(at: now)
        for index in snapshot.alerts.indices {
            if case .firing = snapshot.alerts[index].state {
                snapshot.alerts[index].key = "dogwatch/night/3f9a77aa0011223\(index)/7"
                snapshot.alerts[index].told = "pagerduty"
                snapshot.alerts[index].runbook = "Runbooks/api.md"
            }
        }
        if let first = snapshot.alerts.firstIndex(where: { $0.key != nil }) {
            snapshot.alerts[first].response = .acknowledged(by: "bea", until: now + .seconds(900))
        }
        snapshot.paging = PagingState(
            receivers: [
                ReceiverState(
                    name: "pagerduty", kind: "pagerduty", lastAccepted: now - .seconds(2),
                    lastConfirmed: now - .seconds(3 * 86_400)),
                ReceiverState(
                    name: "ntfy", kind: "ntfy", lastAccepted: now - .seconds(4000),
                    lastFailure: now - .seconds(12), failure: "ntfy answered 401", failures: 7,
                    isBroken: true),
            ],
            onCall: [
                OnCallState(
                    schedule: "primary", person: "bea", until: now + .seconds(9000), next: "carlos")
            ],
            silences: [
                SilenceState(
                    id: "s1", matchers: ["instance=\"jobs\""], start: now,
                    end: now + .seconds(3600),
                    author: "carlos", reason: "moving \u{1b}[31mthe database")
            ],
            notes: [NoteState(at: now - .seconds(60), author: "bea", text: "restarted nginx")],
            waiting: 3, waitingSince: now - .seconds(40),
            lost: [
                LostState(
                    at: now - .seconds(12), receiver: "ntfy", kind: "trigger",
                    key: "dogwatch/night/3f9a77aa00112230/7", said: "ntfy answered 401")
            ])
        snapshot.slos = [
            SLOState(
                name: "api availability", objective: 0.999, window: "30 d",
                allowedOutage: .seconds(2592), remaining: 0.72, isEstimate: false, coverage: 0.98,
                exhaustion: 388_800,
                burns: [
                    .init(
                        tier: "fast", severity: "page", longWindow: "1 h", shortWindow: "5 min",
                        long: 4, short: 2.5, coverage: 1, factor: 14.4, isFiring: false)
                ])
        ]
        return snapshot
    }
}
