import Targets
import TimeSeries

/// One pass over everything, worst first: what `dogwatch triage` prints.
public struct TriageReport: Sendable, Codable, Equatable {
    public struct Row: Sendable, Codable, Equatable {
        /// "target", "kpi", "alert" or "notice".
        public var kind: String
        public var name: String
        /// "ok", "degraded", "critical", "unknown"; "warming" and "info" count neither way.
        public var state: String
        /// What is wrong, or the facts that show that nothing is.
        public var text: String
        public var remedy: String?
        /// Seconds since the numbers were measured; nil when there are none.
        public var ageSeconds: Double?
    }

    public var watch: String
    public var takenAt: Timestamp
    public var state: String
    public var exitCode: Int32
    public var rows: [Row]

    public init(of snapshot: Snapshot) {
        watch = snapshot.watch.name
        takenAt = snapshot.takenAt
        state = snapshot.health.word
        exitCode = snapshot.health.exitCode
        let causes = snapshot.targets.filter { $0.cause == nil }
        let explained = snapshot.targets.filter { $0.cause != nil }
        let ranked =
            snapshot.alerts.map { ($0.health, Row(alert: $0, now: snapshot.takenAt)) }
            + (causes + explained).map { ($0.health, Row(target: $0, now: snapshot.takenAt)) }
            + snapshot.kpis.map { ($0.health ?? .ok, Row(kpi: $0)) }
            + snapshot.notices.map { ($0.health, Row(notice: $0)) }
        rows = ranked.enumerated()
            .sorted { ($1.element.0, $0.offset) < ($0.element.0, $1.offset) }.map(\.element.1)
    }
}

extension Health {
    /// 0 ok · 1 degraded · 2 critical · 3 unknown; critical beats unknown, unknown beats degraded.
    public var exitCode: Int32 {
        switch self {
        case .ok: 0
        case .degraded: 1
        case .critical: 2
        case .unknown: 3
        }
    }

    public var glyph: String {
        switch self {
        case .ok: "●"
        case .degraded: "▲"
        case .critical: "✖"
        case .unknown: "?"
        }
    }
}

extension TriageReport.Row {
    init(target: TargetState, now: Timestamp) {
        let headline = target.detail?.headline ?? ""
        self.init(
            kind: "target", name: target.id.description, state: target.health.word,
            text: target.health == .ok ? headline : target.reason, remedy: target.remedy,
            ageSeconds: target.lastSuccess.map { now.duration(since: $0).inSeconds })
    }

    /// What the watch says of itself. It does not count for the state, which is that of what is
    /// watched.
    init(notice: Notice) {
        self.init(kind: "notice", name: "watch", state: notice.health.word, text: notice.text)
    }

    init(kpi: KPIState) {
        let value = kpi.value.map { Quantity($0, unit: kpi.unit).text } ?? "no value"
        let target = kpi.limit.map {
            " (\(kpi.comparison ?? "") \(Quantity($0, unit: kpi.unit).text))"
        }
        let state =
            switch kpi.judgement {
            case .warming(let observed, let needed):
                "warming \(clock(observed))/\(clock(needed))"
            case .unjudged: "info"
            case .met, .missed, .unknown: kpi.health?.word ?? ""
            }
        self.init(kind: "kpi", name: kpi.name, state: state, text: value + (target ?? ""))
        if case .unknown(let why) = kpi.judgement, !why.isEmpty { text = why }
    }

    init(alert: AlertCondition, now: Timestamp) {
        let since =
            switch alert.state {
            case .pending(let since, let hold):
                "pending \(clock(now.duration(since: since)))/\(clock(hold))"
            case .firing(let since): "firing for \(ageText(now.duration(since: since)))"
            }
        let element = alert.labels.all.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
        self.init(
            kind: "alert", name: alert.name, state: alert.health.word,
            text: [element, alert.measured, since]
                .filter { !$0.isEmpty }.joined(separator: ", "))
    }
}

extension AlertCondition {
    /// "8 > 5"; the value alone where the expression holds the comparison.
    fileprivate var measured: String {
        let value = Quantity(value).text
        return condition.isEmpty ? value : "\(value) \(condition)"
    }
}

/// "0:40", "5:00", "1:02:03".
public func clock(_ duration: Duration) -> String {
    let total = max(0, duration.components.seconds)
    func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let (hours, minutes, seconds) = (total / 3600, total / 60 % 60, total % 60)
    return hours > 0 ? "\(hours):\(two(minutes)):\(two(seconds))" : "\(minutes):\(two(seconds))"
}
