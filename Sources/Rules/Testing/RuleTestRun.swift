import PromQL
import TimeSeries

/// What became of one case of a test.
public struct RuleTestOutcome: Sendable, Hashable {
    /// The test's name.
    public var test: String
    /// "alert HighLatency at 5m".
    public var subject: String
    /// Where the case stands in its file; 0 for what belongs to none.
    public var line: Int
    /// nil when it passed; else lines that say what was expected and what came.
    public var failure: String?
}

/// Alerts that are kept elsewhere than in rule files and are tested with them.
public protocol TestedAlerts {
    /// Evaluates all over a history, and writes `ALERTS` to it.
    mutating func evaluate(on head: Head, at now: Timestamp)

    /// Those of a name that fire now, with `alertname` and `severity`.
    func firing(named name: String) -> [Labels]

    /// The first that could not be evaluated, and why.
    var failure: (name: String, reason: String)? { get }
}

extension RuleTestFile {
    /// Runs all tests, each on a history of its own.
    ///
    /// - Parameters:
    ///   - groups: Those of the rule files, in the order of the files.
    ///   - alerts: Makes what else is tested, anew for each test; evaluated after the groups.
    public func outcomes(
        groups: [RuleGroup], alerts: () -> (any TestedAlerts)? = { nil }
    ) -> [RuleTestOutcome] {
        let ordered = groups.enumerated().sorted { left, right in
            (rank(left.element), left.offset) < (rank(right.element), right.offset)
        }
        return tests.flatMap { test in
            var run = RuleTestRun(test, groups: ordered.map(\.element), alerts(), self)
            return run.outcomes()
        }
    }

    private func rank(_ group: RuleGroup) -> Int { groupOrder.firstIndex(of: group.name) ?? 0 }
}

/// One test while it runs. Time begins at the epoch.
struct RuleTestRun {
    private let test: RuleTest
    private let step: Duration
    private let isFuzzy: Bool
    private let head = Head(span: .seconds(400 * 365 * 86_400), seriesLimit: 1_000_000)
    private let surroundings: RuleSurroundings
    private var groups: [RuleGroupRun]
    private var alerts: (any TestedAlerts)?
    private var feed: SeriesFeed
    private var results: [RuleTestOutcome] = []

    init(
        _ test: RuleTest, groups: [RuleGroup], _ alerts: (any TestedAlerts)?, _ file: RuleTestFile
    ) {
        self.test = test
        self.alerts = alerts
        step = file.evaluationInterval
        isFuzzy = file.isFuzzy
        surroundings = RuleSurroundings(
            engine: Engine(head, options: EngineOptions(subqueryStep: file.evaluationInterval)),
            externalLabels: test.externalLabels, externalURL: test.externalURL)
        self.groups = groups.map { RuleGroupRun($0, interval: test.interval) }
        feed = SeriesFeed(test.series, interval: test.interval)
    }

    mutating func outcomes() -> [RuleTestOutcome] {
        // An alert is judged by the evaluation at its time, or the last one before.
        var waiting = test.alerts.sorted { $0.time < $1.time }[...]
        var now = Duration.zero
        while now <= test.end {
            feed.append(through: now, to: head)
            evaluate(at: now)
            if let failure = failure(at: now) { return results + [failure] + unreached(waiting) }
            while let next = waiting.first, next.time < now + step {
                judge(next)
                waiting.removeFirst()
            }
            now += step
        }
        for query in test.queries { judge(query) }
        return results
    }

    private mutating func evaluate(at now: Duration) {
        let head = head
        for index in groups.indices {
            groups[index].evaluate(
                at: Self.time(now), in: surroundings, append: { head.append($0, $1) })
        }
        alerts?.evaluate(on: head, at: Self.time(now))
    }

    private static func time(_ offset: Duration) -> Timestamp {
        Timestamp(milliseconds: 0) + offset
    }

