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
        var steps: [Step]?

        enum CodingKeys: String, CodingKey { case id, expect, steps }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            id = try container.decode(String.self, forKey: .id)
            if container.contains(.steps) {
                steps = try container.decode([Step].self, forKey: .steps)
            } else if let expected = try? container.decode([Step].self, forKey: .expect) {
                steps = expected.isEmpty ? nil : expected
            } else {
                alerts = try container.decode([Alert].self, forKey: .expect)
            }
        }
    }

    /// What is asked at one time: `expect`, of the alerts in `alerts` or of itself.
    struct Step: Decodable {
        var t: Double?
        var firing: [Alert]
        var asked: [Alert]

        enum CodingKeys: String, CodingKey { case t, alerts, expect }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            t = try container.decodeIfPresent(Double.self, forKey: .t)
            let alerts = try container.decodeIfPresent([Alert].self, forKey: .alerts)
            let expected = try container.decodeIfPresent([Alert].self, forKey: .expect)
            guard let first = alerts ?? expected else {
                throw DecodingError.dataCorrupted(
                    .init(
                        codingPath: decoder.codingPath,
                        debugDescription: "a step has neither \"expect\" nor \"alerts\""))
            }
            firing = first
            asked = expected ?? first
        }
    }

    struct Alert: Decodable {
        var labels: [String: String]
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
        return Answer.Scenario(
            id: scenario.id,
            steps: steps.map {
                .init(t: $0.t, alerts: verdicts(on: $0.asked, among: $0.firing, rules))
            })
    }

    private func verdicts(
        on asked: [Alert], among alerts: [Alert], _ rules: [Inhibition]
    ) -> [Answer.Verdict] {
        let firing = alerts.map { Labels($0.labels) }
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
