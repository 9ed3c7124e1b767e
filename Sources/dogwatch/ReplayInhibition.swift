import Alerting
import ArgumentParser
import TimeSeries

/// Which firing alerts are hidden behind others.
struct ReplayInhibition: ScriptCommand {
    static let configuration = CommandConfiguration(
        commandName: "inhibition", abstract: "Which of the alerts that fire are suppressed.")

    @OptionGroup var file: ScriptFile

    struct Script: Decodable {
        var rules: [Rule]
        var scenarios: [Scenario]
    }

    struct Rule: Decodable {
        var source: [String]
        var target: [String]
        var equal: [String]?
    }

    /// All alerts fire together, or step by step: `steps`, or an `expect` whose elements hold alerts.
    struct Scenario: Decodable {
        var id: String
        var alerts: [Alert] = []
        var steps: [InhibitionStep]?

        enum CodingKeys: String, CodingKey { case id, expect, alerts, steps }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            id = try container.decode(String.self, forKey: .id)
            steps = try container.decodeIfPresent([InhibitionStep].self, forKey: .steps)
            guard steps == nil else { return }
            let key = container.contains(.expect) ? CodingKeys.expect : .alerts
            if let stepwise = try? container.decode([InhibitionStep].self, forKey: key) {
                steps = stepwise.isEmpty ? nil : stepwise
            } else {
                alerts = try container.decode([Alert].self, forKey: key)
            }
        }
    }

    struct Alert: Decodable {
        var labels: [String: String]
        /// Of an alert in a step that no longer fires.
        var status: String?

        var isFiring: Bool { status != "resolved" }
    }

    struct Answer: Encodable {
        var scenarios: [Scenario]

        struct Scenario: Encodable {
            var id: String
            var alerts: [Verdict]?
            var steps: [Step]?
        }

        struct Step: Encodable {
            var t: Double?
            var alerts: [Verdict]
        }

        struct Verdict: Encodable {
            var labels: [String: String]
            var suppressed: Bool
        }
    }

    func answer(_ script: Script) throws(ScriptFault) -> Answer {
        let rules = try script.rules.map { (rule) throws(ScriptFault) in
            Inhibition(
                source: try parsedMatchers(rule.source), target: try parsedMatchers(rule.target),
                equal: rule.equal ?? [])
        }
        return Answer(scenarios: script.scenarios.map { verdicts(on: $0, rules) })
    }

    private func verdicts(on scenario: Scenario, _ rules: [Inhibition]) -> Answer.Scenario {
        guard let steps = scenario.steps else {
            let alerts = verdicts(on: scenario.alerts, among: scenario.alerts, rules)
            return Answer.Scenario(id: scenario.id, alerts: alerts)
        }
        var firing: [Alert] = []
        var answers: [Answer.Step] = []
        for step in steps {
            firing = step.firing(after: firing)
            let asked = step.expect ?? firing
            answers.append(
                .init(t: step.t?.seconds, alerts: verdicts(on: asked, among: firing, rules)))
        }
        return Answer.Scenario(id: scenario.id, steps: answers)
    }

    private func verdicts(
        on asked: [Alert], among alerts: [Alert], _ rules: [Inhibition]
    ) -> [Answer.Verdict] {
        let firing = alerts.filter(\.isFiring).map { Labels($0.labels) }
        return asked.map { alert in
            let sources = rules.sources(hiding: Labels(alert.labels), among: firing)
            return Answer.Verdict(labels: alert.labels, suppressed: !sources.isEmpty)
        }
    }
}

/// Matchers as they are written in a script.
func parsedMatchers(_ texts: [String]) throws(ScriptFault) -> [Matcher] {
    try texts.map { (text) throws(ScriptFault) in
        do throws(MatcherFault) {
            return try Matcher(parsing: text)
        } catch {
            throw ScriptFault("\(error)")
        }
    }
}