    /// The first rule that failed; the test is over then.
    private func failure(at now: Duration) -> RuleTestOutcome? {
        for rule in groups.flatMap(\.state.rules) {
            guard case .failed(let reason) = rule.outcome else { continue }
            return failed(rule.name, reason, at: now)
        }
        return alerts?.failure.map { failed($0.name, $0.reason, at: now) }
    }

    private func failed(_ rule: String, _ reason: String, at now: Duration) -> RuleTestOutcome {
        RuleTestOutcome(
            test: test.name, subject: "rule \(rule) at \(text(now))", line: 0, failure: reason)
    }

    private func unreached(_ alerts: ArraySlice<RuleTest.AlertCase>) -> [RuleTestOutcome] {
        let reason = "not judged: a rule failed"
        return alerts.map { outcome($0, failure: reason) }
            + test.queries.map { outcome($0, failure: reason) }
    }

    // MARK: - Cases

    private mutating func judge(_ alertCase: RuleTest.AlertCase) {
        let own = (alerts?.firing(named: alertCase.alert) ?? [])
            .map { RuleTest.ExpectedAlert(labels: $0, annotations: [:]) }
        let filed = groups.flatMap(\.state.rules).flatMap { rule -> [RuleTest.ExpectedAlert] in
            guard rule.name == alertCase.alert,
                case .alerting(_, _, _, let alerts) = rule.kind
            else { return [] }
            return alerts.filter { $0.phase == .firing }
                .map { RuleTest.ExpectedAlert(labels: $0.labels, annotations: $0.annotations) }
        }
        let failure = RuleTestDifference.text(
            expected: alertCase.expected.map(\.text), found: (filed + own).map(\.text))
        results.append(outcome(alertCase, failure: failure))
    }

    private mutating func judge(_ query: RuleTest.QueryCase) {
        do throws(RuleFailure) {
            let expression = try Self.expression(query.query)
            let found = try surroundings.elements(of: expression, at: Self.time(query.time))
            let isSame = RuleTestDifference.areEqual(query.expected, found, isFuzzy: isFuzzy)
            let failure =
                isSame
                ? nil
                : RuleTestDifference.text(
                    expected: query.expected.map(\.text), found: found.map(\.text))
                    ?? "the values are not equal: NaN equals nothing"
            results.append(outcome(query, failure: failure))
        } catch {
            results.append(outcome(query, failure: error.reason))
        }
    }

    private static func expression(_ text: String) throws(RuleFailure) -> Expression {
        do throws(ParseError) {
            return try Expression(parsing: text)
        } catch {
            throw RuleFailure("bad PromQL: \(error)")
        }
    }

    private func outcome(_ alert: RuleTest.AlertCase, failure: String?) -> RuleTestOutcome {
        RuleTestOutcome(
            test: test.name, subject: "alert \(alert.alert) at \(text(alert.time))",
            line: alert.line, failure: failure)
    }

    private func outcome(_ query: RuleTest.QueryCase, failure: String?) -> RuleTestOutcome {
        RuleTestOutcome(
            test: test.name, subject: "\(query.query) at \(text(query.time))", line: query.line,
            failure: failure)
    }

    private func text(_ time: Duration) -> String {
        DurationText.text(milliseconds: time.milliseconds)
    }
}

/// Hands out the points of a test's series as time goes by.
private struct SeriesFeed {
    private let interval: Duration
    private let series: [(labels: Labels, points: [Double?])]
    private var next = 0

    /// Of two series with one label set the last counts.
    init(_ series: [TestSeries], interval: Duration) {
        self.interval = interval
        let byLabels = Dictionary(series.map { ($0.labels, $0.points) }) { $1 }
        self.series = byLabels.map { ($0.key, $0.value) }
    }

    mutating func append(through time: Duration, to head: Head) {
        let longest = series.map(\.points.count).max() ?? 0
        while next < longest, interval * next <= time {
            let at = Timestamp(milliseconds: 0) + interval * next
            for (labels, points) in series where next < points.count {
                if let point = points[next] { head.append(labels, Sample(at, point)) }
            }
            next += 1
        }
    }
}
