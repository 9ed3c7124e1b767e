import Alerting
import ArgumentParser
import TimeSeries

/// What a group of alerts tells, and when.
struct ReplayGrouping: ScriptCommand {
    static let configuration = CommandConfiguration(
        commandName: "grouping", abstract: "The notifications of a group as its alerts come and go."
    )

    /// Of one group.
    static let mostLooks = 1_000_000.0

    @OptionGroup var file: ScriptFile

    struct Script: Decodable {
        var wait: ScriptSpan
        var interval: ScriptSpan
        var repeatAfter: ScriptSpan
        var end: ScriptSpan
        /// Whether the end of the last alert is told at once; Alertmanager waits for the interval.
        var resolvesAtOnce: Bool?
        var scenarios: [Scenario]

        enum CodingKeys: String, CodingKey {
            case scenarios
            case wait = "group_wait_s"
            case interval = "group_interval_s"
            case repeatAfter = "repeat_interval_s"
            case end = "observed_for_s"
            case resolvesAtOnce = "resolve_at_once"
        }
    }

    struct Scenario: Decodable {
        var id: String
        var input: [Change]
    }

    struct Change: Decodable {
        enum Action: String, CaseIterable { case fire, firing, resolve, resolved }

        var t: ScriptTime
        var alert: String
        var action: Word<Action>
    }

    struct Answer: Encodable {
        var scenarios: [Scenario]

        struct Scenario: Encodable {
            var id: String
            var notifications: [Notification]
        }

        struct Notification: Encodable {
            var t: Double
            var status: String
            /// Names with their status.
            var alerts: [[String]]
        }
    }

    func answer(_ script: Script) throws(ScriptFault) -> Answer {
        let interval = script.interval.duration
        guard interval > .zero, script.end.seconds / interval.inSeconds < Self.mostLooks else {
            throw ScriptFault(
                "group_interval_s must be above 0, for at most \(Int(Self.mostLooks)) looks")
        }
        let timing = GroupTiming(
            wait: script.wait.duration, interval: interval,
            repeatAfter: script.repeatAfter.duration,
            resolvesAtOnce: script.resolvesAtOnce ?? false)
        return Answer(
            scenarios: script.scenarios.map { scenario in
                .init(
                    id: scenario.id,
                    notifications: notifications(
                        of: scenario, timing, until: Timestamp(seconds: script.end.seconds)))
            })
    }

    private func notifications(
        of scenario: Scenario, _ timing: GroupTiming, until end: Timestamp
    ) -> [Answer.Notification] {
        var group = AlertGroup<String>(timing)
        var told: [Answer.Notification] = []
        for change in scenario.input.sorted(by: { $0.t < $1.t }) {
            let now = change.t.instant
            guard now <= end else { break }
            told += flushed(&group, before: now)
            switch change.action.value {
            case .fire, .firing: group.fire(change.alert, at: now)
            case .resolve, .resolved: group.resolve(change.alert, at: now)
            }
        }
        return told + flushed(&group, before: end + .milliseconds(1))
    }

    private func flushed(
        _ group: inout AlertGroup<String>, before now: Timestamp
    ) -> [Answer.Notification] {
        var told: [Answer.Notification] = []
        while let time = group.nextFlush, time < now {
            if let notification = group.flush(at: time) {
                told.append(.init(notification, at: time))
            }
        }
        return told
    }
}

extension ReplayGrouping.Answer.Notification {
    fileprivate init(_ notification: AlertGroup<String>.Notification, at time: Timestamp) {
        let alerts =
            notification.firing.map { [$0, "firing"] }
            + notification.resolved.map { [$0, "resolved"] }
        t = time.seconds
        status = notification.isResolved ? "resolved" : "firing"
        self.alerts = alerts.sorted { $0[0] < $1[0] }
    }
}
