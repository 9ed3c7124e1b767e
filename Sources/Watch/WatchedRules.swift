import Alerting
import Configuration
import Glibc
import PromQL
import Rules
import Snapshot
import TimeSeries

/// Two evaluations further apart than this many intervals have not observed the time between.
private let gapIntervals = 2.5

extension WatchedRule {
    /// Of an `[[alert]]`.
    init(_ spec: AlertSpec, interval: Duration) {
        // The configuration refuses a `clear` on the wrong side.
        let threshold =
            Threshold(spec.breach.comparison, spec.breach.limit, clear: spec.clear)
            ?? Threshold(unguarded: spec.breach.comparison, spec.breach.limit)
        var cycle = AlertRule(
            threshold, hold: spec.hold, keepFiringFor: spec.keepFiringFor, noData: spec.noData)
        cycle.maxGap = interval * gapIntervals
        cycle.holdsFlapping = true
        self.init(
            id: "alert/\(spec.name)", name: spec.name, severity: spec.severity, cycle: cycle,
            labels: Labels(spec.labels), comparison: spec.breach.comparison.rawValue,
            threshold: spec.breach.limit,
            runbook: spec.runbook.map { runbookPlace($0) })
    }

    /// Of an alert of a rule file. Its expression says what breaches.
    init?(_ rule: RuleState, id: String, of group: RuleGroupState, _ condition: Condition) {
        guard case .alerting(let hold, let keepFiringFor, _, _) = rule.kind else { return nil }
        var cycle = AlertRule(
            Threshold(unguarded: .greater, 0), hold: hold, keepFiringFor: keepFiringFor,
            noData: .ok)
        cycle.maxGap = group.interval * gapIntervals
        cycle.holdsFlapping = true
        var comparison: String?
        var limit: Double?
        if case .limit(let op, let value) = condition.test {
            (comparison, limit) = (op.rawValue, value)
        }
        self.init(
            id: id, name: rule.name, severity: .ticket,
            cycle: cycle, comparison: comparison, threshold: limit, absenceIsWell: true)
    }
}

extension RulePass {
    /// What a rule of a file found when it was last evaluated; nil for one that records, and for one
    /// that was not evaluated yet.
    init?(
        _ rule: RuleState, id: String, of group: RuleGroupState, _ condition: Condition,
        _ paging: PagingSettings, _ targets: TargetNames
    ) {
        guard case .alerting(_, _, _, let alerts) = rule.kind,
            let watched = WatchedRule(rule, id: id, of: group, condition)
        else { return nil }
        switch rule.outcome {
        case .unknown: return nil
        case .failed(let reason): self.init(watched, .failed(reason))
        case .ok:
            self.init(
                watched,
                .elements(
                    alerts.map { alert in
                        AlertElement(
                            alert, in: group.file, paging, target: targets.target(of: alert.labels))
                    }))
        }
    }
}

extension AlertElement {
    init(_ alert: RuleAlert, in file: String, _ paging: PagingSettings, target: String?) {
        let holds = alert.keepFiringSince == nil
        let runbook = alert.annotations["runbook_url"] ?? alert.annotations["runbook"]
        self.init(
            labels: alert.labels.without("alertname").without("severity"),
            finding: .value(holds ? 1 : 0), value: alert.value,
            summary: alert.annotations["summary"] ?? alert.annotations["title"],
            severity: paging.severity(of: alert.labels["severity"]) ?? .ticket,
            runbook: runbook.map { runbookPlace($0, besides: file) },
            target: target)
    }
}

/// Where a runbook is, the same for whoever shows it: a URL, or an absolute path. A relative place
/// starts at the folder of the file that names it.
func runbookPlace(_ place: String, besides file: String = "") -> String {
    guard !place.contains("://"), !place.hasPrefix("/") else { return place }
    let path = (file.lastIndex(of: "/").map { String(file[...$0]) } ?? "") + place
    guard !path.hasPrefix("/"), let here = getcwd(nil, 0) else { return path }
    defer { free(here) }
    return "\(String(cString: here))/\(path)"
}
